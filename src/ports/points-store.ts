import { type Money } from '../domain/money';
import {
  type PointsKind,
  type PointsRefund,
  type PointsSpent,
  type PointsStanding,
  type RefundRefusal,
  type SpendRefusal,
} from '../domain/points';
import { type Page } from './catalogue';
import { type IdempotencyKey, type KeyRefusal } from './idempotency';

/** No attempt at the gateway `points` has this number. */
export interface NoSuchPayment {
  readonly t: 'none';
}

export type SpendOutcome =
  PointsSpent | { readonly t: 'closed' } | { readonly t: 'refused'; readonly code: SpendRefusal } | NoSuchPayment;

/** `before`: it had been closed by an earlier call. */
export type PointsCloseOutcome = { readonly t: 'closed'; readonly before: boolean } | PointsSpent | NoSuchPayment;

export type PointsRefundOutcome =
  { readonly t: 'refunded' } | { readonly t: 'refused'; readonly code: RefundRefusal } | NoSuchPayment;

/**
 * Payments out of the buyers' points. Who pays is told by the order behind the attempt's number. Contract:
 * 1. Every method is one transaction under the buyer's account and may be repeated: it takes effect once and answers the same.
 * 2. A payment is spent or closed, never both, and neither is ever undone; calls are linearizable.
 * 3. A balance never goes negative and equals the sum of its ledger, also under concurrency.
 * 4. A refund number gives points back once; what goes back never exceeds what was spent.
 * Rejects only when the database doesn't answer; whether it took effect is then unknown.
 */
export interface PointsPayments {
  spend(merchantNo: string, amount: Money): Promise<SpendOutcome>;
  close(merchantNo: string): Promise<PointsCloseOutcome>;
  standing(merchantNo: string): Promise<PointsStanding | NoSuchPayment>;
  refund(refund: PointsRefund, reason: string): Promise<PointsRefundOutcome>;
  findRefund(refundNo: string): Promise<PointsRefund | null>;
}

/** A row of a buyer's ledger. */
export interface PointsEntry {
  readonly id: string;
  readonly kind: PointsKind;
  /** Points given (positive) or taken (negative); zero for a close. */
  readonly delta: number;
  /** The balance right after. */
  readonly balance: number;
  /** The payment in points that was held, spent, closed or refunded; null where none is behind it. */
  readonly merchantNo: string | null;
  /** The document behind the row: payment, refund, adjustment or order. */
  readonly reference: string;
  readonly reason: string | null;
  /** RFC 3339. */
  readonly at: string;
}

export interface PointsAccount {
  readonly buyerId: string;
  /** What can be spent. */
  readonly balance: number;
  /** What open orders have set aside. */
  readonly held: number;
  /** Newest first. */
  readonly ledger: Page<PointsEntry>;
}

export interface PointsAdjustment {
  /** Id of the adjustment. */
  readonly reference: string;
  readonly buyerId: string;
  readonly delta: number;
  readonly reason: string;
}

export type AdjustedPoints =
  | { readonly t: 'adjusted'; readonly buyerId: string; readonly balance: number; readonly entry: PointsEntry }
  | { readonly t: 'insufficient' }
  | { readonly t: 'tooMany' };

/** What people and other systems do with accounts. A buyer who never had points has an account of nothing. */
export interface PointsAccounts {
  /** Throws `validation_failed` for a cursor that is none. */
  account(buyerId: string, page: { cursor: string | null; limit: number }): Promise<PointsAccount>;
  /** Answers the account as it was right after, also when the key is repeated later. */
  adjust(request: PointsAdjustment, key: IdempotencyKey | null): Promise<AdjustedPoints | KeyRefusal>;
}

export interface PointsStore extends PointsPayments, PointsAccounts {}
