import { createHmac } from 'node:crypto';
import { type StripeConfig } from '../../../src/adapters/gateway/stripe/config';
import { createStripeGateway } from '../../../src/adapters/gateway/stripe/gateway';
import { type PaymentRef, type RawNotification, type RefundRequest } from '../../../src/ports/payment-gateway';
import vector from './fixtures/vectors.json';

export const NOW = vector.timestamp * 1000;
export const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

export function configWith(overrides: Partial<StripeConfig> = {}): StripeConfig {
  return {
    baseUrl: 'http://127.0.0.1:9',
    secretKey: 'sk_test_1',
    webhookSecret: vector.secret,
    returnUrl: 'https://shop.example/thanks?from=stripe',
    mode: 'checkout',
    timeoutMs: 5_000,
    ...overrides,
  };
}

export const gatewayWith = (overrides?: Partial<StripeConfig>, now = () => NOW) =>
  createStripeGateway(configWith(overrides), { now, log: silent });

export const REF: PaymentRef = {
  merchantNo: 'pay_test_1',
  gatewayRef: 'cs_test_1',
  amount: { minor: 1999, currency: 'CNY' },
  expiresAt: '2026-01-01T01:00:00.999Z',
  description: 'A pot of 茶',
};

export const REFUND: RefundRequest = {
  merchantNo: 'pay_test_1',
  gatewayRef: 'cs_test_1',
  transactionId: 'pi_1',
  refundNo: 'ref_test_1',
  amount: REF.amount,
  refund: { minor: 500, currency: 'CNY' },
  reason: 'too strong',
};

/** A body signed by the scheme's own definition, without the SDK. */
export function signed(body: unknown, { at = NOW, secret = vector.secret } = {}): RawNotification {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const t = Math.floor(at / 1000);
  const v1 = createHmac('sha256', secret).update(`${t}.${text}`).digest('hex');
  return { headers: { 'stripe-signature': `t=${t},v1=${v1}` }, body: Buffer.from(text) };
}

export const intent = (changes: object = {}) => ({
  id: 'pi_1',
  object: 'payment_intent',
  status: 'succeeded',
  amount_received: 1999,
  currency: 'cny',
  livemode: false,
  metadata: { merchantNo: 'pay_test_1' },
  latest_charge: { id: 'ch_1', created: 1767225600, amount_refunded: 0 },
  ...changes,
});

export const session = (changes: object = {}) => ({
  id: 'cs_test_1',
  object: 'checkout.session',
  status: 'open',
  payment_status: 'unpaid',
  url: 'https://checkout.example/c/pay/cs_test_1',
  livemode: false,
  metadata: { merchantNo: 'pay_test_1' },
  payment_intent: null,
  ...changes,
});

export const refund = (changes: object = {}) => ({
  id: 're_1',
  object: 'refund',
  status: 'succeeded',
  amount: 500,
  currency: 'cny',
  metadata: { merchantNo: 'pay_test_1', refundNo: 'ref_test_1' },
  ...changes,
});

export const event = (type: string, object: object, changes: object = {}) => ({
  id: 'evt_7',
  object: 'event',
  type,
  created: 1767225600,
  livemode: false,
  data: { object },
  ...changes,
});
