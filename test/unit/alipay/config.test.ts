import { generateKeyPairSync } from 'node:crypto';
import { type AlipayConfig, validateAlipayConfig } from '../../../src/adapters/gateway/alipay/config';
import { createAlipayGateway } from '../../../src/adapters/gateway/alipay/gateway';
import { AlipaySigner } from '../../support/alipay-signer';
import vectors from './fixtures/vectors.json';
import { SILENT } from './support/answering';

const good = new AlipaySigner().config({
  baseUrl: 'https://openapi.example/gateway.do',
  appId: vectors.appId,
  sellerId: vectors.sellerId,
  appPrivateKey: vectors.appPrivateKey,
  alipayPublicKey: vectors.alipayPublicKey,
  notifyUrl: 'https://shop.example/v1/webhooks/alipay?x=1',
});
const bare = (pem: string): string => pem.replace(/-----[^-]+-----|\s/g, '');
const weak = generateKeyPairSync('rsa', { modulusLength: 1024 });
const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pkcs1 = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs1', format: 'der' });
const pem = (key: typeof weak.privateKey): string =>
  key.export({ type: key.type === 'private' ? 'pkcs8' : 'spki', format: 'pem' }).toString();

test.each<[string, Partial<AlipayConfig>]>([
  ['PEM keys', {}],
  [
    "the key tool's bare base64",
    { appPrivateKey: bare(vectors.appPrivateKey), alipayPublicKey: bare(vectors.alipayPublicKey) },
  ],
  ['bare PKCS #1', { appPrivateKey: pkcs1.toString('base64') }],
  ['a cashier', { cashierBaseUrl: 'http://127.0.0.1:3900' }],
  ['the page product', { product: 'page' }],
])('%s is valid', (_what, change) => expect(() => validateAlipayConfig({ ...good, ...change })).not.toThrow());

test.each<[string, Partial<AlipayConfig>]>([
  ['ALIPAY_BASE_URL', { baseUrl: 'openapi.example' }],
  ['ALIPAY_BASE_URL', { baseUrl: 'https://openapi.example' }],
  ['ALIPAY_BASE_URL', { baseUrl: 'https://openapi.example/gateway.do?charset=utf-8' }],
  ['ALIPAY_APP_ID', { appId: '' }],
  ['ALIPAY_APP_ID', { appId: 'wx123' }],
  ['ALIPAY_SELLER_ID', { sellerId: vectors.appId }],
  ['ALIPAY_NOTIFY_URL', { notifyUrl: '/v1/webhooks/alipay' }],
  ['ALIPAY_NOTIFY_URL', { notifyUrl: `https://shop.example/${'x'.repeat(256)}` }],
  ['ALIPAY_CASHIER_BASE_URL', { cashierBaseUrl: 'nowhere' }],
  ['time limit', { timeoutMs: 0 }],
  ['time limit', { timeoutMs: 600_000 }],
  ['ALIPAY_APP_PRIVATE_KEY', { appPrivateKey: '' }],
  ['ALIPAY_APP_PRIVATE_KEY', { appPrivateKey: 'c2VjcmV0IHRleHQ=' }],
  ['ALIPAY_APP_PRIVATE_KEY', { appPrivateKey: vectors.appPublicKey }],
  ['ALIPAY_APP_PRIVATE_KEY', { appPrivateKey: pem(weak.privateKey) }],
  ['ALIPAY_APP_PRIVATE_KEY', { appPrivateKey: pem(curve.privateKey) }],
  ['ALIPAY_PUBLIC_KEY', { alipayPublicKey: '' }],
  ['ALIPAY_PUBLIC_KEY', { alipayPublicKey: vectors.alipayPrivateKey }],
  ['ALIPAY_PUBLIC_KEY', { alipayPublicKey: pem(weak.publicKey) }],
  ["ALIPAY_PUBLIC_KEY is the app's own", { alipayPublicKey: vectors.appPublicKey }],
])('%s is named', (name, change) => {
  const config = { ...good, ...change };
  let message = '';
  try {
    createAlipayGateway(config, { now: Date.now, log: SILENT });
  } catch (error) {
    message = String(error);
  }
  expect(message).toContain(name);
  for (const value of Object.values(change)) {
    if (typeof value === 'string' && value !== '') expect(message).not.toContain(value);
  }
});
