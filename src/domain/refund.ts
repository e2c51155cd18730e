import { type Money } from './money';
import { type GatewayName } from './payment';
import { type StockLine } from './stock';

/** `manual`: the gateway will not do it; a person has to pay it back, and the order says so until the gateway reports it done. */
export const REFUND_STATUSES = ['pending', 'processing', 'succeeded', 'manual'] as const;
export type RefundStatus = (typeof REFUND_STATUSES)[number];

/** Asked for by the shop, or money that came for an order that had ended without it. */
export type RefundCause = 'requested' | 'late_payment';

export interface Refund {
  readonly id: string;
  readonly orderId: string | null;
  readonly cause: RefundCause;
  readonly gateway: GatewayName;
  readonly merchantNo: string;
  readonly gatewayRef: string | null;
  readonly transactionId: string;
  /** The number at the gateway. */
  readonly number: string;
  /** How many numbers it has had. */
  readonly tries: number;
  readonly paid: Money;
  readonly amount: Money;
  readonly reason: string;
  readonly restock: readonly StockLine[];
  readonly status: RefundStatus;
  /** RFC 3339. */
  readonly createdAt: string;
  readonly settledAt: string | null;
}

/** The number of a refund's n-th try: gateways never accept a number again that has failed. */
export function refundNumber(refundId: string, tries: number): string {
  return tries === 1 ? refundId : `${refundId}_${tries}`;
}

/** After so many numbers that failed for good a person takes over. */
export const MOST_REFUND_TRIES = 5;

/** What a shop wants done with money for an order that ended without it. */
export const LATE_PAYMENT_POLICIES = ['refund', 'revive'] as const;
export type LatePaymentPolicy = (typeof LATE_PAYMENT_POLICIES)[number];
