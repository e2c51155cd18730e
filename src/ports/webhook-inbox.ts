import { type GatewayName, type Paid } from '../domain/payment';
import { type ProcessDraft } from './process-draft';

/** A verified notification of a payment, as it is kept. */
export interface InboxEntry {
  readonly gateway: GatewayName;
  /** The gateway's id of the event, the same in every delivery of it. */
  readonly eventId: string;
  readonly merchantNo: string;
  readonly paid: Paid;
}

/** What became of it: to be signalled, seen before, on its way back (unknown number), or kept for a person (wrong amount). */
export type StoreOutcome = 'stored' | 'duplicate' | 'unknownPayment' | 'wrongAmount';

export interface PaymentFact {
  readonly inboxId: string;
  readonly orderId: string;
  readonly paymentId: string;
  readonly paid: Paid;
}

/** A fact to tell, with what its order's process is started with where it has none yet; null where there is no such order. */
export interface FactToTell extends PaymentFact {
  readonly draft: ProcessDraft | null;
}

/**
 * Verified notifications, stored before they are acknowledged: unique per gateway event and per transaction. Money for
 * an unknown number goes back by a process of its own; a wrong amount is kept and alerted; neither is ever taken as payment.
 */
export interface WebhookInbox {
  store(entry: InboxEntry): Promise<StoreOutcome>;
  /** The oldest facts not yet signalled, leased to the caller for `leaseMs`. */
  claim(limit: number, leaseMs: number): Promise<FactToTell[]>;
  /** Payments told to us whose orders have not been told yet. */
  pending(): Promise<number>;
  delivered(inboxIds: readonly string[]): Promise<void>;
  /**
   * Money that its order ended without: whatever is decided of it gets a process of its own (a start intent is left
   * behind). A payment that no notification told of is entered first. Repeats change nothing.
   */
  late(fact: Omit<PaymentFact, 'inboxId'>): Promise<void>;
  /** The verified payment of an attempt, signalled or not: what the workflow re-reads around the close. */
  paidFact(orderId: string, paymentId: string): Promise<PaymentFact | null>;
}
