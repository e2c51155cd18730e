import { MAX_MINOR, type Money, sameMoney } from './money';

/**
 * Points: a balance that this service keeps itself. A buyer has one account, and a point stands for one minor unit of
 * whatever currency an order is priced in: 19.99 CNY costs 1,999 points, and so do 1,999 JPY. A shop that takes points
 * therefore prices in one currency, or means it so.
 */

/** The most points that an adjustment may leave an account with: enough for the largest order there can be. */
export const MAX_POINTS = MAX_MINOR;

/**
 * What moves a balance, as the ledger writes it down. `hold` sets a placed order's points aside and `release` undoes it,
 * right before they are spent or when the payment is closed; `close` moves nothing and keeps a payment from being spent.
 * `earn` comes with a payment in money, `take_back` with its refund.
 */
export const POINTS_KINDS = ['adjust', 'hold', 'release', 'spend', 'close', 'refund', 'earn', 'take_back'] as const;
export type PointsKind = (typeof POINTS_KINDS)[number];

/** A payment that took its points. */
export interface PointsSpent {
  readonly t: 'spent';
  readonly amount: Money;
  /** Points of it that went back so far. */
  readonly refunded: number;
  /** RFC 3339. */
  readonly spentAt: string;
}

/** How a payment in points stands: it can be spent, never will be, or was. The last two are final. */
export type PointsStanding = { readonly t: 'open' } | { readonly t: 'closed' } | PointsSpent;

export type SpendRefusal = 'AMOUNT_MISMATCH' | 'PAYMENT_EXPIRED' | 'INSUFFICIENT_POINTS';
export type RefundRefusal = 'NOT_PAID' | 'NUMBER_MISMATCH' | 'AMOUNT_MISMATCH' | 'AMOUNT_EXCEEDS_PAID';

/** What the spending of an open payment is decided on, read with the account locked. */
export interface SpendCase {
  readonly balance: number;
  /** What the attempt's record says it costs. */
  readonly price: Money;
  /** What is asked for. */
  readonly asked: Money;
  readonly expired: boolean;
}

/** Why points are not taken; null when they are. */
export function refusalToSpend({ balance, price, asked, expired }: SpendCase): SpendRefusal | null {
  if (!sameMoney(price, asked)) return 'AMOUNT_MISMATCH';
  if (expired) return 'PAYMENT_EXPIRED';
  return balance < price.minor ? 'INSUFFICIENT_POINTS' : null;
}

/** A refund in points as the ledger has it, or as it is asked for. */
export interface PointsRefund {
  readonly refundNo: string;
  readonly merchantNo: string;
  readonly amount: Money;
}

/** Why what is asked for is not the refund that the ledger has under its number; null when it is. */
export function refusalOfRepeat(known: PointsRefund, asked: PointsRefund): RefundRefusal | null {
  if (known.refundNo !== asked.refundNo || known.merchantNo !== asked.merchantNo) return 'NUMBER_MISMATCH';
  return sameMoney(known.amount, asked.amount) ? null : 'AMOUNT_MISMATCH';
}

/** Why points do not go back; null when they do. Only for a refund number that the ledger doesn't have. */
export function refusalToRefund(standing: PointsStanding, { amount }: PointsRefund): RefundRefusal | null {
  if (standing.t !== 'spent') return 'NOT_PAID';
  if (amount.currency !== standing.amount.currency || amount.minor <= 0) return 'AMOUNT_MISMATCH';
  return standing.refunded + amount.minor > standing.amount.minor ? 'AMOUNT_EXCEEDS_PAID' : null;
}

/** The gateway's number of the money: one per payment, for a payment is spent once. */
export function pointsTransactionId(merchantNo: string): string {
  return `pts_${merchantNo}`;
}

/** The gateway's number of a refund. */
export function pointsRefundId(refundNo: string): string {
  return `ptr_${refundNo}`;
}
