import { validateWechatConfig, type WechatConfig } from '../../../src/adapters/gateway/wechat/config';
import { createWechatGateway } from '../../../src/adapters/gateway/wechat/gateway';
import vectors from './fixtures/vectors.json';

const SERIAL = 'PUB_KEY_ID_0000000000000000000000000000000001';
const good: WechatConfig = {
  baseUrl: 'https://pay.example',
  mchid: '1900009191',
  appid: 'wx1234567890abcdef',
  merchantSerial: vectors.certificateSerial,
  merchantPrivateKey: vectors.privateKey,
  apiV3Key: '0123456789abcdef0123456789ABCDEF',
  platformKeys: [{ serial: SERIAL, publicKeyPem: vectors.publicKey }],
  notifyUrl: 'https://shop.example/v1/webhooks/wechat',
  timeoutMs: 10_000,
  cashierBaseUrl: null,
};
const platform = (serial: string, publicKeyPem: string) => ({ platformKeys: [{ serial, publicKeyPem }] });

describe('validateWechatConfig', () => {
  test.each<[string, Partial<WechatConfig>]>([
    ['a public key', {}],
    ['a certificate', platform(vectors.certificateSerial, vectors.certificate)],
    [
      'a certificate whose serial is written small',
      platform(vectors.certificateSerial.toLowerCase(), vectors.certificate),
    ],
    [
      'a public key beside a certificate',
      {
        platformKeys: [...good.platformKeys, { serial: vectors.certificateSerial, publicKeyPem: vectors.certificate }],
      },
    ],
    ['a cashier', { cashierBaseUrl: 'http://127.0.0.1:3900' }],
  ])('accepts %s', (_what, change) => {
    expect(() => validateWechatConfig({ ...good, ...change })).not.toThrow();
  });

  test.each<[RegExp, Partial<WechatConfig>]>([
    [/^WECHAT_BASE_URL is not an http/, { baseUrl: 'pay.example' }],
    [/^WECHAT_BASE_URL is not an http/, { baseUrl: 'ftp://pay.example' }],
    [/^WECHAT_BASE_URL is not a bare origin/, { baseUrl: 'https://pay.example/v3' }],
    [/^WECHAT_MCHID /, { mchid: '19000"' }],
    [/^WECHAT_APPID /, { appid: '' }],
    [/^WECHAT_MERCHANT_SERIAL /, { merchantSerial: '5157"F0' }],
    [/^WECHAT_MERCHANT_PRIVATE_KEY is not a PEM private key/, { merchantPrivateKey: 'secret' }],
    [/^WECHAT_MERCHANT_PRIVATE_KEY is not a PEM private key/, { merchantPrivateKey: vectors.publicKey }],
    [/^WECHAT_MERCHANT_PRIVATE_KEY is not an RSA key of at least 2048/, { merchantPrivateKey: vectors.weakPrivateKey }],
    [/^WECHAT_MERCHANT_PRIVATE_KEY is not an RSA key of at least 2048/, { merchantPrivateKey: vectors.ecPrivateKey }],
    [/^WECHAT_API_V3_KEY is not exactly 32 bytes/, { apiV3Key: '0123456789abcdef' }],
    [/^WECHAT_API_V3_KEY is not exactly 32 bytes/, { apiV3Key: '茶'.repeat(32) }],
    [/^WECHAT_PLATFORM_PUBLIC_KEY is missing/, { platformKeys: [] }],
    [/^WECHAT_PLATFORM_PUBLIC_KEY .* is neither a PEM public key nor a PEM certificate/, platform(SERIAL, 'key')],
    [/^WECHAT_PLATFORM_PUBLIC_KEY .* is neither/, platform(SERIAL, vectors.privateKey)],
    [/^WECHAT_PLATFORM_PUBLIC_KEY_ID is given twice/, { platformKeys: [...good.platformKeys, ...good.platformKeys] }],
    [/^WECHAT_PLATFORM_PUBLIC_KEY_ID is neither/, platform('two words', vectors.publicKey)],
    [/^WECHAT_PLATFORM_PUBLIC_KEY .* is a certificate with another serial/, platform(SERIAL, vectors.certificate)],
    [/^WECHAT_NOTIFY_URL is not an http/, { notifyUrl: '/v1/webhooks/wechat' }],
    [/^WECHAT_NOTIFY_URL has a query string/, { notifyUrl: 'https://shop.example/?a=1' }],
    [/^WECHAT_NOTIFY_URL is longer/, { notifyUrl: `https://shop.example/${'a'.repeat(255)}` }],
    [/^WECHAT_CASHIER_BASE_URL is not/, { cashierBaseUrl: 'cashier' }],
    [/^the WeChat Pay time limit is not/, { timeoutMs: 0 }],
    [/^the WeChat Pay time limit is not/, { timeoutMs: Number.NaN }],
    [/^the WeChat Pay time limit is not/, { timeoutMs: 10_000_000 }],
  ])('says %s', (message, change) => {
    expect(() => validateWechatConfig({ ...good, ...change })).toThrow(message);
    const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
    expect(() => createWechatGateway({ ...good, ...change }, { now: Date.now, log })).toThrow(message);
  });

  test('a message never quotes the value', () => {
    const secret = 'correct horse battery staple';
    for (const change of [{ apiV3Key: secret }, { merchantPrivateKey: secret }, platform(SERIAL, secret)]) {
      expect(() => validateWechatConfig({ ...good, ...change })).not.toThrow(secret);
      expect(() => validateWechatConfig({ ...good, ...change })).toThrow();
    }
  });
});
