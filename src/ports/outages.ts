import { type Actor } from '../domain/access';
import { type OutageState } from '../domain/outage';
import { type GatewayName } from '../domain/payment';
import { type Page } from './catalogue';
import { type ProcessDraft } from './process-draft';

/** One extension of every deadline at a gateway. Times are RFC 3339. */
export interface Outage {
  /** `out_` and a ULID. */
  readonly id: string;
  readonly gateway: GatewayName;
  /** By how much each deadline is extended. */
  readonly minutes: number;
  readonly reason: string;
  readonly startedBy: Actor;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly state: OutageState;
  readonly extended: number;
  readonly refused: number;
}

export interface OutageResult {
  readonly orderId: string;
  readonly at: string;
  readonly outcome: 'extended' | 'refused';
  /** The new deadline, where it was extended. */
  readonly payBy: string | null;
  readonly message: string;
}

export interface NewOutage extends Pick<Outage, 'id' | 'gateway' | 'minutes' | 'reason' | 'startedBy'> {
  /** The caller's own name of the request; unique per actor. */
  readonly idempotencyKey: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

export type InsertedOutage =
  { readonly t: 'inserted' | 'replayed'; readonly outage: Outage } | { readonly t: 'reused' };

/** An order whose deadline an outage moves, as its process is reached. */
export interface AffectedOrder {
  readonly orderId: string;
  readonly draft: ProcessDraft;
}

/** Outages and what came of them, order by order. */
export interface Outages {
  insert(outage: NewOutage): Promise<InsertedOutage>;
  find(id: string): Promise<Outage | null>;
  /** Newest first. */
  list(query: { readonly cursor: string | null; readonly limit: number }): Promise<Page<Outage>>;
  /** In the order of the orders' ids. */
  results(id: string, query: { readonly cursor: string | null; readonly limit: number }): Promise<Page<OutageResult>>;
  /**
   * Orders that waited for a payment at the gateway when the outage was started, still do, and have no result yet; those
   * that were tried least first, of them those whose deadline is nearest. Their deadlines move as they get their results, so
   * there is no cursor to lose.
   */
  affected(id: string, limit: number): Promise<AffectedOrder[]>;
  /** The order's result; the first one stays. */
  record(id: string, result: Omit<OutageResult, 'at'>): Promise<void>;
  /** The order did not answer this time: it is tried again, after those that were tried less often. `why` is for people. */
  unanswered(id: string, orderId: string, why: string): Promise<void>;
  /** Running → done or stopped; one that has ended stays as it is. */
  end(id: string, state: Exclude<OutageState, 'running'>): Promise<void>;
  /** Those whose process may not have been started yet, because whoever inserted it died. */
  unstarted(): Promise<readonly string[]>;
  started(id: string): Promise<void>;
}

/** The durable process of an outage: page by page, until no affected order is left or the outage was ended. */
export interface OutageProcess {
  /** Starts it, unless it has been. */
  start(outageId: string): Promise<void>;
}
