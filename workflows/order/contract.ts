import { defineSearchAttributeKey } from '@temporalio/common';
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import { isId } from '../../src/domain/ids';
import { type CloseReason, type OrderStatus } from '../../src/domain/order-status';
import { type GatewayName, type Paid } from '../../src/domain/payment';

/** States in which the wait for the money is over. */
export type EndStatus = Extract<OrderStatus, 'paid' | 'refunding' | 'refunded' | 'cancelled' | 'rejected'>;

/** The queue that workers of orders poll. */
export const ORDER_TASK_QUEUE = 'holdfast-orders';

/** Calls to a gateway have a queue of their own beside the workflows', so that a slow provider starves no other. */
export function gatewayTaskQueue(taskQueue: string, gateway: GatewayName): string {
  return `${taskQueue}-${gateway}`;
}

const WORKFLOW_ID_PREFIX = 'order:';

/** `ord_01J…` → `order:ord_01J…`. */
export function orderWorkflowId(orderId: string): string {
  return WORKFLOW_ID_PREFIX + orderId;
}

/** The inverse; null for the id of anything else. */
export function orderIdOf(workflowId: string): string | null {
  const orderId = workflowId.slice(WORKFLOW_ID_PREFIX.length);
  return workflowId.startsWith(WORKFLOW_ID_PREFIX) && isId('order', orderId) ? orderId : null;
}

/**
 * What the order asks for. An order placed over HTTP is in PostgreSQL already and found by its id; one started straight
 * through Temporal is placed from this.
 */
export interface OrderInput {
  readonly buyerId: string;
  readonly lines: readonly { readonly skuId: string; readonly quantity: number }[];
  readonly payWith?: GatewayName | null;
  readonly paymentWindowSeconds?: number;
  readonly storeId?: string | null;
  readonly referrerId?: string | null;
  /** Only ever set by whoever placed the order: it stood like this in its record when its process was started. */
  readonly placed?: AsPlaced;
  /** Only ever set by the workflow itself: a closing that goes on in a new run. */
  readonly closing?: ClosingSoFar;
  /** Only ever set by the workflow itself: the closing of a paid order's other attempts, which goes on in a new run. */
  readonly closingOthers?: ClosingOthersSoFar;
}

/** An order that waits for its payment, and to which nothing has happened since it was placed without one. */
export interface AsPlaced {
  /** Whose that is: an input that is copied for another order says nothing about that one. */
  readonly orderId: string;
  /** RFC 3339. */
  readonly payBy: string;
}

/** What a long closing takes along when its history is cut. */
export interface ClosingSoFar {
  /** How often the gateway was asked. */
  readonly asked: number;
  /** Epoch milliseconds. */
  readonly since: number;
  readonly escalated: boolean;
  /** What the gateway said last, and how soon it may be asked again. */
  readonly lastAnswer: string;
  readonly retryAfterMs: number;
}

/** What the closing of the attempts beside the paid one takes along. */
export interface ClosingOthersSoFar {
  /** How often the gateway of the attempt whose turn it is was asked. */
  readonly asked: number;
  /** The transaction that the order keeps; money of any other goes back. */
  readonly kept: string | null;
}

/** How an order ended, as far as its buying goes; refunds have processes of their own. */
export interface OrderResult {
  readonly orderId: string;
  readonly status: EndStatus;
}

/** A verified payment of one of the order's attempts. */
export interface PaymentReceived {
  readonly paymentId: string;
  readonly paid: Paid;
}

export interface CancelRequest {
  readonly reason: Exclude<CloseReason, 'payment_window_over'>;
  readonly note: string | null;
}

export interface CancelReply {
  /** `closing`: the gateway was asked and its answer is not conclusive yet. */
  readonly status: EndStatus | 'closing';
}

export interface SwitchRequest {
  readonly gateway: GatewayName;
  /** The next attempt's id, where whoever asks has made it; the workflow's own otherwise. */
  readonly paymentId?: string;
}

export type SwitchReply =
  /** The earlier attempt is closed, the next one is being offered. */
  | { readonly t: 'offered'; readonly paymentId: string }
  /** The earlier attempt could not be proved closed: it stays the one to pay. */
  | { readonly t: 'open'; readonly why: string; readonly retryAfterMs: number }
  /** The order waits for no payment any more. */
  | { readonly t: 'ended'; readonly status: OrderStatus };

export interface OrderProgressView {
  readonly orderId: string;
  readonly status: OrderStatus;
  /** RFC 3339; null until the stock is held. */
  readonly payBy: string | null;
  /** Closing only: how often the gateway was asked, what it said last, when it is asked next. */
  readonly closing: {
    readonly asked: number;
    readonly lastAnswer: string | null;
    readonly nextAskAt: string | null;
  } | null;
}

/** Fact: the gateway vouches for a payment. Repeats are harmless. */
export const paymentReceived = defineSignal<[PaymentReceived]>('paymentReceived');
/** Command: close at the gateway and cancel; answers when the gateway has been asked. */
export const cancelOrder = defineUpdate<CancelReply, [CancelRequest]>('cancelOrder');
/** Command: offer the frozen price at another gateway, once the earlier attempt is proved closed. */
export const switchPayment = defineUpdate<SwitchReply, [SwitchRequest]>('switchPayment');
export const getOrderProgress = defineQuery<OrderProgressView>('getOrderProgress');

/** Search attributes: set at the start, changed only when the state does. */
export const ORDER_STATUS = defineSearchAttributeKey('OrderStatus', 'KEYWORD');
/** Since when the gateway has been asked to close; stays once it is over. */
export const ORDER_CLOSING_SINCE = defineSearchAttributeKey('OrderClosingSince', 'DATETIME');
/** A person handles the order. */
export const ORDER_MANUAL = defineSearchAttributeKey('OrderManual', 'BOOL');
export const ORDER_PAY_BY = defineSearchAttributeKey('OrderPayBy', 'DATETIME');
