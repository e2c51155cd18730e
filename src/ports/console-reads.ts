import { type EventEnvelope } from '../domain/events';
import { type Money } from '../domain/money';
import { type OrderStatus } from '../domain/order-status';
import { type GatewayName, type PaymentStatus } from '../domain/payment';
import { type Refund } from '../domain/refund';
import { type StockLine } from '../domain/stock';
import { type Page } from './catalogue';

/** What the console reads of PostgreSQL beside what other ports read. Times are RFC 3339; every list is a keyset. */
export interface ConsoleReads {
  orders(query: OrderSearch): Promise<Page<FoundOrder>>;
  /** What the order's own read does not show; null where there is no such order. */
  order(orderId: string): Promise<OrderInside | null>;
  overview(): Promise<Standing>;
  skus(query: {
    readonly q: string | null;
    readonly cursor: string | null;
    readonly limit: number;
  }): Promise<Page<string>>;
  /** What the ledger's rows of a SKU come to, beside its counters of the same moment. Null: more rows than are summed while one waits. */
  ledgerSums(skuId: string): Promise<LedgerSums | null>;
  ledger(skuId: string, query: PageQuery): Promise<Page<StockMovement>>;
  promotionUses(promotionId: string, query: PageQuery): Promise<Page<PromotionMovement>>;
  events(query: EventSearch): Promise<Page<KeptEvent>>;
  /** Events that consumers of the feed gave up on, each consumer's oldest first, a few of each. */
  deadEvents(): Promise<ReadonlyMap<string, readonly KeptEvent[]>>;
  gatewayHealth(now: number): Promise<{ readonly since: string; readonly gateways: readonly GatewayReading[] }>;
}

/** Newest first. */
export interface PageQuery {
  readonly cursor: string | null;
  readonly limit: number;
}

export interface OrderSearch extends PageQuery {
  /** An id of an order, a buyer or a refund, a number at a gateway. */
  readonly q: string | null;
  readonly status: OrderStatus | null;
  readonly gateway: GatewayName | null;
  /** Null: marked for manual handling or not. */
  readonly manual: boolean | null;
  /** Only orders placed before this time, epoch milliseconds. */
  readonly placedBefore: number | null;
}

export interface FoundOrder {
  readonly id: string;
  readonly status: OrderStatus;
  readonly buyerId: string;
  readonly amount: Money;
  readonly units: number;
  readonly gateway: GatewayName | null;
  readonly createdAt: string;
  readonly payBy: string;
  /** Since when it is in its state. */
  readonly since: string;
  readonly manual: boolean;
}

/** A payment attempt with what its gateway said last. */
export interface AttemptInside {
  readonly id: string;
  readonly attempt: number;
  readonly gateway: GatewayName;
  readonly status: PaymentStatus;
  readonly merchantNo: string;
  readonly amount: Money;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly paidAt: string | null;
  readonly transactionId: string | null;
  readonly gatewayRef: string | null;
}

export interface OrderInside {
  readonly since: string;
  readonly manualSince: string | null;
  readonly hasPersonalData: boolean;
  /** The latest first. */
  readonly attempts: readonly AttemptInside[];
  readonly refunds: readonly Refund[];
  /** Units that are reserved for it. */
  readonly reserved: readonly StockLine[];
  /** Units that were sold and have not gone back on sale, and are not about to by a refund. */
  readonly restockable: readonly StockLine[];
  readonly promotion: { readonly promotionId: string; readonly quantity: number } | null;
  /** Points that are set aside for it; null where none are. */
  readonly points: number | null;
}

export interface Standing {
  /** Counted up to a bound; `capped` where there are more. */
  readonly orders: readonly { readonly status: OrderStatus; readonly count: number; readonly capped: boolean }[];
  readonly oldestClosing: { readonly orderId: string; readonly since: string } | null;
  readonly refundsUnderWay: number;
  readonly refundsManual: number;
  readonly heldForReview: number;
  readonly manualOrders: number;
  readonly approvalsWaiting: number;
}

export interface LedgerSums {
  readonly rows: number;
  readonly available: number;
  readonly reserved: number;
  readonly sold: number;
  readonly agrees: boolean;
}

export interface StockMovement {
  readonly id: string;
  readonly at: string;
  readonly kind: string;
  readonly quantity: number;
  readonly availableDelta: number;
  readonly reservedDelta: number;
  readonly soldDelta: number;
  readonly reference: string;
  readonly orderId: string | null;
  readonly reason: string | null;
}

export interface PromotionMovement {
  readonly id: string;
  readonly at: string;
  readonly kind: string;
  readonly orderId: string;
  readonly buyerId: string;
  readonly quantity: number;
}

export interface EventSearch extends PageQuery {
  readonly orderId: string | null;
  readonly type: string | null;
}

export type KeptEvent = Pick<EventEnvelope, 'id' | 'type' | 'orderId' | 'at' | 'data'> & {
  /** Null: not placed in the feed yet. */
  readonly position: string | null;
};

export interface GatewayReading {
  readonly gateway: GatewayName;
  readonly answers: number;
  readonly unknown: number;
  readonly rejected: number;
  readonly causes: readonly { readonly cause: string; readonly count: number }[];
  /** From an attempt's record to its credential, milliseconds. */
  readonly offerMs: { readonly p50: number; readonly p95: number } | null;
  readonly lastAnswerAt: string | null;
  readonly openAttempts: number;
  readonly closing: number;
  readonly refundsUnderWay: number;
}

/** What an order's process says of itself. */
export type ProcessReading =
  | {
      readonly t: 'answered';
      readonly status: OrderStatus;
      /** While closing: how often the gateway was asked, what it said last, and when it is asked next. */
      readonly asked: number | null;
      readonly lastAnswer: string | null;
      readonly nextAskAt: string | null;
    }
  | { readonly t: 'ended' }
  | { readonly t: 'missing' }
  | { readonly t: 'silent' };

/** Asks an order's process how far it is. Never throws, and answers within two seconds: `silent` where nobody else did. */
export interface ProcessReads {
  read(orderId: string): Promise<ProcessReading>;
}
