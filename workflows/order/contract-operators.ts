import { defineUpdate } from '@temporalio/workflow';
import { type OrderStatus } from '../../src/domain/order-status';

export interface ExtendRequest {
  /** RFC 3339. */
  readonly payBy: string;
}

export type ExtendReply =
  | { readonly t: 'extended'; readonly payBy: string; readonly attemptExpiresAt: string | null }
  /** The record refuses: the order no longer waits there, or has a later deadline already. */
  | { readonly t: 'refused'; readonly status: OrderStatus; readonly payBy: string }
  /** It was paid or closed before the deadline could be moved. */
  | { readonly t: 'ended'; readonly status: OrderStatus };

export type RetryReply =
  | { readonly t: 'asked'; readonly status: OrderStatus; readonly why: string; readonly nextAskAt: string | null }
  | { readonly t: 'ended'; readonly status: OrderStatus };

export interface MarkRequest {
  readonly manual: boolean;
}

/**
 * Command: move the deadline. Refused with the failure type of `order_closing`, `already_paid`, `not_payable` or
 * `deadline_out_of_bounds`. The update's id names the command: it moves the deadline once.
 */
export const extendPaymentWindow = defineUpdate<ExtendReply, [ExtendRequest]>('extendPaymentWindow');
/** Command: ask the gateway now; answers what it said. */
export const retryNow = defineUpdate<RetryReply, []>('retryNow');
/** Command: the record's mark for manual handling has changed; shows it, and lets go what waited for its end. */
export const markManual = defineUpdate<void, [MarkRequest]>('markManual');
