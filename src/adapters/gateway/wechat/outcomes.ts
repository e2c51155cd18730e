import { z } from 'zod';
import { type CloseOutcome, type CreateOutcome, type QueryOutcome } from '../../../domain/payment';
import { type PaymentRef } from '../../../ports/payment-gateway';
import { type Answer } from './http';
import { type Merchant, readTransaction, transactionOutcome } from './transaction';
import { unknown } from './unknown';

/**
 * What WeChat Pay's verified answers mean, one table per operation. Codes are normalised: editions of the documentation
 * write ORDER_NOT_EXIST and ORDERNOTEXIST. A row's status is exact, or '4xx' where editions differ in it. The first row
 * that matches counts; code null is an answer without one, '*' any; an answer without a row is `unknown`, never a success and never a refusal.
 */
type Row<V> = readonly [status: number | '4xx', code: string | null, verdict: V];

/** WeChat Pay understood and refused: no retry mends a configuration, a signature or a parameter. */
const REFUSALS = [
  [401, '*', 'rejected'],
  ['4xx', 'SIGNERROR', 'rejected'],
  ['4xx', 'PARAMERROR', 'rejected'],
  ['4xx', 'NOAUTH', 'rejected'],
  ['4xx', 'MCHNOTEXISTS', 'rejected'],
  ['4xx', 'APPIDMCHIDNOTMATCH', 'rejected'],
] as const;

/** Throttling that comes with another status than 429. */
const THROTTLING = [
  ['4xx', 'FREQUENCYLIMITED', 'throttled'],
  ['4xx', 'FREQUENCYLIMITEXCEED', 'throttled'],
  ['4xx', 'RATELIMITEXCEEDED', 'throttled'],
] as const;

export const CREATE: readonly Row<'created' | 'spent' | 'rejected' | 'throttled'>[] = [
  [200, null, 'created'],
  ['4xx', 'ORDERCLOSED', 'spent'],
  ['4xx', 'ORDERPAID', 'spent'],
  ['4xx', 'OUTTRADENOUSED', 'spent'],
  ['4xx', 'INVALIDREQUEST', 'rejected'],
  ...REFUSALS,
  ...THROTTLING,
];

export const QUERY: readonly Row<'transaction' | 'absent' | 'rejected' | 'throttled'>[] = [
  [200, null, 'transaction'],
  [404, 'ORDERNOTEXIST', 'absent'],
  ['4xx', 'INVALIDREQUEST', 'rejected'],
  ...REFUSALS,
  ...THROTTLING,
];

/**
 * `askQuery`: the close was refused for what may be a payment, an earlier close or a moment too soon, which codes don't
 * tell apart (ORDER_CLOSED isn't proof of unpaid, INVALID_REQUEST and TRADE_ERROR stand for several): the query does.
 */
export const CLOSE: readonly Row<'closed' | 'paying' | 'absent' | 'askQuery' | 'rejected' | 'throttled'>[] = [
  [204, null, 'closed'],
  [202, 'USERPAYING', 'paying'],
  ['4xx', 'USERPAYING', 'paying'],
  [404, 'ORDERNOTEXIST', 'absent'],
  ['4xx', 'ORDERCLOSED', 'askQuery'],
  ['4xx', 'ORDERPAID', 'askQuery'],
  ['4xx', 'ORDERREVERSED', 'askQuery'],
  ['4xx', 'TRADEERROR', 'askQuery'],
  ['4xx', 'INVALIDREQUEST', 'askQuery'],
  ['4xx', 'RULELIMIT', 'askQuery'],
  ...REFUSALS,
  ...THROTTLING,
];

/** How long to leave a buyer who is typing the password: WeChat Pay advises to ask every five seconds meanwhile. */
export const PAYING_RETRY_MS = 5_000;

const errorBody = z.object({ code: z.string().min(1) });
const createdBody = z.object({ code_url: z.string().min(1) });

/** The code of an error answer as the provider spells it; null where there is none. */
export function codeOf(answer: Answer): string | null {
  const parsed = errorBody.safeParse(answer.body);
  return parsed.success ? parsed.data.code : null;
}

/** What an answer to create means. `payUrl` is where a web cashier shows the code, if there is one. */
export function createOutcome(answer: Answer, payUrl: string | null): CreateOutcome {
  const verdict = look(CREATE, answer);
  switch (verdict) {
    case 'created': {
      const body = createdBody.safeParse(answer.body);
      return body.success ? { t: 'created', codeUrl: body.data.code_url, payUrl } : unknown('unparsable');
    }
    case 'spent':
    case 'rejected':
      return { t: verdict, code: codeOf(answer) ?? String(answer.status) };
    case 'throttled':
      return unknown('throttled');
    case null:
      return unknown('unlisted');
  }
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

/** `ORDER_NOT_EXIST` and `ORDERNOTEXIST` are one code. */
export function normalise(code: string): string {
  return code.toUpperCase().replace(/[^A-Z0-9]/g, '');
}

function look<V>(table: readonly Row<V>[], answer: Answer): V | null {
  const raw = codeOf(answer);
  const code = raw === null ? null : normalise(raw);
  const row = table.find(
    ([status, listed]) =>
      (status === answer.status || (status === '4xx' && answer.status >= 400 && answer.status < 500)) &&
      (listed === '*' || listed === code),
  );
  return row ? row[2] : null;
}
