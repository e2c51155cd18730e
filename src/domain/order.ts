import { type BuyerForms, type ShippingAddress } from './buyer-fields';
import { type Shortage } from './errors';
import { type Money } from './money';
import { type CloseReason, type OrderStatus } from './order-status';
import { type GatewayName, type PaymentStatus } from './payment';

/** What a buyer asks for. Lines may name a SKU twice: they are summed for the hold and kept apart on the order. */
export interface OrderDraft {
  readonly buyerId: string;
  readonly lines: readonly { readonly skuId: string; readonly quantity: number }[];
  readonly payWith: GatewayName | null;
  readonly paymentWindowSeconds: number;
  readonly storeId?: string | null;
  readonly referrerId?: string | null;
  readonly promotionId?: string | null;
  readonly note?: string | null;
  /** Personal: sealed when the order is placed, and in no other place of it. */
  readonly form?: BuyerForms | null;
  readonly shippingAddress?: ShippingAddress | null;
}

export interface OrderLine {
  readonly skuId: string;
  readonly productId: string;
  readonly title: string;
  readonly quantity: number;
  /** Frozen when the order was placed. */
  readonly unitPrice: Money;
  /** The promotion's discount on this line; 0 where there is none. */
  readonly discountBasisPoints: number;
  readonly amount: Money;
  readonly childId: string;
}

export interface PaymentAttempt {
  readonly id: string;
  readonly gateway: GatewayName;
  readonly status: PaymentStatus;
  /** Our number at the gateway (out_trade_no); known before the gateway is asked. */
  readonly merchantNo: string;
  readonly amount: Money;
  /** The last moment at which the gateway takes money for it; RFC 3339. */
  readonly expiresAt: string;
  readonly payUrl: string | null;
  readonly codeUrl: string | null;
  /** The gateway's own id of it, where it has one. */
  readonly gatewayRef: string | null;
  readonly transactionId: string | null;
}

/** The order as PostgreSQL, the read model, has it. Times are RFC 3339 in UTC. */
export interface Order {
  readonly id: string;
  readonly status: OrderStatus;
  readonly buyerId: string;
  readonly amount: Money;
  readonly lines: readonly OrderLine[];
  readonly payBy: string;
  /** The attempt that was paid, or else the latest. */
  readonly payment: PaymentAttempt | null;
  readonly refundedAmount: Money;
  readonly storeId: string | null;
  readonly referrerId: string | null;
  readonly promotionId: string | null;
  readonly note: string | null;
  readonly createdAt: string;
  readonly paidAt: string | null;
  readonly closedAt: string | null;
  readonly closeReason: CloseReason | null;
}

export const FACT_KINDS = ['state', 'stock', 'promotion', 'points', 'payment', 'gateway', 'action'] as const;

/** One fact in an order's life, for the timeline. `data` is shown to operators: no secrets, no personal data. */
export interface TimelineFact {
  readonly at: string;
  readonly kind: (typeof FACT_KINDS)[number];
  readonly what: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export type PlaceOutcome =
  { readonly t: 'placed'; readonly order: Order } | { readonly t: 'short'; readonly shortages: readonly Shortage[] };
