import { type ConsumerName } from '../consumers/names';
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
  readonly timing: Timing;
}
