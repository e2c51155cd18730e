import { type GatewayName } from '../domain/payment';
import { type CloseReason, type OrderStatus } from '../domain/order-status';
import { type ProcessDraft } from './process-draft';
import { type RefundInProcess } from './refund-store';
import { type PaymentFact } from './webhook-inbox';

export type CancelReason = Exclude<CloseReason, 'payment_window_over'>;

/** Where a cancellation stood when it was answered. `closing`: the gateway's answer is not known yet. */
export interface CancelAnswer {
  readonly status: Exclude<OrderStatus, 'placing' | 'awaiting_payment'>;
}

/** The attempt that a switch asks for; its id is made by whoever asks. */
export interface NextAttempt {
  readonly gateway: GatewayName;
  readonly paymentId: string;
}

/** What a switch came to. `open`: the earlier attempt could not be proved closed and stays the one to pay. */
export type SwitchAnswer =
  | { readonly t: 'offered'; readonly paymentId: string }
  /** `pending`: the command is accepted and goes on; its outcome is not known yet. */
  | { readonly t: 'open'; readonly why: string; readonly retryAfterMs: number; readonly pending?: true }
  | { readonly t: 'ended'; readonly status: OrderStatus };

/** The durable process behind each order. Every call may be repeated; none needs the process to be running already. */
export interface OrderProcess {
  /** Starts the order's process unless it has one. */
  start(orderId: string, draft: ProcessDraft): Promise<void>;
  /** Tells the process of a payment, starting it where it has not been yet; `ended`: it is over and was not told. */
  paymentReceived(fact: PaymentFact, draft: ProcessDraft): Promise<'told' | 'ended'>;
  /** Starts the process of a refund unless it has one. */
  startRefund(refundId: string, gateway: GatewayName): Promise<void>;
  /** Starts the process of money that came too late unless it has one. */
  startLatePayment(inboxId: string): Promise<void>;
  /** Tells the process that settles a refund that the gateway has news of it; one that has ended ignores it. */
  refundChanged(refund: RefundInProcess): Promise<void>;
  /** Offers the frozen price at another gateway, as the attempt of that id, once the earlier one is proved closed. */
  switchPayment(orderId: string, draft: ProcessDraft, next: NextAttempt): Promise<SwitchAnswer>;
  /** Asks for the cancellation and waits for the gateway's first answer. */
  cancel(orderId: string, draft: ProcessDraft, reason: CancelReason, note: string | null): Promise<CancelAnswer>;
}
