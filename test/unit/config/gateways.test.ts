import { loadConfig } from '../../../src/config';
import { ALIPAY, faultsOf, PRIVATE_KEY, PUBLIC_KEY, STRIPE, WECHAT } from './support';

describe('the configuration of Alipay', () => {
  test('is there when all of it is given, with the usual addresses', () => {
    expect(loadConfig({ ...ALIPAY, PUBLIC_URL: 'https://shop.example/' }).alipay).toEqual({
      baseUrl: 'https://openapi.alipay.com/gateway.do',
      appId: ALIPAY.ALIPAY_APP_ID,
      sellerId: ALIPAY.ALIPAY_SELLER_ID,
      appPrivateKey: PRIVATE_KEY,
      alipayPublicKey: PUBLIC_KEY,
      notifyUrl: 'https://shop.example/v1/webhooks/alipay',
      cashierBaseUrl: null,
    });
  });

  test('takes other addresses, and keys whose line ends were written as \\n, or that are bare base64', () => {
    const env = {
      ...ALIPAY,
      ALIPAY_BASE_URL: 'http://127.0.0.1:3900/gateway.do',
      ALIPAY_NOTIFY_URL: 'https://hook.example/in',
      ALIPAY_CASHIER_BASE_URL: 'http://127.0.0.1:3901',
      ALIPAY_APP_PRIVATE_KEY: PRIVATE_KEY.replaceAll('\n', '\\n'),
      ALIPAY_PUBLIC_KEY: 'MIIB',
    };
    expect(loadConfig(env).alipay).toMatchObject({
      baseUrl: 'http://127.0.0.1:3900/gateway.do',
      notifyUrl: 'https://hook.example/in',
      cashierBaseUrl: 'http://127.0.0.1:3901',
      appPrivateKey: PRIVATE_KEY,
      alipayPublicKey: 'MIIB',
    });
  });
});

describe('the configuration of Stripe', () => {
  test('is there when all of it is given: Checkout, at the usual address', () => {
    expect(loadConfig(STRIPE).stripe).toEqual({
      baseUrl: 'https://api.stripe.com',
      secretKey: 'sk_test_key',
      webhookSecret: 'whsec_secret',
      returnUrl: 'https://shop.example/thanks',
      mode: 'checkout',
    });
  });

  test('takes another address and the other mode', () => {
    const env = { ...STRIPE, STRIPE_BASE_URL: 'http://127.0.0.1:3900', STRIPE_MODE: 'payment_intent' };
    expect(loadConfig(env).stripe).toMatchObject({ baseUrl: 'http://127.0.0.1:3900', mode: 'payment_intent' });
  });
});

describe.each([
  ['ALIPAY_*', 'Alipay', ALIPAY, ['ALIPAY_BASE_URL', 'ALIPAY_NOTIFY_URL', 'ALIPAY_CASHIER_BASE_URL']],
  ['STRIPE_*', 'Stripe', STRIPE, ['STRIPE_BASE_URL', 'STRIPE_MODE']],
] as const)('%s', (prefix, provider, all, optional) => {
  const env: Readonly<Record<string, string>> = all;
  const names = Object.keys(env);
  const incomplete = (missing: readonly string[]) => [
    `${prefix}: ${missing.join(', ')} missing; ${provider} needs all of them`,
  ];

  test.each(names)('is refused without %s alone, which is named', (name) => {
    expect(faultsOf({ ...env, [name]: undefined })).toEqual(incomplete([name]));
  });

  test.each(names)('is refused with %s alone: all others are named', (name) => {
    expect(faultsOf({ [name]: env[name] })).toEqual(incomplete(names.filter((other) => other !== name)));
  });

  test.each(optional)('is refused with %s alone, which would go unused', (name) => {
    const value = name === 'STRIPE_MODE' ? 'checkout' : 'https://x.example/';
    expect(faultsOf({ [name]: value })).toEqual(incomplete(names));
  });
});

describe('several gateways', () => {
  test('are configured beside each other, each by itself', () => {
    const both = loadConfig({ ...WECHAT, ...STRIPE });
    expect([both.wechat !== null, both.alipay, both.stripe !== null]).toEqual([true, null, true]);
  });

  test('that are incomplete are all named at once', () => {
    const faults = faultsOf({ WECHAT_MCHID: '1900009191', ALIPAY_APP_ID: '1', STRIPE_SECRET_KEY: 'sk_test_1' });
    expect(faults.map((fault) => fault.split(':')[0])).toEqual(['WECHAT_*', 'ALIPAY_*', 'STRIPE_*']);
  });

  test.each([
    ['ALIPAY_BASE_URL', 'hush-hush'],
    ['STRIPE_MODE', 'hush-hush'],
  ])('do not repeat the value of %s=%s', (name, value) => {
    const faults = faultsOf({ ...ALIPAY, ...STRIPE, [name]: value });
    expect(faults).toHaveLength(1);
    expect(faults.join()).not.toContain('hush');
  });
});

describe('the sandbox that stands in for them', () => {
  test('is reached by its origin, reaches the API at its public address, and shows its cashier where it is', () => {
    const env = { SANDBOX_URL: 'http://127.0.0.1:3900/', PUBLIC_URL: 'http://127.0.0.1:3000/' };
    expect(loadConfig(env).sandbox).toEqual({
      url: 'http://127.0.0.1:3900',
      notifyBaseUrl: 'http://127.0.0.1:3000',
      cashierBaseUrl: 'http://127.0.0.1:3900',
    });
  });

  test('may reach the API, and be reached by browsers, elsewhere', () => {
    const env = {
      SANDBOX_URL: 'http://sandbox:3900',
      SANDBOX_NOTIFY_BASE_URL: 'http://api:3000/',
      SANDBOX_CASHIER_URL: 'http://127.0.0.1:3900',
    };
    expect(loadConfig(env).sandbox).toEqual({
      url: 'http://sandbox:3900',
      notifyBaseUrl: 'http://api:3000',
      cashierBaseUrl: 'http://127.0.0.1:3900',
    });
  });
});

describe.each(['WECHAT', 'ALIPAY', 'STRIPE'] as const)('%s_RATE_PER_SECOND', (prefix) => {
  const provider = { WECHAT, ALIPAY, STRIPE }[prefix];
  const name = `${prefix}_RATE_PER_SECOND`;
  const rate = (env: object) => {
    const { wechat, alipay, stripe } = loadConfig({ ...provider, ...env });
    return (wechat ?? alipay ?? stripe)?.ratePerSecond;
  };

  test('is what is given, and none unless it is', () => {
    expect([rate({ [name]: '25' }), rate({})]).toEqual([25, undefined]);
  });

  test.each(['0', '-1', '2.5', '10001', 'fast'])('is refused as %s', (value) => {
    expect(faultsOf({ ...provider, [name]: value })).toEqual([expect.stringContaining(`${name}: `)]);
  });
});
