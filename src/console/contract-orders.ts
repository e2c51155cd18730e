/** Orders, and everything about one of them in one answer. */
import { type Money } from '../domain/money';
import { type OperatorAction } from '../domain/operator-action';
import { type OrderStatus } from '../domain/order-status';
import { type GatewayName, type PaymentStatus } from '../domain/payment';
import { type RefundStatus } from '../domain/refund';
import { type FoundOrder, type ProcessReading } from '../ports/console-reads';
import { type ActionView } from './contract-actions';

/** GET /orders, newest first. `q`: an order's id, its buyer's, a merchant number, a gateway's transaction or a refund's id. */
export interface OrdersQuery {
  readonly q?: string;
  readonly status?: OrderStatus;
  readonly gateway?: GatewayName;
  readonly manual?: boolean;
  /** Placed at least so many seconds ago. */
  readonly olderThanSeconds?: number;
  readonly cursor?: string;
  readonly limit?: number;
}

export type OrderRow = FoundOrder;

/** Why the order is where it is, in words. */
export interface Explanation {
  /** `done`: nothing more to come by itself; `waiting`: as it should be; `attention`: slower than it should be; `person`: waits for one. */
  readonly tone: 'done' | 'waiting' | 'attention' | 'person';
  /** One sentence: where it is and why. */
  readonly headline: string;
  /** One sentence: what happens next by itself, and when. */
  readonly next: string;
  /** Further facts, a sentence each. */
  readonly details: readonly string[];
}

/** What the order's workflow said of itself, asked for a second at most. */
export type ProcessView = ProcessReading;

export interface AttemptView {
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
  /** What the gateway said last of it. */
  readonly lastAnswer: {
    readonly at: string;
    readonly op: 'create' | 'query' | 'close';
    readonly outcome: string;
    /** The gateway's or our own code, where the answer has one. */
    readonly code: string | null;
    readonly words: string;
  } | null;
  /** How often the gateway answered, or was asked without an answer. */
  readonly answers: number;
}

export interface RefundView {
  readonly id: string;
  readonly amount: Money;
  readonly status: RefundStatus;
  readonly cause: 'requested' | 'late_payment';
  readonly reason: string;
  readonly gateway: GatewayName;
  readonly number: string;
  readonly tries: number;
  readonly createdAt: string;
  readonly settledAt: string | null;
}

export interface TimelineEntry {
  readonly at: string;
  readonly kind: 'state' | 'stock' | 'promotion' | 'points' | 'payment' | 'gateway' | 'action';
  readonly what: string;
  /** The same as a sentence. */
  readonly words: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** An action as one may take it now. */
export interface PossibleAction {
  readonly kind: OperatorAction['kind'];
  readonly allowed: boolean;
  /** A sentence, where it isn't allowed. */
  readonly whyNot: string | null;
  /** What it would do, a sentence. */
  readonly effect: string;
  /** Another person would have to approve it, at least for the largest amount. */
  readonly needsApproval: boolean;
}

export interface OrderPage {
  /** The server's clock when this was read. */
  readonly at: string;
  readonly order: {
    readonly id: string;
    readonly status: OrderStatus;
    readonly buyerId: string;
    readonly amount: Money;
    readonly lines: readonly {
      readonly skuId: string;
      readonly title: string;
      readonly quantity: number;
      readonly amount: Money;
    }[];
    readonly createdAt: string;
    readonly payBy: string;
    readonly paidAt: string | null;
    readonly closedAt: string | null;
    readonly closeReason: string | null;
    readonly refundedAmount: Money;
    /** What could still be asked back. */
    readonly refundable: Money;
    readonly storeId: string | null;
    readonly referrerId: string | null;
    readonly promotionId: string | null;
    /** There is sealed personal data (a form, an address); the console does not open it. */
    readonly hasPersonalData: boolean;
  };
  readonly since: string;
  readonly explanation: Explanation;
  readonly process: ProcessView;
  /** A person has taken it over; null otherwise. */
  readonly manual: { readonly since: string; readonly by: string; readonly reason: string } | null;
  readonly held: {
    readonly stock: readonly { readonly skuId: string; readonly title: string; readonly quantity: number }[];
    readonly promotion: { readonly promotionId: string; readonly quantity: number } | null;
    readonly points: number | null;
  };
  readonly attempts: readonly AttemptView[];
  readonly refunds: readonly RefundView[];
  /** Units that were sold and have not gone back on sale. */
  readonly restockable: readonly { readonly skuId: string; readonly title: string; readonly quantity: number }[];
  readonly timeline: readonly TimelineEntry[];
  readonly actions: readonly ActionView[];
  readonly possible: readonly PossibleAction[];
  /** Gateways that the order may be switched to. */
  readonly switchTo: readonly GatewayName[];
  readonly workflow: { readonly id: string; readonly temporalUi: string | null };
}
