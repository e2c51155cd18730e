import { type ServerResponse } from 'node:http';
import { type RequestHandler } from 'express';
import { type PaymentWindowBounds } from '../domain/draft';
import { type NewId } from '../domain/ids';
import { type GatewayName } from '../domain/payment';
import { type Alert } from '../ports/alert';
import { type CartStore } from '../ports/cart-store';
import { type BuyerData } from '../ports/buyer-data';
import { type Catalogue, type Products } from '../ports/catalogue';
import { type DeadLetters } from '../ports/event-consumer';
import { type EventFeed } from '../ports/event-feed';
import { type Logger } from '../ports/logger';
import { type OperatorDesk, type OutageDesk } from '../ports/operator-desk';
import { type OrderProcess } from '../ports/order-process';
import { type OrderStore } from '../ports/order-store';
import { type PaymentGateway } from '../ports/payment-gateway';
import { type PointsAccounts } from '../ports/points-store';
import { type PromotionStore } from '../ports/promotion-store';
import { type Reconciliation, type ReconciliationCases } from '../ports/reconciliation';
import { type RefundStore } from '../ports/refund-store';
import { type StartIntent } from '../ports/start-intents';
import { type StockImports } from '../ports/stock-import';
import { type WebhookEndpoints } from '../ports/webhook-endpoints';
import { type WebhookInbox } from '../ports/webhook-inbox';
import { type ApiKey } from '../domain/access';
import { type Digests } from './idempotency';

/** What the API itself does with a gateway: it asks it nothing, it only reads what comes of it and what it can take. */
export type NotifyingGateway = Pick<PaymentGateway, 'name' | 'refusal' | 'parseNotification' | 'notificationReply'>;

/** What the HTTP API stands on, of each port what it uses; whoever composes the service gives it. */
export interface AppDeps {
  readonly orders: Pick<
    OrderStore,
    | 'place'
    | 'earlierAnswer'
    | 'rememberAnswer'
    | 'find'
    | 'findPayment'
    | 'keepChoice'
    | 'dropChoice'
    | 'list'
    | 'timeline'
  >;
  readonly catalogue: Catalogue;
  readonly products: Products;
  readonly stockImports: StockImports;
  readonly carts: CartStore;
  readonly inbox: Pick<WebhookInbox, 'store'>;
  readonly events: Pick<EventFeed, 'read'>;
  readonly deadLetters: DeadLetters;
  readonly cases: ReconciliationCases;
  readonly reconciliation: Reconciliation;
  readonly webhookEndpoints: WebhookEndpoints;
  /** Why events are not sent to a URL; null where they are. */
  readonly webhookUrlFault: (url: string) => string | null;
  readonly refunds: Pick<RefundStore, 'request' | 'ofNumber'>;
  readonly points: PointsAccounts;
  readonly desk: OperatorDesk;
  readonly outageDesk: OutageDesk;
  /** From this amount on a key that only operates refunds by an action that a second person approves; null: no limit. */
  readonly twoPersonAboveMinor: number | null;
  readonly buyerData: Pick<BuyerData, 'read' | 'forget'>;
  readonly promotions: PromotionStore;
  readonly process: Pick<OrderProcess, 'cancel' | 'switchPayment' | 'refundChanged'>;
  readonly gateways: ReadonlyMap<GatewayName, NotifyingGateway>;
  /** Placings come and go; while a rush is on, their starts wait for its end. */
  readonly rush: { enter(): boolean; leave(refused?: boolean): void };
  /** Gives a placed order its process without the caller waiting; what it misses, the starter finds by the intent. */
  readonly startSoon: (intent: StartIntent) => void;
  /** Says that something may have been placed in a rush, whose start waits for its end. */
  readonly startLater: () => void;
  /** Says that the inbox has something to deliver. */
  readonly inboxWake: () => void;
  /** Resolves when the gateway has answered the order's create, or after the bounded wait for it. */
  readonly paymentAnswered: (orderId: string) => Promise<void>;
  /** Tells a person of money that is nobody's or not what was asked for. */
  readonly alert: Alert;
  readonly apiKeys: readonly ApiKey[];
  readonly newId: NewId;
  /** Digests of a body that holds personal data; see IdempotencyKey. */
  readonly personalDigests: Digests;
  readonly paymentWindow: PaymentWindowBounds;
  /** Names of what the service needs and cannot reach; empty when it is ready. */
  readonly readiness: () => Promise<readonly string[]>;
  /** prom-client's Registry fits. */
  readonly metrics: { readonly contentType: string; metrics(): Promise<string> };
  /** For a route: what is called with the answer of each of its requests, before it is made. */
  readonly watchRoute?: (method: string, route: string) => (response: ServerResponse) => void;
  /** Puts each request within a trace; where nothing is traced there is none. */
  readonly spans?: RequestHandler;
  /** Whether what was thrown says that the database can't be reached: that passes by itself. */
  readonly isAway?: (thrown: unknown) => boolean;
  readonly logger: Logger;
  /** The largest JSON body, in bytes. */
  readonly bodyLimitBytes: number;
}
