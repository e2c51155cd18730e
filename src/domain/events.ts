import { type ErrorCode } from './errors';
import { type Money } from './money';
import { type CloseReason } from './order-status';
import { type GatewayName } from './payment';
import { type RefundCause } from './refund';
import { type StockLine } from './stock';

/**
 * Every type of event and the version of its payload, once. Writers, the feed, the broker, webhooks out and the AsyncAPI
 * document are typed by or checked against this table. A field may be added within a version; whatever would break a
 * reader is a new version.
 */
export const EVENTS = {
  OrderPlaced: 1,
  OrderClosing: 1,
  OrderPaid: 1,
  OrderCancelled: 1,
  OrderRejected: 1,
  OrderRefunded: 1,
  StockHeld: 1,
  StockSold: 1,
  StockReturned: 1,
  StockAdjusted: 1,
  RefundRequested: 1,
  RefundSucceeded: 1,
  LatePaymentRefunded: 1,
  PromotionHeld: 1,
  PromotionConfirmed: 1,
  PromotionReleased: 1,
  PointsHeld: 1,
  PointsSpent: 1,
  PointsReturned: 1,
  SkuCreated: 1,
  SkuChanged: 1,
  BuyerForgotten: 1,
} as const satisfies Record<keyof EventPayloads, number>;

export type EventType = keyof typeof EVENTS;

export const EVENT_TYPES = Object.keys(EVENTS) as EventType[];

/** A line of an order, as consumers need it: enough to ship, to award and to share by. */
export interface EventLine {
  readonly childId: string;
  readonly skuId: string;
  readonly productId: string;
  readonly quantity: number;
  readonly amount: Money;
}

interface OfOrder {
  readonly orderId: string;
  /** The shop's own id of the buyer: opaque, no personal data. */
  readonly buyerId: string;
}

interface OfStock {
  readonly orderId: string;
  /** Units per SKU, sorted by SKU. */
  readonly lines: readonly StockLine[];
}

interface OfPromotion extends OfOrder {
  readonly promotionId: string;
  /** Units of the order that the promotion covers. */
  readonly quantity: number;
}

interface OfPoints extends OfOrder {
  readonly points: number;
}

interface OfSku {
  readonly skuId: string;
  readonly productId: string;
  readonly title: string;
  readonly price: Money;
  readonly onShelf: boolean;
  /** Neither the SKU nor its product is off the shelf. */
  readonly onSale: boolean;
}

interface OfRefund {
  readonly refundId: string;
  readonly cause: RefundCause;
  /** What goes back with this refund. */
  readonly amount: Money;
  /** What the payment came to in all. */
  readonly paidAmount: Money;
}

/** What each event tells: what a consumer needs without asking back, and no personal data. Times are RFC 3339 in UTC. */
export interface EventPayloads {
  readonly OrderPlaced: OfOrder & {
    readonly storeId: string | null;
    readonly referrerId: string | null;
    readonly promotionId: string | null;
    readonly amount: Money;
    readonly payBy: string;
    readonly lines: readonly EventLine[];
  };
  readonly OrderClosing: OfOrder & { readonly reason: CloseReason };
  readonly OrderPaid: OfOrder & {
    readonly storeId: string | null;
    readonly referrerId: string | null;
    readonly gateway: GatewayName;
    readonly paymentId: string;
    readonly transactionId: string;
    readonly amount: Money;
    readonly paidAt: string;
    /** Late money brought a cancelled order back. */
    readonly revived: boolean;
    readonly lines: readonly EventLine[];
  };
  /** `proof`: how it was proved that nobody can pay any more. */
  readonly OrderCancelled: OfOrder & { readonly reason: CloseReason; readonly proof: string };
  readonly OrderRejected: OfOrder & { readonly code: ErrorCode };
  readonly OrderRefunded: OfOrder & { readonly amount: Money };
  readonly StockHeld: OfStock;
  readonly StockSold: OfStock;
  /** `released`: the order was cancelled. `restocked`: a refund put the units back on sale. */
  readonly StockReturned: OfStock & { readonly reason: 'released' | 'restocked' };
  readonly StockAdjusted: {
    readonly skuId: string;
    /** Units added to (positive) or taken from (negative) what is available. */
    readonly delta: number;
    readonly reason: string;
    /** The document that caused it; unique per SKU. */
    readonly reference: string;
  };
  /** Taken on; the money is not on its way yet. */
  readonly RefundRequested: OfOrder & OfRefund;
  /** The money is on its way back. An order is null where the money was for none that is known. */
  readonly RefundSucceeded: OfRefund & {
    readonly orderId: string | null;
    readonly buyerId: string | null;
    /** What has gone back of the payment so far, this refund included. */
    readonly refundedTotal: Money;
  };
  /** Money that came too late has been sent on its way back; `RefundSucceeded` follows. */
  readonly LatePaymentRefunded: OfRefund & {
    readonly orderId: string | null;
    readonly buyerId: string | null;
    readonly merchantNo: string;
    readonly transactionId: string;
  };
  readonly PromotionHeld: OfPromotion;
  readonly PromotionConfirmed: OfPromotion;
  readonly PromotionReleased: OfPromotion;
  readonly PointsHeld: OfPoints;
  readonly PointsSpent: OfPoints;
  readonly PointsReturned: OfPoints;
  readonly SkuCreated: OfSku & { readonly initialStock: number; readonly unlimited: boolean };
  readonly SkuChanged: OfSku;
  readonly BuyerForgotten: { readonly buyerId: string };
}

/** An event as everybody outside gets it, whatever brings it: feed, broker and webhooks out send the same JSON. */
export type EventEnvelope<T extends EventType = EventType> = {
  [K in T]: {
    /** `evt_…`; the same in every delivery: consumers de-duplicate by it. */
    readonly id: string;
    readonly type: K;
    readonly schemaVersion: number;
    readonly orderId: string | null;
    /** Its place in the feed: a decimal number, without gaps, rising in the order of the facts of an order. */
    readonly position: string;
    /** RFC 3339: when it was written. */
    readonly at: string;
    readonly data: EventPayloads[K];
  };
}[T];

/** What an event belongs to: events of one subject are told in the order of its facts. Events with no order are a SKU's or their own. */
export function subjectOf({ orderId, data, id }: EventEnvelope): string {
  return orderId ?? ('skuId' in data ? data.skuId : id);
}

/** The topic of a type, as brokers route it: `OrderPaid` → `order.paid`. */
export function topicOf(type: EventType): string {
  return type.replace(/(?!^)[A-Z]/g, '.$&').toLowerCase();
}
