import { type Environment, VARIABLES } from './schema';
import {
  type AlipaySettings,
  type GatewaySettings,
  type SandboxSettings,
  type StripeSettings,
  type WechatSettings,
} from './types';

type Env = Readonly<Record<string, string | undefined>>;
type Name = keyof Environment;

/** What each provider cannot do without: all of it, or none. */
const REQUIRED = {
  'WeChat Pay': [
    'WECHAT_MCHID',
    'WECHAT_APPID',
    'WECHAT_MERCHANT_SERIAL',
    'WECHAT_MERCHANT_PRIVATE_KEY',
    'WECHAT_API_V3_KEY',
    'WECHAT_PLATFORM_PUBLIC_KEY_ID',
    'WECHAT_PLATFORM_PUBLIC_KEY',
  ],
  Alipay: ['ALIPAY_APP_ID', 'ALIPAY_SELLER_ID', 'ALIPAY_APP_PRIVATE_KEY', 'ALIPAY_PUBLIC_KEY'],
  Stripe: ['STRIPE_SECRET_KEY', 'STRIPE_WEBHOOK_SECRET', 'STRIPE_RETURN_URL'],
} as const satisfies Record<string, readonly Name[]>;

/** Some of a provider's variables without the rest configure nothing: that is said rather than ignored. */
export function missingOfGateways(env: Env): string[] {
  return Object.entries(REQUIRED).flatMap(([provider, required]) => {
    const prefix = required[0].slice(0, required[0].indexOf('_') + 1);
    const missing = required.filter((name) => !env[name]);
    const some = Object.keys(VARIABLES).some((name) => name.startsWith(prefix) && env[name]);
    return some && missing.length > 0
      ? [`${prefix}*: ${missing.join(', ')} missing; ${provider} needs all of them`]
      : [];
  });
}

/** The providers that are configured. Their own addresses are used unless others are given. */
export function gatewaySettings(environment: Environment, publicUrl: string): GatewaySettings {
  return {
    wechat: given(environment, REQUIRED['WeChat Pay']) ? wechat(environment, publicUrl) : null,
    alipay: given(environment, REQUIRED.Alipay) ? alipay(environment, publicUrl) : null,
    stripe: given(environment, REQUIRED.Stripe) ? stripe(environment) : null,
  };
}

function given(environment: Environment, names: readonly Name[]): boolean {
  return names.every((name) => environment[name] !== undefined);
}

function rateOf(ratePerSecond: number | undefined): { ratePerSecond?: number } {
  return ratePerSecond === undefined ? {} : { ratePerSecond };
}

function wechat(environment: Environment, publicUrl: string): WechatSettings {
  return {
    baseUrl: environment.WECHAT_BASE_URL ?? 'https://api.mch.weixin.qq.com',
    mchid: environment.WECHAT_MCHID ?? '',
    appid: environment.WECHAT_APPID ?? '',
    merchantSerial: environment.WECHAT_MERCHANT_SERIAL ?? '',
    merchantPrivateKey: environment.WECHAT_MERCHANT_PRIVATE_KEY ?? '',
    apiV3Key: environment.WECHAT_API_V3_KEY ?? '',
    platformKeys: [
      {
        serial: environment.WECHAT_PLATFORM_PUBLIC_KEY_ID ?? '',
        publicKeyPem: environment.WECHAT_PLATFORM_PUBLIC_KEY ?? '',
      },
      ...(environment.WECHAT_FURTHER_PLATFORM_KEYS ?? []),
    ],
    notifyUrl: environment.WECHAT_NOTIFY_URL ?? `${publicUrl}/v1/webhooks/wechat`,
    cashierBaseUrl: environment.WECHAT_CASHIER_BASE_URL ?? null,
    ...rateOf(environment.WECHAT_RATE_PER_SECOND),
  };
}

function alipay(environment: Environment, publicUrl: string): AlipaySettings {
  return {
    baseUrl: environment.ALIPAY_BASE_URL ?? 'https://openapi.alipay.com/gateway.do',
    appId: environment.ALIPAY_APP_ID ?? '',
    sellerId: environment.ALIPAY_SELLER_ID ?? '',
    appPrivateKey: environment.ALIPAY_APP_PRIVATE_KEY ?? '',
    alipayPublicKey: environment.ALIPAY_PUBLIC_KEY ?? '',
    notifyUrl: environment.ALIPAY_NOTIFY_URL ?? `${publicUrl}/v1/webhooks/alipay`,
    cashierBaseUrl: environment.ALIPAY_CASHIER_BASE_URL ?? null,
    ...rateOf(environment.ALIPAY_RATE_PER_SECOND),
  };
}

function stripe(environment: Environment): StripeSettings {
  return {
    baseUrl: environment.STRIPE_BASE_URL ?? 'https://api.stripe.com',
    secretKey: environment.STRIPE_SECRET_KEY ?? '',
    webhookSecret: environment.STRIPE_WEBHOOK_SECRET ?? '',
    returnUrl: environment.STRIPE_RETURN_URL ?? '',
    mode: environment.STRIPE_MODE ?? 'checkout',
    ...rateOf(environment.STRIPE_RATE_PER_SECOND),
  };
}

export function sandboxSettings(environment: Environment, publicUrl: string): SandboxSettings | null {
  if (environment.SANDBOX_URL === undefined) return null;
  const url = new URL(environment.SANDBOX_URL).origin;
  return {
    url,
    notifyBaseUrl: (environment.SANDBOX_NOTIFY_BASE_URL ?? publicUrl).replace(/\/$/, ''),
    cashierBaseUrl: environment.SANDBOX_CASHIER_URL ?? url,
  };
}
