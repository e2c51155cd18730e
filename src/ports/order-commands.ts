import { type OrderStatus } from '../domain/order-status';
import { type CancelAnswer, type NextAttempt, type SwitchAnswer } from './order-process';
import { type ProcessDraft } from './process-draft';
import { type RefundInProcess } from './refund-store';

/** An order and the action that commands it: a repeat under the same id is the same command. */
export interface CommandedOrder {
  readonly orderId: string;
  readonly draft: ProcessDraft;
  readonly commandId: string;
}

export type ExtendAnswer =
  /** `attemptExpiresAt`: when the payment on offer lapses at its gateway, where that is before the new deadline. */
  | { readonly t: 'extended'; readonly payBy: string; readonly attemptExpiresAt: string | null }
  /** The order does not wait for a payment any more. */
  | { readonly t: 'ended'; readonly status: OrderStatus }
  /** The deadline cannot be moved there. */
  | { readonly t: 'refused'; readonly why: string };

/** What the gateway said when it was asked now. `why` is for people. */
export type RetryAnswer =
  | { readonly t: 'asked'; readonly status: OrderStatus; readonly why: string; readonly nextAskAt: string | null }
  /** Nothing is waiting for a gateway. */
  | { readonly t: 'ended'; readonly status: OrderStatus }
  /** Taken on; the gateway has not answered within the time that an operator waits. */
  | { readonly t: 'notYet' };

export type RefundRetryAnswer =
  | { readonly t: 'asked'; readonly why: string }
  | { readonly t: 'settled' }
  /** No process runs for it: it has not been started yet, or a person ended it. */
  | { readonly t: 'noProcess' }
  | { readonly t: 'notYet' };

/**
 * Operators' commands to the durable process behind an order. Each may be repeated under its id and then answers as it did;
 * each throws `process_ended` where a person ended the process before the order was.
 */
export interface OrderCommands {
  /** Moves the deadline to `payBy`. */
  extend(order: CommandedOrder, payBy: string): Promise<ExtendAnswer>;
  cancel(order: CommandedOrder, note: string): Promise<CancelAnswer>;
  switchPayment(order: CommandedOrder, next: NextAttempt): Promise<SwitchAnswer>;
  /** Asks the gateway now. */
  retry(order: CommandedOrder): Promise<RetryAnswer>;
  retryRefund(refund: RefundInProcess, commandId: string): Promise<RefundRetryAnswer>;
  /** Tells a running process that its order's mark for manual handling has changed; one that has ended needs no telling. */
  marked(order: CommandedOrder, manual: boolean): Promise<void>;
}
