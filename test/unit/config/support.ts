import { ConfigError, loadConfig } from '../../../src/config';

export const PRIVATE_KEY = '-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----';
export const PUBLIC_KEY = '-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----';

/** Every variable without which WeChat Pay does not work. */
export const WECHAT = {
  WECHAT_MCHID: '1900009191',
  WECHAT_APPID: 'wx1234567890abcdef',
  WECHAT_MERCHANT_SERIAL: '5157F09EFDC096DE15EBE81A47057A72',
  WECHAT_MERCHANT_PRIVATE_KEY: PRIVATE_KEY,
  WECHAT_API_V3_KEY: '0123456789abcdef0123456789ABCDEF',
  WECHAT_PLATFORM_PUBLIC_KEY_ID: 'PUB_KEY_ID_1',
  WECHAT_PLATFORM_PUBLIC_KEY: PUBLIC_KEY,
};

/** Every variable without which Alipay does not work. */
export const ALIPAY = {
  ALIPAY_APP_ID: '2021000000000000',
  ALIPAY_SELLER_ID: '2088000000000000',
  ALIPAY_APP_PRIVATE_KEY: PRIVATE_KEY,
  ALIPAY_PUBLIC_KEY: PUBLIC_KEY,
};

/** Every variable without which Stripe does not work. */
export const STRIPE = {
  STRIPE_SECRET_KEY: 'sk_test_key',
  STRIPE_WEBHOOK_SECRET: 'whsec_secret',
  STRIPE_RETURN_URL: 'https://shop.example/thanks',
};

/** What is wrong with `env`, each fault also in the message that a person reads; none when it is taken. */
export function faultsOf(env: Parameters<typeof loadConfig>[0]): readonly string[] {
  try {
    loadConfig(env);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const fault of error.faults) expect(error.message).toContain(`- ${fault}`);
    return error.faults;
  }
}
