import { type CloseOutcome, type QueryOutcome } from '../../../domain/payment';
import { type Failure } from './client';

/**
 * What Stripe's error answers mean, one table per operation; successes are read in objects.ts, 5xx and 429 never come
 * here. A row names the status and the error's `code`, or its `type` where Stripe gives no code. The first row that
 * matches counts; an answer without a row is `unknown`, never a success and never a refusal.
 */
type Row<V> = readonly [status: number, codeOrType: string, verdict: V];

/** No retry mends a key or a permission. `rate_limit` also comes with 400; a key that is in use is asked again. */
const COMMON = [
  [401, '*', 'rejected'],
  [403, '*', 'rejected'],
  [400, 'rate_limit', 'throttled'],
  [400, 'lock_timeout', 'throttled'],
  [409, '*', 'throttled'],
] as const;

/** `idempotency_error`: this number was created with other parameters. */
export const CREATE: readonly Row<'rejected' | 'throttled'>[] = [
  ...COMMON,
  [400, 'idempotency_error', 'rejected'],
  [400, 'invalid_request_error', 'rejected'],
];

/** `resource_missing` for an id that Stripe itself gave us: the key is of another account, so nothing is proved. */
export const QUERY: readonly Row<'rejected' | 'throttled'>[] = [
  ...COMMON,
  [404, 'resource_missing', 'rejected'],
  [400, 'invalid_request_error', 'rejected'],
];

/**
 * `askQuery`: refused for a state that the error doesn't tell for sure: paid, being paid or closed before. A session's
 * refusal has no code at all.
 */
export const CLOSE: readonly Row<'askQuery' | 'rejected' | 'throttled'>[] = [
  ...COMMON,
  [400, 'payment_intent_unexpected_state', 'askQuery'],
  [400, 'invalid_request_error', 'askQuery'],
  [404, 'resource_missing', 'rejected'],
];

/** `manual`: somebody else gave the money back, or the bank holds it. `newNumber`: the refusal is stored under this one. */
export const REFUND: readonly Row<'manual' | 'newNumber' | 'rejected' | 'throttled'>[] = [
  ...COMMON,
  [400, 'charge_already_refunded', 'manual'],
  [400, 'charge_disputed', 'manual'],
  [400, 'balance_insufficient', 'newNumber'],
  [400, 'idempotency_error', 'rejected'],
  [404, 'resource_missing', 'rejected'],
  [400, 'invalid_request_error', 'rejected'],
];

/** The verdict on an error; null where it has no row. */
export function look<V>(table: readonly Row<V>[], { status, code, type }: Failure): V | null {
  const row = table.find(([listed, name]) => listed === status && (name === '*' || name === code || name === type));
  return row ? row[2] : null;
}

/** How an error is called in logs and outcomes. */
export function nameOf({ status, code, type }: Failure): string {
  return code ?? (type === '' ? String(status) : type);
}

/** How long to leave a buyer whose bank is working. */
export const PAYING_RETRY_MS = 5_000;

/** A refused close above an open payment: another request held the object. */
const REFUSED_RETRY_MS = 10_000;

/** What the query makes of a refused close. */
export function closeOutcomeByQuery(found: QueryOutcome): CloseOutcome {
  switch (found.t) {
    case 'closedUnpaid':
      return { t: 'closed', proof: 'query' };
    case 'paying':
      return { t: 'paying', retryAfterMs: PAYING_RETRY_MS };
    case 'pending':
      return { t: 'unknown', cause: 'unlisted', retryAfterMs: REFUSED_RETRY_MS };
    case 'paid':
      return { t: 'paid', paid: found.paid };
    case 'absent':
    case 'unknown':
    case 'rejected':
      return found;
  }
}
