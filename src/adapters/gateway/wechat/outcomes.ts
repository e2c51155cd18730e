import { z } from 'zod';
import { type CloseOutcome, type CreateOutcome, type QueryOutcome } from '../../../domain/payment';
import { type PaymentRef } from '../../../ports/payment-gateway';
import { type Answer } from './http';
import { CLOSE, codeOf, CREATE, look, QUERY } from './tables';
import { type Merchant, readTransaction, transactionOutcome } from './transaction';
import { unknown } from './unknown';

/** How long to leave a buyer who is typing the password: WeChat Pay advises to ask every five seconds meanwhile. */
export const PAYING_RETRY_MS = 5_000;

const nativeBody = z.object({ code_url: z.string().min(1) });
const jsapiBody = z.object({ prepay_id: z.string().min(1) });

/** The two ways of offering a payment, by what the answer has to hold and what the buyer gets of it. */
export type Offer =
  /** `payUrl` is where a web cashier shows the code, if there is one. */
  | { readonly by: 'code'; readonly payUrl: string | null }
  /** `invocation` makes of the prepay_id what a page inside WeChat calls the cashier with. */
  | { readonly by: 'jsapi'; readonly invocation: (prepayId: string) => string };

/** What an answer to create means. */
export function createOutcome(answer: Answer, offer: Offer): CreateOutcome {
  const verdict = look(CREATE, answer);
  switch (verdict) {
    case 'created':
      return credential(answer.body, offer);
    case 'spent':
    case 'rejected':
      return { t: verdict, code: codeOf(answer) ?? String(answer.status) };
    case 'throttled':
      return unknown('throttled');
    case null:
      return unknown('unlisted');
  }
}

function credential(body: unknown, offer: Offer): CreateOutcome {
  if (offer.by === 'code') {
    const native = nativeBody.safeParse(body);
    if (!native.success) return unknown('unparsable');
    return { t: 'created', codeUrl: native.data.code_url, payUrl: offer.payUrl, gatewayRef: null };
  }
  const jsapi = jsapiBody.safeParse(body);
  if (!jsapi.success) return unknown('unparsable');
  return { t: 'created', codeUrl: offer.invocation(jsapi.data.prepay_id), payUrl: null, gatewayRef: null };
}

/** What an answer to query means, held against the attempt it was asked about. */
export function queryOutcome(answer: Answer, ref: PaymentRef, merchant: Merchant): QueryOutcome {
  const verdict = look(QUERY, answer);
  switch (verdict) {
    case 'transaction': {
      const transaction = readTransaction(answer.body);
      return transaction ? transactionOutcome(transaction, ref, merchant) : unknown('unparsable');
    }
    case 'absent':
      return { t: 'absent', payableUntil: ref.expiresAt };
    case 'rejected':
      return { t: 'rejected', code: codeOf(answer) ?? String(answer.status) };
    case 'throttled':
      return unknown('throttled');
    case null:
      return unknown('unlisted');
  }
}

/** What an answer to close means; `askQuery` where only the query can tell. */
export function closeOutcome(answer: Answer, ref: PaymentRef): CloseOutcome | 'askQuery' {
  const verdict = look(CLOSE, answer);
  switch (verdict) {
    case 'closed':
      return { t: 'closed', proof: 'ack' };
    case 'paying':
      return { t: 'paying', retryAfterMs: PAYING_RETRY_MS };
    case 'absent':
      return { t: 'absent', payableUntil: ref.expiresAt };
    case 'askQuery':
      return 'askQuery';
    case 'rejected':
      return { t: 'rejected', code: codeOf(answer) ?? String(answer.status) };
    case 'throttled':
      return unknown('throttled');
    case null:
      return unknown('unlisted');
  }
}

/** A close within five minutes of the create may be refused: often enough to be in time, rare enough to bother nobody. */
const EARLY_CLOSE_RETRY_MS = 10_000;

/** What the query makes of a refused close. Pending: refused, but for no lasting reason (too soon after the create). */
export function closeOutcomeByQuery(found: QueryOutcome): CloseOutcome {
  switch (found.t) {
    case 'closedUnpaid':
      return { t: 'closed', proof: 'query' };
    case 'paying':
      return { t: 'paying', retryAfterMs: PAYING_RETRY_MS };
    case 'pending':
      return { t: 'unknown', cause: 'unlisted', retryAfterMs: EARLY_CLOSE_RETRY_MS };
    case 'paid':
    case 'absent':
    case 'unknown':
    case 'rejected':
      return found;
  }
}
