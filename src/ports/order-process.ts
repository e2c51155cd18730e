import { type Order, type OrderDraft } from '../domain/order';
import { type CloseReason, type OrderStatus } from '../domain/order-status';
import { type PaymentFact } from './webhook-inbox';

/** What a process is started with: the order as it was asked for, and its deadline as it is shown. */
export interface ProcessDraft extends Pick<OrderDraft, 'buyerId' | 'lines' | 'payWith'> {
  /** RFC 3339. */
  readonly payBy: string;
}

/** The start of an order that was placed. */
export function processDraft({ buyerId, lines, payment, payBy }: Order): ProcessDraft {
  const asked = lines.map(({ skuId, quantity }) => ({ skuId, quantity }));
  return { buyerId, lines: asked, payWith: payment?.gateway ?? null, payBy };
}

export type CancelReason = Exclude<CloseReason, 'payment_window_over'>;

/** Where a cancellation stood when it was answered. `closing`: the gateway's answer is not known yet. */
export interface CancelAnswer {
  readonly status: Extract<OrderStatus, 'cancelled' | 'paid' | 'closing' | 'rejected'>;
}

/** The durable process behind each order. Every call may be repeated; none needs the process to be running already. */
export interface OrderProcess {
  /** Starts the order's process unless it has one. */
  start(orderId: string, draft: ProcessDraft): Promise<void>;
  /** Tells the process of a payment, starting it where it has not been yet; `ended`: it is over and was not told. */
  paymentReceived(fact: PaymentFact, draft: ProcessDraft): Promise<'told' | 'ended'>;
  /** Asks for the cancellation and waits for the gateway's first answer. */
  cancel(orderId: string, draft: ProcessDraft, reason: CancelReason, note: string | null): Promise<CancelAnswer>;
}
