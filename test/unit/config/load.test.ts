import { resolve } from 'node:path';
import { loadConfig } from '../../../src/config';
import { ALIPAY, faultsOf, STRIPE, WECHAT } from './support';

const DEFAULTS = {
  production: false,
  host: '127.0.0.1',
  port: 3000,
  publicUrl: 'http://127.0.0.1:3000',
  databaseUrl: null,
  sandboxPort: 3900,
  apiKeys: [],
  dataKeys: [],
  console: { secret: null, operators: [], temporalUiUrl: null },
  twoPersonAboveMinor: null,
  paymentWindow: { defaultSeconds: 1800, minSeconds: 1, maxSeconds: 86_400 },
  dataDir: resolve('.data'),
  logLevel: 'info',
  wechat: null,
  alipay: null,
  stripe: null,
  sandbox: null,
  latePaymentPolicy: 'refund',
  redis: null,
  amqp: null,
  consumers: {
    run: ['shipping-notice', 'points-award', 'profit-share', 'sku-cache'],
    pointsEarnBasisPoints: 0,
    profitShareUrl: null,
  },
  timing: {
    gatewayTimeoutMs: 10_000,
    paymentWaitMs: 3_000,
    escalateAfterMs: 900_000,
    skuCacheLifeMs: 30_000,
    skuCacheTimeoutMs: 150,
  },
  shop: { apiKey: null },
  cachedWorkflows: null,
  trustedProxies: 0,
  metricsPort: 0,
  tracing: null,
  reconcile: {
    everySeconds: 900,
    retentionDays: 90,
    secondLookMs: 30_000,
    underWayMs: 60_000,
    overdueMs: 600_000,
    outlivedMs: 172_800_000,
  },
};

describe('loadConfig', () => {
  test('needs nothing', () => {
    expect(loadConfig({})).toEqual(DEFAULTS);
  });

  test('takes an empty value for one not given, and leaves what belongs to others alone', () => {
    const env = { PORT: '', API_KEYS: '', DATABASE_URL: undefined, WECHAT_MCHID: '', PATH: '/bin', TEMPORAL_X: '1' };
    expect(loadConfig(env)).toEqual(DEFAULTS);
  });

  test('takes what is given', () => {
    const env = {
      HOST: '::1',
      PORT: '8080',
      DATABASE_URL: 'postgresql://shop@db:5432/shop',
      REDIS_URL: 'rediss://cache',
      AMQP_URL: 'amqp://broker',
      SANDBOX_PORT: '0',
      PAYMENT_WINDOW_SECONDS: '90',
      LATE_PAYMENT_POLICY: 'revive',
      CONSUMERS: 'points-award, sku-cache',
      POINTS_EARN_BASIS_POINTS: '150',
      PROFIT_SHARE_URL: 'https://shares.example/reports',
      METRICS_PORT: '9464',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318',
      OTEL_TRACES_SAMPLER_ARG: '0.25',
      DATA_DIR: 'elsewhere',
      LOG_LEVEL: 'debug',
      WORKER_CACHED_WORKFLOWS: '20000',
    };
    expect(loadConfig(env)).toEqual({
      ...DEFAULTS,
      cachedWorkflows: 20_000,
      host: '::1',
      port: 8080,
      publicUrl: 'http://127.0.0.1:8080',
      databaseUrl: 'postgresql://shop@db:5432/shop',
      sandboxPort: 0,
      paymentWindow: { ...DEFAULTS.paymentWindow, defaultSeconds: 90 },
      latePaymentPolicy: 'revive',
      redis: { url: 'rediss://cache', prefix: 'holdfast' },
      amqp: { url: 'amqp://broker', prefix: 'holdfast' },
      consumers: {
        run: ['points-award', 'sku-cache'],
        pointsEarnBasisPoints: 150,
        profitShareUrl: 'https://shares.example/reports',
      },
      metricsPort: 9464,
      tracing: { endpoint: 'http://collector:4318', serviceName: 'holdfast', sampleRatio: 0.25 },
      dataDir: resolve('elsewhere'),
      logLevel: 'debug',
    });
  });

  test('opens the shop outside production, and elsewhere only with a key that the API knows', () => {
    const key = 'k'.repeat(24);
    expect(loadConfig({ SHOP: 'off' }).shop).toBeNull();
    expect(loadConfig({ NODE_ENV: 'production' }).shop).toBeNull();
    const production = { NODE_ENV: 'production', SHOP: 'on', API_KEYS: `${key}=orders+read` };
    expect(loadConfig({ ...production, SHOP_API_KEY: key }).shop).toEqual({ apiKey: key });
    expect(faultsOf(production)).toEqual(['SHOP_API_KEY: must be given when SHOP=on and NODE_ENV=production']);
    const unknown = ['SHOP_API_KEY: must be one of API_KEYS, with the scope orders'];
    expect(faultsOf({ ...production, SHOP_API_KEY: 'another' })).toEqual(unknown);
    expect(faultsOf({ API_KEYS: `${key}=read`, SHOP_API_KEY: key })).toEqual(unknown);
    expect(faultsOf({ SHOP: 'maybe' })).toHaveLength(1);
  });

  test('takes the public address without a slash at its end', () => {
    expect(loadConfig({ PUBLIC_URL: 'https://shop.example/' }).publicUrl).toBe('https://shop.example');
  });

  test('in production listens everywhere and grants no pay window below a minute', () => {
    const config = loadConfig({ NODE_ENV: 'production' });
    expect(config).toMatchObject({ production: true, host: '0.0.0.0', paymentWindow: { minSeconds: 60 } });
    expect(loadConfig({ NODE_ENV: 'production', HOST: '10.0.0.1' }).host).toBe('10.0.0.1');
    expect(loadConfig({ NODE_ENV: 'test' })).toMatchObject({ production: false, paymentWindow: { minSeconds: 1 } });
  });

  test('in production keeps the default pay window above its own floor', () => {
    const window = (seconds: string) => ({ NODE_ENV: 'production', PAYMENT_WINDOW_SECONDS: seconds });
    expect(faultsOf(window('59'))).toEqual(['PAYMENT_WINDOW_SECONDS: must be at least 60 when NODE_ENV=production']);
    expect(loadConfig(window('60')).paymentWindow).toMatchObject({ defaultSeconds: 60, minSeconds: 60 });
  });

  test.each<[string, string]>([
    ['NODE_ENV', 'staging'],
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '80.5'],
    ['PORT', 'http'],
    ['PORT', ' '],
    ['PORT', '80 '],
    ['PORT', '+80'],
    ['PORT', '0x10'],
    ['PORT', '1e3'],
    ['PUBLIC_URL', 'shop.example'],
    ['PUBLIC_URL', 'ftp://shop.example'],
    ['DATABASE_URL', 'mysql://db'],
    ['DATABASE_URL', 'localhost:5432'],
    ['REDIS_URL', 'http://cache'],
    ['AMQP_URL', 'broker'],
    ['CONSUMERS', 'points-award,shipping'],
    ['CONSUMERS', ','],
    ['POINTS_EARN_BASIS_POINTS', '10001'],
    ['PROFIT_SHARE_URL', 'shares.example'],
    ['PROFIT_SHARE_URL', 'https://shop:secret@shares.example'],
    ['SANDBOX_PORT', '70000'],
    ['SANDBOX_PORT', '0x10'],
    ['PAYMENT_WINDOW_SECONDS', '0'],
    ['PAYMENT_WINDOW_SECONDS', '86401'],
    ['PAYMENT_WINDOW_SECONDS', '1.5'],
    ['PAYMENT_WINDOW_SECONDS', '30m'],
    ['PAYMENT_WINDOW_SECONDS', ' '],
    ['PAYMENT_WINDOW_SECONDS', '0x10'],
    ['LATE_PAYMENT_POLICY', 'keep'],
    ['LATE_PAYMENT_POLICY', 'Refund'],
    ['LOG_LEVEL', 'verbose'],
    ['METRICS_PORT', '65536'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318'],
    ['OTEL_TRACES_SAMPLER_ARG', '1.5'],
    ['OTEL_TRACES_SAMPLER_ARG', '-1'],
    ['WECHAT_BASE_URL', 'api.mch.weixin.qq.com'],
    ['WECHAT_MERCHANT_PRIVATE_KEY', 'apiclient_key.pem'],
    ['WECHAT_PLATFORM_PUBLIC_KEY', 'MIIB'],
    ['WECHAT_NOTIFY_URL', '/v1/webhooks/wechat'],
    ['WECHAT_CASHIER_BASE_URL', 'file:///tmp'],
    ['SANDBOX_URL', 'sandbox:3900'],
    ['SANDBOX_NOTIFY_BASE_URL', '/v1'],
    ['SANDBOX_CASHIER_URL', 'file:///tmp'],
    ['ALIPAY_BASE_URL', 'openapi.alipay.com'],
    ['ALIPAY_NOTIFY_URL', '/v1/webhooks/alipay'],
    ['ALIPAY_CASHIER_BASE_URL', 'file:///tmp'],
    ['STRIPE_BASE_URL', 'api.stripe.com'],
    ['STRIPE_RETURN_URL', '/thanks'],
    ['STRIPE_MODE', 'card'],
    ['API_KEYS', 'key'],
  ])('refuses %s=%s by name, and by no other name', (name, value) => {
    const faults = faultsOf({ ...WECHAT, ...ALIPAY, ...STRIPE, [name]: value });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(new RegExp(`^${name}: .+`));
  });

  test.each(['0', '65535'])('takes the port %s', (port) => {
    expect(loadConfig({ PORT: port }).port).toBe(Number(port));
  });

  test.each(['1', '86400'])('takes a window of %s s', (seconds) => {
    expect(loadConfig({ PAYMENT_WINDOW_SECONDS: seconds }).paymentWindow.defaultSeconds).toBe(Number(seconds));
  });

  test.each([
    'WECHAT_MCH_ID',
    'WECHAT_API_V3_KEY2',
    'ALIPAY_APPID',
    'STRIPE_KEY',
    'SANDBOX_HOST',
    'PAYMENT_WINDOW',
    'API_KEY',
    'DATA_KEY_FILE',
    'LATE_PAYMENTS_POLICY',
    'CONSUMER',
    'METRICS_PORTS',
    'HOLDFAST_PORT',
  ])('stops at %s, which no version reads', (name) => {
    const faults = faultsOf({ [name]: '1' });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(new RegExp(`^${name}: unknown variable`));
  });

  test('leaves the variables of the tests to the tests', () => {
    expect(faultsOf({ HOLDFAST_TEST_DATABASE_URL: 'x' })).toEqual([]);
  });

  test('reports every unknown variable and every invalid value at once', () => {
    const env = { PORT: 'x', LOG_LEVEL: 'x', STRIPE_X: '1', PAYMENT_X: '1', DATABASE_URL: 'x' };
    const names = faultsOf(env).map((fault) => fault.split(':')[0]);
    expect(names.sort()).toEqual(['DATABASE_URL', 'LOG_LEVEL', 'PAYMENT_X', 'PORT', 'STRIPE_X']);
  });

  test('reports unknown variables together with bad keys and an incomplete gateway', () => {
    const faults = faultsOf({ STRIPE_X: '1', API_KEYS: 'key', WECHAT_MCHID: '1900009191' });
    expect(faults.map((fault) => fault.split(':')[0]).sort()).toEqual(['API_KEYS', 'STRIPE_X', 'WECHAT_*']);
  });

  test('reports invalid values together with bad keys and an incomplete gateway', () => {
    const faults = faultsOf({ PORT: 'x', API_KEYS: 'key;other=admin', WECHAT_MCHID: '1900009191' });
    const names = faults.map((fault) => fault.split(':')[0]);
    expect(names.sort()).toEqual(['API_KEYS', 'API_KEYS', 'PORT', 'WECHAT_*']);
  });

  test('reports a default pay window below the floor of production together with invalid values', () => {
    const faults = faultsOf({ NODE_ENV: 'production', PAYMENT_WINDOW_SECONDS: '1', PORT: 'x' });
    expect(faults.map((fault) => fault.split(':')[0]).sort()).toEqual(['PAYMENT_WINDOW_SECONDS', 'PORT']);
  });

  test.each([
    ['WECHAT_MERCHANT_PRIVATE_KEY', 'hush-hush'],
    ['DATABASE_URL', 'hush-hush'],
    ['API_KEYS', 'hush-hush'],
    ['API_KEYS', 'orders=hush-hush'],
  ])('does not repeat the value of %s=%s', (name, value) => {
    const faults = faultsOf({ ...WECHAT, [name]: value });
    expect(faults).toHaveLength(1);
    expect(faults.join()).not.toContain('hush');
  });
});
