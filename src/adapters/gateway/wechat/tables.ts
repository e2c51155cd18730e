import { z } from 'zod';
import { type Answer } from './http';

/**
 * What WeChat Pay's verified answers mean, one table per operation. Codes are normalised: editions of the documentation
 * write ORDER_NOT_EXIST and ORDERNOTEXIST. A row's status is exact, or '4xx' where editions differ in it. The first row
 * that matches counts; code null is an answer without one, '*' any; an answer without a row is `unknown`, never a success and never a refusal.
 */
export type Row<V> = readonly [status: number | '4xx', code: string | null, verdict: V];

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

/**
 * `short`: the merchant's balance doesn't cover it. Nothing was done and topping up mends it; the documentation asks to
 * repeat a refused request under its own number, as a new one could pay twice. `manual`: the buyer's account takes no
 * money any more. RESOURCE_NOT_EXISTS is said of the payment here, not of the refund: somebody refunds what was never paid.
 */
export const REFUND: readonly Row<'refund' | 'short' | 'manual' | 'rejected' | 'throttled'>[] = [
  [200, null, 'refund'],
  ['4xx', 'NOTENOUGH', 'short'],
  ['4xx', 'USERACCOUNTABNORMAL', 'manual'],
  [404, 'RESOURCENOTEXISTS', 'rejected'],
  ['4xx', 'INVALIDREQUEST', 'rejected'],
  ...REFUSALS,
  ...THROTTLING,
];

export const QUERY_REFUND: readonly Row<'refund' | 'absent' | 'rejected' | 'throttled'>[] = [
  [200, null, 'refund'],
  [404, 'RESOURCENOTEXISTS', 'absent'],
  ['4xx', 'INVALIDREQUEST', 'rejected'],
  ...REFUSALS,
  ...THROTTLING,
];

/** The verdict of the first row that fits a verified answer; null where no row does. */
export function look<V>(table: readonly Row<V>[], answer: Answer): V | null {
  const raw = codeOf(answer);
  const code = raw === null ? null : normalise(raw);
  const row = table.find(
    ([status, listed]) =>
      (status === answer.status || (status === '4xx' && answer.status >= 400 && answer.status < 500)) &&
      (listed === '*' || listed === code),
  );
  return row ? row[2] : null;
}

const errorBody = z.object({ code: z.string().min(1) });

/** The code of an error answer as the provider spells it; null where there is none. */
export function codeOf(answer: Answer): string | null {
  const parsed = errorBody.safeParse(answer.body);
  return parsed.success ? parsed.data.code : null;
}

/** `ORDER_NOT_EXIST` and `ORDERNOTEXIST` are one code. */
export function normalise(code: string): string {
  return code.toUpperCase().replace(/[^A-Z0-9]/g, '');
}
