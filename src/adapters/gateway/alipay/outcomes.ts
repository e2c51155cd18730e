import { z } from 'zod';
import {
  type CloseOutcome,
  type CreateOutcome,
  type QueryOutcome,
  type Rejected,
  type Unknown,
} from '../../../domain/payment';
import { type PaymentRef } from '../../../ports/payment-gateway';
import { type Answer } from './http';
import { CLOSE, codeOf, type Common, CREATE, look, QUERY } from './tables';
import { type Merchant, tradeOutcome } from './trade';
import { unknown } from './unknown';

const createdBody = z.object({ out_trade_no: z.string(), qr_code: z.string().min(1) });
const closedBody = z.object({ out_trade_no: z.string() });

/** A refused close of a waiting trade: the buyer is at the password, or a page is stale; a moment later it is over. */
const NOT_CLOSABLE_RETRY_MS = 10_000;

/** What a verdict that every operation knows comes to. */
export function commonOutcome(verdict: Common, answer: Answer): Unknown | Rejected {
  switch (verdict) {
    case 'rejected':
      return { t: 'rejected', code: codeOf(answer) };
    case 'throttled':
      return unknown('throttled');
    case 'trouble':
      return unknown('5xx');
    case 'unlisted':
      return unknown('unlisted');
  }
}

/** What an answer to precreate means. `payUrl` is where a web cashier shows the code, if there is one. */
export function createOutcome(answer: Answer, ref: PaymentRef, payUrl: string | null): CreateOutcome {
  const verdict = look(CREATE, answer);
  switch (verdict) {
    case 'created': {
      const body = createdBody.safeParse(answer.body);
      if (!body.success) return unknown('unparsable');
      if (body.data.out_trade_no !== ref.merchantNo) return { t: 'rejected', code: 'NUMBER_MISMATCH' };
      return { t: 'created', codeUrl: body.data.qr_code, payUrl, gatewayRef: null };
    }
    case 'spent':
      return { t: 'spent', code: codeOf(answer) };
    default:
      return commonOutcome(verdict, answer);
  }
}

/** What an answer to query means, held against the attempt it was asked about. */
export function queryOutcome(answer: Answer, ref: PaymentRef, merchant: Merchant): QueryOutcome {
  const verdict = look(QUERY, answer);
  switch (verdict) {
    case 'trade':
      return tradeOutcome(answer.body, ref, merchant);
    case 'absent':
      return { t: 'absent', payableUntil: ref.expiresAt };
    default:
      return commonOutcome(verdict, answer);
  }
}

/** What an answer to close means; `askQuery` where only the query can tell. */
export function closeOutcome(answer: Answer, ref: PaymentRef): CloseOutcome | 'askQuery' {
  const verdict = look(CLOSE, answer);
  switch (verdict) {
    case 'closed': {
      const body = closedBody.safeParse(answer.body);
      // Signed answers name no request: only the number in it says that this very trade was closed.
      if (!body.success) return 'askQuery';
      if (body.data.out_trade_no !== ref.merchantNo) return { t: 'rejected', code: 'NUMBER_MISMATCH' };
      return { t: 'closed', proof: 'ack' };
    }
    case 'absent':
      // Nobody has scanned yet: the code can still be paid until it expires.
      return { t: 'absent', payableUntil: ref.expiresAt };
    case 'askQuery':
      return 'askQuery';
    default:
      return commonOutcome(verdict, answer);
  }
}

/** What the query makes of a refused close. Pending proves nothing: the buyer may be paying, or the answer be stale. */
export function closeOutcomeByQuery(found: QueryOutcome): CloseOutcome {
  switch (found.t) {
    case 'closedUnpaid':
      return { t: 'closed', proof: 'query' };
    case 'paid':
      return { t: 'paid', paid: found.paid };
    case 'paying':
    case 'pending':
      return unknown('unlisted', NOT_CLOSABLE_RETRY_MS);
    case 'absent':
    case 'unknown':
    case 'rejected':
      return found;
  }
}
