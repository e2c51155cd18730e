import { type StripeConfig } from '../../src/adapters/gateway/stripe/config';
import { createStripeGateway } from '../../src/adapters/gateway/stripe/gateway';
import { paymentGatewaySuite, referred, refundOf } from './payment-gateway.suite';
import { startStripeUnderTest, STRIPE_TRAITS, type StripeUnderTest } from './stripe-under-test';
import { KeptLog } from './wechat-under-test';

paymentGatewaySuite('Stripe Checkout', startStripeUnderTest, STRIPE_TRAITS);
paymentGatewaySuite('Stripe PaymentIntents', () => startStripeUnderTest({ mode: 'payment_intent' }), STRIPE_TRAITS);

describe.each(['checkout', 'payment_intent'] as const)('Stripe in particular, mode %s', (mode) => {
  let t: StripeUnderTest;
  beforeAll(async () => {
    t = await startStripeUnderTest({ mode });
  });
  afterAll(() => t.close());

  const gatewayWith = (overrides: Partial<StripeConfig>, log = t.log) =>
    createStripeGateway(t.config(overrides), { now: Date.now, log });
  const offered = async () => {
    const request = t.newRequest();
    return referred(request, await t.gateway.createPayment(request));
  };
  const clock = (offsetMs: number) => t.sandbox.control('POST', '/clock', { offsetMs });

  test('an attempt is asked about and closed as what it was made as, whatever the mode is today', async () => {
    const ref = await offered();
    expect(ref.gatewayRef).toMatch(mode === 'checkout' ? /^cs_/ : /^pi_/);
    const other = gatewayWith({ mode: mode === 'checkout' ? 'payment_intent' : 'checkout' });
    expect(await other.query(ref)).toEqual({ t: 'pending' });
    expect(await other.close(ref)).toEqual({ t: 'closed', proof: 'ack' });
  });

  test('a paid attempt has the same transaction by query, by notification and in the ledger', async () => {
    const { ref, transactionId, delivery } = await t.notified();
    const paid = { transactionId, amount: ref.amount };
    expect(await t.gateway.query(ref)).toMatchObject({ t: 'paid', paid });
    expect(t.gateway.parseNotification(await delivery(1))).toMatchObject({ t: 'paid', paid });
    expect((await t.sandbox.ledger(ref.merchantNo))[1]).toMatchObject({ kind: 'paid', transactionId });
  });

  test('behind a stored 5xx the create finds what it made, and says so when it is spent', async () => {
    const request = t.newRequest();
    await t.fault('create', { name: 'error_500_after' }, request.merchantNo);
    expect(await t.gateway.createPayment(request)).toMatchObject({ t: 'unknown', cause: '5xx' });
    const ref = referred(request, await t.gateway.createPayment(request));
    expect(ref.gatewayRef).not.toBeNull();
    expect(await t.gateway.close(request)).toEqual({ t: 'closed', proof: 'ack' });
    expect(await t.gateway.createPayment(request)).toMatchObject({ t: 'spent' });
    expect(await t.ledger(request.merchantNo)).toEqual(['created', 'closed']);
  });

  test('a create that was never answered is paid: query and close find the money by the number', async () => {
    const request = t.newRequest();
    await t.fault('create', { name: 'error_500_after' }, request.merchantNo);
    await t.gateway.createPayment(request);
    const transactionId = await t.pay(request.merchantNo);
    expect(await t.gateway.query(request)).toMatchObject({ t: 'paid', paid: { transactionId } });
    expect(await t.gateway.close(request)).toMatchObject({ t: 'paid', paid: { transactionId } });
  });

  test('a number is found among others', async () => {
    const request = t.newRequest();
    await t.fault('create', { name: 'error_500_after' }, request.merchantNo);
    await t.gateway.createPayment(request);
    for (let i = 0; i < 101; i += 1) await t.gateway.createPayment(t.newRequest());
    expect(await t.gateway.query(request)).toEqual({ t: 'pending' });
  });

  test('a refund number refunds once even after Stripe has forgotten its key', async () => {
    const ref = await offered();
    const request = refundOf(ref, (await t.pay(ref.merchantNo)) ?? '');
    const part = { ...request, refund: { ...request.refund, minor: 1 } };
    const done = await t.gateway.refund(part);
    await clock(25 * 3_600_000);
    try {
      expect(await t.gateway.refund(part)).toEqual(done);
    } finally {
      await clock(0);
    }
    expect(await t.refunds(ref.merchantNo)).toEqual([{ refundNo: part.refundNo, minor: 1 }]);
  });

  test('wrong credentials are rejected, and close nothing', async () => {
    const ref = await offered();
    const stranger = gatewayWith({ secretKey: 'sk_test_stranger' });
    expect(await stranger.createPayment(t.newRequest())).toMatchObject({ t: 'rejected' });
    expect(await stranger.query(ref)).toMatchObject({ t: 'rejected' });
    expect(await stranger.close(ref)).toMatchObject({ t: 'rejected' });
    expect(await t.ledger(ref.merchantNo)).toEqual(['created']);
  });

  test('a provider that is not there is unknown', async () => {
    const gateway = gatewayWith({ baseUrl: 'http://127.0.0.1:9' });
    expect(await gateway.close(t.newRequest())).toMatchObject({ t: 'unknown', cause: 'timeout' });
  });

  test('a long description is cut to what the provider takes, never through a character', async () => {
    for (const description of ['茶'.repeat(500), `${'a'.repeat(249)}🍵🍵`]) {
      expect(await t.gateway.createPayment({ ...t.newRequest(), description })).toMatchObject({ t: 'created' });
    }
  });

  test('the log has operation, number, status, code and outcome, and neither keys nor addresses nor bodies', async () => {
    const log = new KeptLog();
    const gateway = gatewayWith({}, log);
    const request = t.newRequest();
    const ref = referred(request, await gateway.createPayment(request));
    await t.pay(ref.merchantNo);
    await gateway.close(ref);
    const fields = log.entries.map((entry) => entry.fields);
    expect(fields).toContainEqual(expect.objectContaining({ op: 'close', status: 400 }));
    expect(fields).toContainEqual({ gateway: 'stripe', op: 'close', merchantNo: ref.merchantNo, outcome: 'paid' });
    const written = JSON.stringify(log.entries);
    const { secretKey, webhookSecret } = t.credentials;
    for (const secret of [secretKey, webhookSecret, '_secret_', '/pay/', request.description]) {
      expect(written).not.toContain(secret);
    }
  });
});

test('a session is refused below half an hour of life: the configuration of windows has to leave room', async () => {
  const t = await startStripeUnderTest();
  try {
    const expiresAt = new Date(Date.now() + 1_700_000).toISOString();
    const request = { ...t.newRequest(), expiresAt };
    expect(await t.gateway.createPayment(request)).toEqual({ t: 'rejected', code: 'invalid_request_error' });
    expect(await t.ledger(request.merchantNo)).toEqual([]);
  } finally {
    await t.close();
  }
});
