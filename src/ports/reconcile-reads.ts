import { type GatewayName, type PaymentStatus } from '../domain/payment';
import { type Refund } from '../domain/refund';
import { type ReconcileClass } from '../domain/reconcile';
import { type Examined, type Scope } from './reconciliation';

/** Classes that PostgreSQL compares with itself. */
export const OWN_BOOKS = ['counters', 'holds', 'inbox', 'events', 'unfinished'] as const satisfies ReconcileClass[];
export type OwnBooks = (typeof OWN_BOOKS)[number];

/** Something that has to have a running workflow. */
export interface OpenProcess {
  readonly kind: 'order' | 'refund' | 'inbox';
  readonly id: string;
  /** The order behind it; null for money of a number that nobody knows. */
  readonly orderId: string | null;
  /** The gateway of a refund. */
  readonly gateway: GatewayName | null;
}

/** An attempt, with what is known here of its money. */
export interface KnownAttempt {
  readonly paymentId: string;
  readonly orderId: string;
  readonly status: PaymentStatus;
  /** Transactions that notifications told of. */
  readonly told: readonly string[];
  /** What its refunds come to, settled or not, in minor units. */
  readonly refundedMinor: number;
}

export interface Slice<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

/**
 * What reconciliation reads of the service's own books, a bounded page at a time, and the two mends that are PostgreSQL's own.
 * Nothing younger than `underWayMs` is read: what is simply under way is no finding.
 */
export interface ReconcileReads {
  /** Compares a class that needs nobody else. One statement per page, hence one snapshot: what agrees in it agreed. */
  examine(of: OwnBooks, scope: Scope): Promise<Examined>;
  /** Orders, refunds and late money that are open and wait for no start. */
  openProcesses(scope: Scope): Promise<Slice<OpenProcess>>;
  /** Those of the orders that have been settled for longer than the time, with their status. */
  settledFor(orderIds: readonly string[], ms: number): Promise<ReadonlyMap<string, string>>;
  /** Attempts that wait for their money, and those that were paid or closed within the window. */
  attempts(scope: Scope): Promise<Slice<KnownAttempt>>;
  /** Refunds that were sent, and those that were settled within the window. */
  refunds(scope: Scope): Promise<Slice<Refund & { readonly inboxId: string | null }>>;
  /** Settles the holds of an order that is settled, by its status; false where nothing was left. */
  settleHold(orderId: string): Promise<boolean>;
  /** The inbox dispatcher is to deliver the payment, at once and once more. */
  redeliver(inboxId: string): Promise<void>;
  /** The starter is to start it at once. `subjectId` as a finding names it: `<kind>:<id>`. */
  restart(subjectId: string): Promise<void>;
}
