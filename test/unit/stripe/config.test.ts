import { isLive, type StripeConfig, validateStripeConfig } from '../../../src/adapters/gateway/stripe/config';
import { configWith } from './support';

test.each<Partial<StripeConfig>>([
  {},
  { baseUrl: 'https://api.stripe.com', secretKey: 'sk_live_51abc', mode: 'payment_intent' },
  { secretKey: 'rk_test_abc', webhookSecret: 'whsec_ab+c/d=' },
])('%j is a configuration', (overrides) => expect(() => validateStripeConfig(configWith(overrides))).not.toThrow());

test.each<[Partial<StripeConfig>, string]>([
  [{ baseUrl: 'api.stripe.com' }, 'STRIPE_BASE_URL is not an http(s) URL'],
  [{ baseUrl: 'ftp://api.stripe.com' }, 'STRIPE_BASE_URL is not an http(s) URL'],
  [{ baseUrl: 'https://api.stripe.com/v1' }, 'STRIPE_BASE_URL is not a bare origin'],
  [{ secretKey: 'pk_test_s3cret' }, 'STRIPE_SECRET_KEY is not'],
  [{ secretKey: 'sk_test_s3cret\n' }, 'STRIPE_SECRET_KEY is not'],
  [{ secretKey: '' }, 'STRIPE_SECRET_KEY is not'],
  [{ webhookSecret: 's3cret' }, 'STRIPE_WEBHOOK_SECRET is not'],
  [{ webhookSecret: 'whsec_s3cret ' }, 'STRIPE_WEBHOOK_SECRET is not'],
  [{ returnUrl: '/thanks' }, 'STRIPE_RETURN_URL is not an http(s) URL'],
  [{ timeoutMs: 0 }, 'time limit'],
  [{ timeoutMs: 60_001 }, 'time limit'],
])('%j is refused by name, and not quoted', (overrides, message) => {
  const check = () => validateStripeConfig(configWith(overrides));
  expect(check).toThrow(message);
  expect(check).not.toThrow(/s3cret/);
});

test('the key tells whether money is real', () => {
  expect(['sk_test_1', 'rk_test_1', 'sk_live_1', 'rk_live_1'].map((secretKey) => isLive({ secretKey }))).toEqual([
    false,
    false,
    true,
    true,
  ]);
});
