import { type LatePaymentPolicy } from '../domain/refund';
import { type ApiKey } from '../domain/access';
import { type PaymentWindowBounds } from '../domain/draft';

/** WeChat Pay v3, as the adapter takes it; see the README for where each value comes from. */
export interface WechatSettings {
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
export interface AlipaySettings {
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
export interface StripeSettings {
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

/** Limits that deployments don't change; tests shorten them. Milliseconds. */
export interface Timing {
  /** One call of a gateway, an inner query included. */
  readonly gatewayTimeoutMs: number;
  /** How long a first answer waits for the gateway's credential before it says `creating`. */
  readonly paymentWaitMs: number;
  /** How long an order may be `closing` before a person is told. */
  readonly escalateAfterMs: number;
}

export const DEFAULT_TIMING: Timing = {
  // Gateways answer within one second as a rule; longer would keep a worker's slot without making the answer likelier.
  gatewayTimeoutMs: 10_000,
  // Buyers accept three seconds for a payment code.
  paymentWaitMs: 3_000,
  // Most provider incidents are over by then.
  escalateAfterMs: 15 * 60_000,
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
  readonly paymentWindow: PaymentWindowBounds;
  readonly dataDir: string;
  readonly logLevel: string;
  /** Used where `wechat` is null; null in production. */
  readonly sandbox: SandboxSettings | null;
  /** What becomes of money for an order that ended without it. */
  readonly latePaymentPolicy: LatePaymentPolicy;
  readonly timing: Timing;
}
