import { defineSignal, defineUpdate } from '@temporalio/workflow';
import { type GatewayName } from '../../src/domain/payment';

/** `ref_01J…` → `refund:ref_01J…`. */
export function refundWorkflowId(refundId: string): string {
  return `refund:${refundId}`;
}

/** What was asked for is in PostgreSQL under its id; the gateway says which queue its calls go to. */
export interface RefundInput {
  readonly refundId: string;
  readonly gateway: GatewayName;
  /** Only ever set by the workflow itself: how often the gateway was asked before its history was cut. */
  readonly asked?: number;
}

export interface RefundResult {
  readonly refundId: string;
  readonly status: 'succeeded';
}

/** Fact: the gateway told something of this refund. What, is asked for. */
export const refundChanged = defineSignal('refundChanged');

export type RefundRetryReply =
  | { readonly t: 'settled' }
  /** `why` is for people. */
  | { readonly t: 'asked'; readonly why: string }
  /** The history is being cut: the new run asks first thing. */
  | { readonly t: 'asking' };

/** Command: ask the gateway now; answers what it said. */
export const retryRefund = defineUpdate<RefundRetryReply, []>('retryNow');
