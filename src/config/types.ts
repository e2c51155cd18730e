import { type ConsumerName } from '../consumers/names';
import { type Operator } from './operators';
import { type LatePaymentPolicy } from '../domain/refund';
import { type ApiKey } from '../domain/access';
import { type PaymentWindowBounds } from '../domain/draft';

/** What goes for every provider. */
interface ProviderSettings {
  /** Calls a second from one process; as it comes where it is not given. */
  readonly ratePerSecond?: number;
}

/** WeChat Pay v3, as the adapter takes it; see the README for where each value comes from. */
export interface WechatSettings extends ProviderSettings {
  readonly baseUrl: string;
  readonly mchid: string;
  readonly appid: string;
  readonly merchantSerial: string;
  readonly merchantPrivateKey: string;
  readonly apiV3Key: string;
  readonly platformKeys: readonly { readonly serial: string; readonly publicKeyPem: string }[];
  readonly notifyUrl: string;
  /** Development only: where the sandbox's cashier page is. */
  readonly cashierBaseUrl: string | null;
}

/** Alipay in public-key mode, as the adapter takes it. */
export interface AlipaySettings extends ProviderSettings {
  readonly baseUrl: string;
  readonly appId: string;
  readonly sellerId: string;
  readonly appPrivateKey: string;
  readonly alipayPublicKey: string;
  readonly notifyUrl: string;
  /** Development only: where the sandbox's cashier page is. */
  readonly cashierBaseUrl: string | null;
}

/** Stripe, as the adapter takes it. */
export interface StripeSettings extends ProviderSettings {
  readonly baseUrl: string;
  readonly secretKey: string;
  readonly webhookSecret: string;
  readonly returnUrl: string;
  readonly mode: 'checkout' | 'payment_intent';
}

/** The providers, each configured or not. */
export interface GatewaySettings {
  readonly wechat: WechatSettings | null;
  readonly alipay: AlipaySettings | null;
  readonly stripe: StripeSettings | null;
}

/** Development: a running payment sandbox that stands in for the providers that are not configured, with the credentials that it tells. */
export interface SandboxSettings {
  /** Bare origin, as this process reaches it. */
  readonly url: string;
  /** As the sandbox reaches the API; `/v1/webhooks/<gateway>` follows. */
  readonly notifyBaseUrl: string;
  /** As a browser reaches the sandbox's cashier page. */
  readonly cashierBaseUrl: string;
}

/** A master key: wraps the keys of buyers. */
export interface DataKey {
  readonly id: string;
  /** 32 bytes. */
  readonly key: Uint8Array;
}

/** The operators' console. */
export interface ConsoleConfig {
  /** Seals the cookies of sessions; null: this deployment has no console. */
  readonly secret: string | null;
  readonly operators: readonly Operator[];
  /** Where a browser reaches the Temporal UI; null where none is known. */
  readonly temporalUiUrl: string | null;
}

/** RabbitMQ, which events are relayed to. */
export interface AmqpSettings {
  readonly url: string;
  /** First part of every exchange's and queue's name; tests that share a broker take their own. */
  readonly prefix: string;
}

export interface RedisSettings {
  readonly url: string;
  /** First part of every key; tests that share a server take their own. */
  readonly prefix: string;
}

/** The consumers of events that are shipped. */
export interface ConsumerSettings {
  /** Those that a worker process runs. */
  readonly run: readonly ConsumerName[];
  /** Points for what is paid in money: 100 are one point for 100 minor units. */
  readonly pointsEarnBasisPoints: number;
  readonly profitShareUrl: string | null;
}

export interface ShopSettings {
  /** Null, never in production: the process makes one of its own, with the scopes `orders` and `read`. */
  readonly apiKey: string | null;
}

/** Where spans are sent, and how many. */
export interface TracingSettings {
  /** Base URL of an OTLP/HTTP collector. */
  readonly endpoint: string;
  readonly serviceName: string;
  /** Of traces that begin here, the share that is kept, 0 to 1; a caller's own decision counts more. */
  readonly sampleRatio: number;
}

/** Limits that deployments don't change; tests shorten them. Milliseconds. */
export interface Timing {
  /** One call of a gateway, an inner query included. */
  readonly gatewayTimeoutMs: number;
  /** How long a first answer waits for the gateway's credential before it says `creating`. */
  readonly paymentWaitMs: number;
  /** How long an order may be `closing` before a person is told. */
  readonly escalateAfterMs: number;
  /** How old a SKU may be that is read from the cache. */
  readonly skuCacheLifeMs: number;
  /** How long a read waits for the cache before it goes to PostgreSQL. */
  readonly skuCacheTimeoutMs: number;
}

export const DEFAULT_TIMING: Timing = {
  // Gateways answer within one second as a rule; longer would keep a worker's slot without making the answer likelier.
  gatewayTimeoutMs: 10_000,
  // Buyers accept three seconds for a payment code.
  paymentWaitMs: 3_000,
  // Most provider incidents are over by then.
  escalateAfterMs: 15 * 60_000,
  // Most faults are over by then, and a hot SKU costs PostgreSQL two reads a minute.
  skuCacheLifeMs: 30_000,
  // Redis answers in under a millisecond; PostgreSQL, which is asked instead, in a few.
  skuCacheTimeoutMs: 150,
};

/** Reconciliation; the times are what deployments don't change, and tests shorten. Milliseconds unless named otherwise. */
export interface ReconcileConfig {
  /** 0: only when somebody asks for it. */
  readonly everySeconds: number;
  /** How long what nothing needs any more is kept. */
  readonly retentionDays: number;
  /** Between the two looks that anything is seen by before it is acted on. */
  readonly secondLookMs: number;
  /** Younger than this is simply under way. */
  readonly underWayMs: number;
  /** What has to be over by then: starts, operators' actions, a subscriber's way to the feed's end. */
  readonly overdueMs: number;
  /** A workflow whose order was settled this long ago, and which began at least as long ago, has outlived it. */
  readonly outlivedMs: number;
}

export const RECONCILE_TIMES: Omit<ReconcileConfig, 'everySeconds' | 'retentionDays'> = {
  // Longer than a notification, its delivery and an event take together, shorter than anybody waits for a run.
  secondLookMs: 30_000,
  underWayMs: 60_000,
  // Starters and dispatchers look every second, and try again within fifteen.
  overdueMs: 10 * 60_000,
  // The longest payment window is a day; a gateway's outage may take as long again.
  outlivedMs: 48 * 3_600_000,
};

export interface Config extends GatewaySettings {
  readonly production: boolean;
  readonly host: string;
  readonly port: number;
  /** Where clients and gateways reach the API from outside. */
  readonly publicUrl: string;
  readonly databaseUrl: string | null;
  readonly sandboxPort: number;
  readonly apiKeys: readonly ApiKey[];
  /** The first wraps new keys of buyers, the others still unwrap theirs; empty where nothing personal can be sealed. */
  readonly dataKeys: readonly DataKey[];
  readonly console: ConsoleConfig;
  /** Operators' refunds and restocks of so much (minor units) or more need a second person; null: none does. */
  readonly twoPersonAboveMinor: number | null;
  readonly paymentWindow: PaymentWindowBounds;
  readonly dataDir: string;
  readonly logLevel: string;
  /** Used where `wechat` is null; null in production. */
  readonly sandbox: SandboxSettings | null;
  /** What becomes of money for an order that ended without it. */
  readonly latePaymentPolicy: LatePaymentPolicy;
  /** Null: events stay in the feed, and consumers read it there. */
  readonly amqp: AmqpSettings | null;
  /** The SKU read cache, and what API processes count together at the door; null: each goes by PostgreSQL and what it knows itself. */
  readonly redis: RedisSettings | null;
  readonly consumers: ConsumerSettings;
  /** The demo shop; null: not served. */
  readonly shop: ShopSettings | null;
  /** Open orders that a worker keeps in memory; the others are replayed when something happens to them. Null: as many as fit. */
  readonly cachedWorkflows: number | null;
  /** Proxies in front of this process that add to X-Forwarded-For. */
  readonly trustedProxies: number;
  /** Port of metrics and health of a process, beside the API's own; 0: none. */
  readonly metricsPort: number;
  /** Null: no tracing at all. */
  readonly tracing: TracingSettings | null;
  readonly timing: Timing;
  readonly reconcile: ReconcileConfig;
}
