/**
 * Tells a person: an error in the log and a count in the alert metric. `what` is one of a few stable names,
 * `context` holds ids and amounts only.
 */
export type Alert = (what: AlertName, context: Readonly<Record<string, unknown>>) => void;

export const ALERTS = [
  'closing_takes_long',
  'close_rejected',
  'event_dead',
  'event_unroutable',
  'late_payment',
  'payment_not_created',
  'payment_unknown',
  'payment_wrong_amount',
  'reconcile_case',
  'reconcile_failed',
  'refund_manual',
  'refund_rejected',
  'webhook_disabled',
] as const;
export type AlertName = (typeof ALERTS)[number];
