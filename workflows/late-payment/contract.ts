/** The notification's id → `late-payment:evt_01J…`. */
export function latePaymentWorkflowId(inboxId: string): string {
  return `late-payment:${inboxId}`;
}

/** Money that came for an order which had ended without it, as the inbox keeps it. */
export interface LatePaymentInput {
  readonly inboxId: string;
  /** Only ever set by the workflow itself: how often the gateway was asked for the refund before its history was cut. */
  readonly asked?: number;
}

export interface LatePaymentResult {
  /** `settled`: it was the order's own payment after all. */
  readonly end: 'refunded' | 'revived' | 'settled';
}
