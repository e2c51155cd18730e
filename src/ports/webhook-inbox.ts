import { type GatewayName, type Paid } from '../domain/payment';

/** A verified notification of a payment, as it is kept. */
export interface InboxEntry {
  readonly gateway: GatewayName;
  /** The gateway's id of the event, the same in every delivery of it. */
  readonly eventId: string;
  readonly merchantNo: string;
  readonly paid: Paid;
}

/** What became of it: to be signalled, seen before, or kept for a person (unknown number, wrong amount). */
export type StoreOutcome = 'stored' | 'duplicate' | 'unknownPayment' | 'wrongAmount';

export interface PaymentFact {
  readonly inboxId: string;
  readonly orderId: string;
  readonly paymentId: string;
  readonly paid: Paid;
}

/**
 * Verified notifications, stored before they are acknowledged: unique per gateway event and per transaction. Money for
 * an unknown number or of a wrong amount is kept and alerted, never dropped and never taken as payment.
 */
export interface WebhookInbox {
  store(entry: InboxEntry): Promise<StoreOutcome>;
  /** The oldest facts not yet signalled, leased to the caller for `leaseMs`. */
  claim(limit: number, leaseMs: number): Promise<PaymentFact[]>;
  delivered(inboxIds: readonly string[]): Promise<void>;
  /** Keeps money that its order ended without for a person, and says so in the order's timeline. */
  holdForReview(orderId: string, transactionId: string): Promise<void>;
  /** The verified payment of an order, signalled or not: what the workflow re-reads around the close. */
  paidFact(orderId: string): Promise<PaymentFact | null>;
}
