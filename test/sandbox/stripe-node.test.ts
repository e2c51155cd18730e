import Stripe from 'stripe';
import { newNo, TestSandbox } from './support/sandbox';
import {
  AMOUNT,
  errorOf,
  intentParams,
  sessionParams,
  stripeClient,
  type StripeCredentials,
  stripeCredentials,
  type StripeDelivery,
  StripeReceiver,
} from './support/stripe';

/** The official client, unchanged and with none of the product's code, against the sandbox's wire. */
describe('stripe-node against the sandbox', () => {
  let sandbox: TestSandbox;
  let credentials: StripeCredentials;
  let stripe: Stripe.Stripe;
  let receiver: StripeReceiver;
  let secret: string;
  beforeAll(async () => {
    [sandbox, receiver] = await Promise.all([TestSandbox.start(), StripeReceiver.start()]);
    credentials = await stripeCredentials(sandbox.url);
    stripe = stripeClient(credentials);
    const endpoint = await stripe.webhookEndpoints.create({ url: receiver.url, enabled_events: ['*'] });
    secret = endpoint.secret ?? '';
  });
  afterAll(async () => {
    await sandbox.close();
    await receiver.close();
  });

  const verified = ({ headers, body }: StripeDelivery) =>
    stripe.webhooks.constructEvent(body, String(headers['stripe-signature']), secret);

  test('PaymentIntent: create, retrieve, pay, webhook, refund, list', async () => {
    const no = newNo();
    const created = await stripe.paymentIntents.create(intentParams(no), { idempotencyKey: no });
    expect(created).toMatchObject({ object: 'payment_intent', status: 'requires_payment_method', amount: AMOUNT });
    expect(created.client_secret).toContain(created.id);
    const { body } = await sandbox.pay(no);
    expect(body).toEqual({ accepted: true, transactionId: created.id });
    const paid = await stripe.paymentIntents.retrieve(created.id, { expand: ['latest_charge'] });
    expect(paid).toMatchObject({
      status: 'succeeded',
      amount_received: AMOUNT,
      currency: 'cny',
      metadata: { merchantNo: no },
      latest_charge: { object: 'charge', amount: AMOUNT, amount_refunded: 0, refunded: false },
    });
    const event = verified(await receiver.nth('payment_intent.succeeded'));
    expect(event).toMatchObject({ object: 'event', data: { object: { id: created.id, status: 'succeeded' } } });
    const params = { payment_intent: created.id, amount: 500, metadata: { refundNo: `re_${no}` } };
    const refund = await stripe.refunds.create(params, { idempotencyKey: `re_${no}` });
    expect(refund).toMatchObject({ object: 'refund', status: 'succeeded', amount: 500, payment_intent: created.id });
    expect(await stripe.refunds.retrieve(refund.id)).toMatchObject({ id: refund.id, metadata: params.metadata });
    expect((await stripe.refunds.list({ payment_intent: created.id })).data.map(({ id }) => id)).toEqual([refund.id]);
    expect(verified(await receiver.nth('refund.updated'))).toMatchObject({ data: { object: { id: refund.id } } });
    expect(verified(await receiver.nth('charge.refunded'))).toMatchObject({
      data: { object: { amount_refunded: 500 } },
    });
    expect((await sandbox.ledger(no)).filter(({ kind }) => kind !== 'notified')).toMatchObject([
      { kind: 'created', gateway: 'stripe', amount: { minor: AMOUNT, currency: 'CNY' } },
      { kind: 'paid', transactionId: created.id },
      { kind: 'refunded', refundNo: `re_${no}`, amount: { minor: 500, currency: 'CNY' } },
    ]);
  });

  test('PaymentIntent: cancel; afterwards nobody pays, and cancelling again is an unexpected state', async () => {
    const no = newNo();
    const { id } = await stripe.paymentIntents.create(intentParams(no));
    expect(await stripe.paymentIntents.cancel(id)).toMatchObject({ id, status: 'canceled' });
    expect((await sandbox.pay(no)).body).toEqual({ accepted: false, reason: 'closed' });
    const refused = await errorOf(stripe.paymentIntents.cancel(id));
    expect(refused).toBeInstanceOf(Stripe.errors.StripeInvalidRequestError);
    expect(refused).toMatchObject({ statusCode: 400, code: 'payment_intent_unexpected_state' });
    expect(refused.payment_intent).toMatchObject({ id, status: 'canceled' });
    expect(verified(await receiver.nth('payment_intent.canceled'))).toMatchObject({ data: { object: { id } } });
    expect(await sandbox.kinds(no)).toEqual(['created', 'closed']);
  });

  test('PaymentIntent: confirmed with a payment method it is paid', async () => {
    const no = newNo();
    const { id } = await stripe.paymentIntents.create(intentParams(no));
    expect(await stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa' })).toMatchObject({
      status: 'succeeded',
      amount_received: AMOUNT,
    });
    expect(await errorOf(stripe.paymentIntents.cancel(id))).toMatchObject({ code: 'payment_intent_unexpected_state' });
  });

  test('Checkout: create, hosted page, pay, complete, webhooks, full refund', async () => {
    const no = newNo();
    const session = await stripe.checkout.sessions.create(sessionParams(no));
    expect(session).toMatchObject({
      status: 'open',
      payment_status: 'unpaid',
      payment_intent: null,
      amount_total: AMOUNT,
    });
    const page = session.url ?? '';
    expect((await fetch(page)).status).toBe(200);
    await fetch(page, { method: 'POST', redirect: 'manual' });
    const paid = await stripe.checkout.sessions.retrieve(session.id, { expand: ['payment_intent.latest_charge'] });
    expect(paid).toMatchObject({
      status: 'complete',
      payment_status: 'paid',
      url: null,
      payment_intent: { status: 'succeeded', metadata: { merchantNo: no }, latest_charge: { amount: AMOUNT } },
    });
    const completed = verified(await receiver.nth('checkout.session.completed'));
    expect(completed).toMatchObject({ data: { object: { id: session.id, payment_status: 'paid' } } });
    const intent = (paid.payment_intent as Stripe.PaymentIntent).id;
    expect(await stripe.refunds.create({ payment_intent: intent })).toMatchObject({ amount: AMOUNT });
    expect(await errorOf(stripe.refunds.create({ payment_intent: intent }))).toMatchObject({
      code: 'charge_already_refunded',
    });
  });

  test('Checkout: expire; expiring again is refused, the page takes nothing', async () => {
    const no = newNo();
    const { id } = await stripe.checkout.sessions.create(sessionParams(no));
    expect(await stripe.checkout.sessions.expire(id)).toMatchObject({ id, status: 'expired', url: null });
    expect(await errorOf(stripe.checkout.sessions.expire(id))).toMatchObject({
      statusCode: 400,
      rawType: 'invalid_request_error',
    });
    expect((await sandbox.pay(no)).status).toBe(409);
    expect(verified(await receiver.nth('checkout.session.expired'))).toMatchObject({ data: { object: { id } } });
  });

  test('a session lives from 30 minutes to 24 hours', async () => {
    const outside = [1_740, 86_460].map((seconds) =>
      errorOf(stripe.checkout.sessions.create(sessionParams(newNo(), seconds))),
    );
    for (const error of await Promise.all(outside))
      expect(error).toMatchObject({ statusCode: 400, param: 'expires_at' });
    expect(await stripe.checkout.sessions.create(sessionParams(newNo(), 86_340))).toMatchObject({ status: 'open' });
  });

  test('lists page through everything once, newest first, by creation time', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 3; i += 1) ids.unshift((await stripe.paymentIntents.create(intentParams(newNo()))).id);
    const found: string[] = [];
    for await (const { id } of stripe.paymentIntents.list({ limit: 2 })) found.push(id);
    expect(found.slice(0, 3)).toEqual(ids);
    expect(new Set(found).size).toBe(found.length);
    const later = Math.floor(Date.now() / 1000) + 3600;
    expect((await stripe.paymentIntents.list({ created: { gte: later } })).data).toEqual([]);
    expect((await stripe.checkout.sessions.list({ created: { lt: later } })).data.length).toBeGreaterThan(0);
  });

  test('a tampered webhook does not verify', async () => {
    const { headers, body } = await receiver.nth('payment_intent.succeeded');
    const tampered = Buffer.from(body.toString('utf8').replace('succeeded', 'succeedeD'));
    const check = () => stripe.webhooks.constructEvent(tampered, String(headers['stripe-signature']), secret);
    expect(check).toThrow(Stripe.errors.StripeSignatureVerificationError);
  });

  test('an unknown key is 401, an unknown id 404, a wrong parameter 400', async () => {
    const stranger = stripeClient({ ...credentials, secretKey: 'sk_test_stranger' });
    expect(await errorOf(stranger.paymentIntents.list())).toBeInstanceOf(Stripe.errors.StripeAuthenticationError);
    expect(await errorOf(stripe.paymentIntents.retrieve('pi_nobody'))).toMatchObject({
      statusCode: 404,
      code: 'resource_missing',
    });
    const wrong = errorOf(stripe.paymentIntents.create({ ...intentParams(newNo()), amount: 0 }));
    expect(await wrong).toMatchObject({ statusCode: 400, param: 'amount' });
  });
});
