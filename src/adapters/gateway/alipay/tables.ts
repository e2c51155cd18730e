import { type Answer } from './http';

/**
 * What Alipay's verified answers mean, one table per operation. The first row whose code and sub_code match counts;
 * `null` is an answer without a sub_code, '*' any. An answer without a row is `unknown`: never a success, never a refusal.
 */
type Row<V> = readonly [code: string, subCode: string | null, verdict: V];

/** Wherever they come: configuration, signing and parameters that no retry mends; a gateway in trouble; throttling. */
const COMMON = [
  ['20000', '*', 'trouble'],
  ['20001', '*', 'rejected'],
  ['40001', '*', 'rejected'],
  ['40002', '*', 'rejected'],
  ['40005', '*', 'throttled'],
  ['40006', '*', 'rejected'],
  ['40004', 'ACQ.SYSTEM_ERROR', 'trouble'],
  ['40004', 'SYSTEM_ERROR', 'trouble'],
  ['40004', 'ACQ.INVALID_PARAMETER', 'rejected'],
  ['40004', 'ACQ.ACCESS_FORBIDDEN', 'rejected'],
  ['40004', 'ACQ.PARTNER_ERROR', 'rejected'],
] as const;

export type Common = (typeof COMMON)[number][2] | 'unlisted';

export const CREATE: readonly Row<'created' | 'spent' | Common>[] = [
  ['10000', null, 'created'],
  ['40004', 'ACQ.TRADE_HAS_SUCCESS', 'spent'],
  ['40004', 'ACQ.TRADE_HAS_CLOSE', 'spent'],
  // The number was used with another amount or seller.
  ['40004', 'ACQ.CONTEXT_INCONSISTENT', 'rejected'],
  ['40004', 'ACQ.TOTAL_FEE_EXCEED', 'rejected'],
  ['40004', 'ACQ.SELLER_NOT_EXIST', 'rejected'],
  ...COMMON,
];

export const QUERY: readonly Row<'trade' | 'absent' | Common>[] = [
  ['10000', null, 'trade'],
  ['40004', 'ACQ.TRADE_NOT_EXIST', 'absent'],
  ...COMMON,
];

/** `askQuery`: paid, closed or not closable just now; the codes don't tell these apart, the query does. */
export const CLOSE: readonly Row<'closed' | 'absent' | 'askQuery' | Common>[] = [
  ['10000', null, 'closed'],
  ['40004', 'ACQ.TRADE_NOT_EXIST', 'absent'],
  ['40004', 'ACQ.TRADE_STATUS_ERROR', 'askQuery'],
  ['40004', 'ACQ.REASON_TRADE_STATUS_INVALID', 'askQuery'],
  ['40004', 'ACQ.REASON_ILLEGAL_STATUS', 'askQuery'],
  ['40004', 'ACQ.REASON_TRADE_BEEN_FREEZEN', 'askQuery'],
  ...COMMON,
];

/** `manual`: Alipay won't refund until a person has seen to it (an empty account, a period that is over, a contract). */
export const REFUND: readonly Row<'moved' | 'askQuery' | 'manual' | Common>[] = [
  ['10000', null, 'moved'],
  ['40004', 'ACQ.TRADE_STATUS_ERROR', 'askQuery'],
  ['40004', 'ACQ.TRADE_HAS_CLOSE', 'askQuery'],
  ['40004', 'ACQ.SELLER_BALANCE_NOT_ENOUGH', 'manual'],
  ['40004', 'ACQ.TRADE_HAS_FINISHED', 'manual'],
  ['40004', 'ACQ.TRADE_NOT_ALLOW_REFUND', 'manual'],
  ['40004', 'ACQ.REASON_TRADE_BEEN_FREEZEN', 'manual'],
  // More than is left of the payment.
  ['40004', 'ACQ.REFUND_AMT_NOT_EQUAL_TOTAL', 'rejected'],
  ['40004', 'ACQ.REASON_TRADE_REFUND_FEE_ERR', 'rejected'],
  // The number belongs to a refund of another amount: another number might pay back twice.
  ['40004', 'ACQ.DISCORDANT_REPEAT_REQUEST', 'rejected'],
  ['40004', 'ACQ.TRADE_NOT_EXIST', 'rejected'],
  ...COMMON,
];

export const REFUND_QUERY: readonly Row<'refund' | 'absent' | Common>[] = [
  ['10000', null, 'refund'],
  ['40004', 'ACQ.TRADE_NOT_EXIST', 'absent'],
  ...COMMON,
];

/** The verdict of the first row that matches; `unlisted` where none does. */
export function look<V extends string>(table: readonly Row<V>[], answer: Answer): V | 'unlisted' {
  const row = table.find(([code, subCode]) => code === answer.code && (subCode === '*' || subCode === answer.subCode));
  return row ? row[2] : 'unlisted';
}

/** What to call an answer in an outcome or a log: its sub_code, else its code. */
export function codeOf(answer: Answer): string {
  return answer.subCode ?? answer.code;
}
