import { type RequestHandler } from 'express';
import { type NewId } from '../domain/ids';
import { type Money } from '../domain/money';
import { type GatewayName } from '../domain/payment';
import { type Logger } from '../ports/logger';
import { type OperatorDesk, type OutageDesk } from '../ports/operator-desk';
import { type Catalogue } from '../ports/catalogue';
import { type Clock } from '../ports/clock';
import { type ConsoleReads, type ProcessReads } from '../ports/console-reads';
import { type DeadLetters } from '../ports/event-consumer';
import { type EventCursors, type EventFeed } from '../ports/event-feed';
import { type OperatorIdentity } from '../ports/operator-identity';
import { type OrderStore } from '../ports/order-store';
import { type PromotionStore } from '../ports/promotion-store';
import { type Reconciliation, type ReconciliationCases } from '../ports/reconciliation';
import { type StartIntents } from '../ports/start-intents';
import { type StockImports } from '../ports/stock-import';
import { type WebhookInbox } from '../ports/webhook-inbox';

/** A gateway as the console looks at it. */
export interface WatchedGateway {
  /** Why it can never take this amount; null when it can. */
  refusal(amount: Money): string | null;
  /** Whether this process asks it. */
  state(): 'closed' | 'open' | 'halfOpen';
  /** Calls a second that each process may send; null: no limit. */
  readonly ratePerSecond: number | null;
}

export interface ConsoleSettings {
  /** Seals the cookie; at least 32 characters. */
  readonly secret: string;
  /** The browser reaches us by HTTPS: cookies are for that alone. */
  readonly secure: boolean;
  /** Where a browser reaches the Temporal UI, and the namespace in it; null where none is known. */
  readonly temporalUi: { readonly url: string; readonly namespace: string } | null;
  readonly twoPersonAboveMinor: number | null;
  /** Seconds without a call after which a session is over; half an hour unless given. */
  readonly idleSeconds?: number;
}

/** What the console stands on; whoever composes the service gives it. */
export interface ConsoleDeps {
  /** Whether what was thrown says that the database can't be reached: that passes by itself. */
  readonly isAway?: (thrown: unknown) => boolean;
  readonly identity: OperatorIdentity;
  readonly reads: ConsoleReads;
  readonly process: ProcessReads;
  readonly orders: Pick<OrderStore, 'find' | 'timeline'>;
  readonly desk: OperatorDesk;
  readonly outages: OutageDesk;
  readonly catalogue: Pick<Catalogue, 'find' | 'adjustStock'>;
  readonly stockImports: StockImports;
  readonly promotions: Pick<PromotionStore, 'find' | 'list'>;
  readonly cases: Pick<ReconciliationCases, 'list' | 'find' | 'resolve' | 'ignore' | 'runs' | 'openPerClass'>;
  readonly reconciliation: Reconciliation;
  readonly events: Pick<EventFeed, 'unplaced'>;
  readonly cursors: Pick<EventCursors, 'standings'>;
  readonly deadLetters: DeadLetters;
  readonly intents: Pick<StartIntents, 'pending'>;
  readonly inbox: Pick<WebhookInbox, 'pending'>;
  readonly gateways: ReadonlyMap<GatewayName, WatchedGateway>;
  readonly newId: NewId;
  readonly now: Clock;
  readonly logger: Logger;
  readonly settings: ConsoleSettings;
  /** Answers every address that is no data. */
  readonly pages: RequestHandler;
}
