import { type Money } from '../domain/money';
import { type Unknown } from '../domain/payment';
import { type LatePaymentPolicy, type Refund } from '../domain/refund';
import { type IdempotencyKey, type KeyRefusal } from './idempotency';

export interface RefundCommand {
  readonly refundId: string;
  readonly orderId: string;
  /** Null: all that is left. */
  readonly amount: Money | null;
  readonly reason: string;
  /** The order's units go back on sale once the money is on its way. */
  readonly restock: boolean;
  readonly idempotency: IdempotencyKey;
  /**
   * From so many minor units on two persons decide; one alone asks for this refund. What was asked for the order on one word
   * before counts with it: many small ones are one large one.
   */
  readonly secondPersonFrom?: number;
}

export type RefundResult =
  | { readonly t: 'requested'; readonly refund: Refund; readonly replayed: boolean }
  | { readonly t: 'notFound' }
  | { readonly t: 'notRefundable' }
  | { readonly t: 'exceeds'; readonly refundable: Money }
  | { readonly t: 'secondPersonNeeded' }
  | KeyRefusal;

/** What a gateway said of a refund that it has not settled. */
export type RefundStanding = { readonly t: 'processing' } | { readonly t: 'unknown'; readonly cause: Unknown['cause'] };

/** A refund by the process that settles it: its own, or that of the late money which it sends back. */
export interface RefundInProcess {
  readonly id: string;
  /** The notification that brought the late money; null for a refund that somebody asked for. */
  readonly inboxId: string | null;
}

/** Refunds and what changes with them. Each method is one transaction and may be repeated. */
export interface RefundStore {
  /** Takes the amount out of what is left to refund, and leaves a start intent behind. */
  request(command: RefundCommand): Promise<RefundResult>;
  find(refundId: string): Promise<Refund | null>;
  /** The refund that has, or had, this number at the gateway, and whose process settles it. */
  ofNumber(number: string): Promise<RefundInProcess | null>;
  /** The order's refunds that the gateway has not settled, late money's included. */
  unsettled(orderId: string): Promise<RefundInProcess[]>;
  /** Its number is about to be sent for the first time: from here on it may have reached the gateway. */
  sending(refundId: string): Promise<void>;
  /** The gateway has taken it on, or may have. The timeline gets what it said, unless it said the same last time. */
  processing(refundId: string, answer: RefundStanding): Promise<void>;
  /** The money is on its way back: order, payment, stock and events follow. */
  succeeded(refundId: string, gatewayRefundId: string): Promise<void>;
  /** The number failed for good; answers whether there is another one (`false`: a person has to take over). */
  renumber(refundId: string, code: string): Promise<boolean>;
  /** A person has to pay it back; told in the timeline as `processing` is. */
  manual(refundId: string, code: string): Promise<void>;
  /**
   * Decides what becomes of money for an order that ended without it (or for none): taken as the order's payment, by
   * policy and where its stock can be taken again; sent back in full otherwise. Decided once.
   */
  settleLate(inboxId: string, policy: LatePaymentPolicy): Promise<LateDecision>;
}

export type LateDecision =
  | { readonly t: 'refund'; readonly refundId: string; readonly gateway: Refund['gateway'] }
  | { readonly t: 'revived' }
  /** It is the order's own payment after all. */
  | { readonly t: 'settled' };
