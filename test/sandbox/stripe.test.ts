import { createHmac } from 'node:crypto';
import Stripe from 'stripe';
import { until } from './support/poll';
import { newNo, TestSandbox } from './support/sandbox';
import {
  errorOf,
  intentParams,
  sessionParams,
  stripeClient,
  type StripeCredentials,
  stripeCredentials,
  type StripeDelivery,
  StripeReceiver,
} from './support/stripe';

/** Longer than any test: what is held so long comes only by a release. */
const HOUR_MS = 3_600_000;

describe("the sandbox's Stripe", () => {
  let sandbox: TestSandbox;
  let credentials: StripeCredentials;
  let stripe: Stripe.Stripe;
  let receiver: StripeReceiver;
  const connect = async () => {
    credentials = await stripeCredentials(sandbox.url);
    stripe = stripeClient(credentials);
  };
  beforeAll(async () => {
    sandbox = await TestSandbox.start();
    await connect();
  });
  afterAll(() => sandbox.close());
  beforeEach(async () => void (receiver = await StripeReceiver.start()));
  afterEach(() => receiver.close());

  const listen = (events: Stripe.WebhookEndpointCreateParams.EnabledEvent[] = ['payment_intent.succeeded']) =>
    stripe.webhookEndpoints.create({ url: receiver.url, enabled_events: events });
  const kinds = async (no: string) => (await sandbox.kinds(no)).filter((kind) => kind !== 'notified');
  const create = (no: string, key: string) => stripe.paymentIntents.create(intentParams(no), { idempotencyKey: key });
  const replayed = (object: { lastResponse: { headers: Record<string, string> } }) =>
    object.lastResponse.headers['idempotent-replayed'];
  const isSigned = ({ headers, body }: StripeDelivery, secret: string) => {
    const [, t, v1] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['stripe-signature'])) ?? [];
    return v1 === createHmac('sha256', secret).update(`${t}.`).update(body).digest('hex');
  };

  describe('idempotency keys', () => {
    test('the stored answer comes again as it was, whatever has become of the payment', async () => {
      const no = newNo();
      const first = await create(no, no);
      expect(replayed(first)).toBeUndefined();
      await stripe.paymentIntents.cancel(first.id);
      const again = await create(no, no);
      expect(again).toEqual(first);
      expect(replayed(again)).toBe('true');
      expect(await kinds(no)).toEqual(['created', 'closed']);
    });

    test('another body under the same key is an idempotency_error', async () => {
      const no = newNo();
      await create(no, no);
      const other = stripe.paymentIntents.create({ ...intentParams(no), amount: 1 }, { idempotencyKey: no });
      const error = await errorOf(other);
      expect(error).toBeInstanceOf(Stripe.errors.StripeIdempotencyError);
      expect(error).toMatchObject({ statusCode: 400, rawType: 'idempotency_error' });
      const elsewhere = await errorOf(stripe.refunds.create({ payment_intent: 'pi_1' }, { idempotencyKey: no }));
      expect(elsewhere).toMatchObject({ rawType: 'idempotency_error' });
    });

    test.each(['error_500_after', 'delayed_effect'])(
      '%s is stored: the 500 for ever, the effect once',
      async (fault) => {
        const no = newNo();
        await sandbox.fault('create', fault, no, { ms: 1 });
        for (const stored of [undefined, 'true', 'true']) {
          const error = await errorOf(create(no, no));
          expect(error).toMatchObject({ statusCode: 500, rawType: 'api_error' });
          expect(error.headers?.['idempotent-replayed']).toBe(stored);
        }
        await until('the effect', async () => (await kinds(no)).includes('created'));
        expect(await kinds(no)).toEqual(['created']);
      },
    );

    test.each(['error_500_before', 'throttled_429'])('%s is not: nothing was executed', async (fault) => {
      const no = newNo();
      await sandbox.fault('create', fault, no);
      await errorOf(create(no, no));
      expect(replayed(await create(no, no))).toBeUndefined();
      expect(await kinds(no)).toEqual(['created']);
    });

    test('a refused parameter stores nothing', async () => {
      const no = newNo();
      await errorOf(stripe.checkout.sessions.create(sessionParams(no, 60), { idempotencyKey: no }));
      expect(await create(no, no)).toMatchObject({ status: 'requires_payment_method' });
    });

    test('two at once under one key make one payment', async () => {
      const no = newNo();
      const hold = await sandbox.fault('create', 'latency', no, { ms: HOUR_MS });
      const held = create(no, no);
      await sandbox.faultsUsed();
      const other = await create(no, no);
      await sandbox.release(hold);
      expect((await held).id).toBe(other.id);
      expect(await kinds(no)).toEqual(['created']);
    });

    test('answers, endpoints and refund metadata survive a restart', async () => {
      const no = newNo();
      const first = await create(no, no);
      await listen();
      await sandbox.pay(no);
      const metadata = { refundNo: `re_${no}` };
      const refund = await stripe.refunds.create({ payment_intent: first.id, metadata });
      await sandbox.restart();
      await connect();
      expect(await create(no, no)).toMatchObject({ id: first.id });
      expect(await stripe.refunds.retrieve(refund.id)).toMatchObject({ metadata });
      expect((await stripe.webhookEndpoints.list()).data.map(({ url }) => url)).toContain(receiver.url);
      expect(await kinds(no)).toEqual(['created', 'paid', 'refunded']);
    });

    test('without a key the same number twice is two payments, and the second has its own', async () => {
      const no = newNo();
      const [first, second] = [
        await stripe.paymentIntents.create(intentParams(no)),
        await stripe.paymentIntents.create(intentParams(no)),
      ];
      expect(second.metadata).toEqual(first.metadata);
      expect(await kinds(no)).toEqual(['created']);
      expect(await kinds(second.id)).toEqual(['created']);
    });
  });

  describe('events', () => {
    test('are retried until 2xx, under one id and freshly signed; the secret is everywhere the same', async () => {
      receiver.answerWith = (nth) => (nth === 1 ? 500 : 204);
      const { secret } = await listen();
      expect(secret).toBe(credentials.webhookSecret);
      const no = newNo();
      await create(no, no);
      await sandbox.pay(no);
      const [first, second] = [
        await receiver.nth('payment_intent.succeeded', 1),
        await receiver.nth('payment_intent.succeeded', 2),
      ];
      expect(second.body).toEqual(first.body);
      for (const delivery of [first, second]) expect(isSigned(delivery, credentials.webhookSecret)).toBe(true);
      await until('the acknowledgement', async () => (await sandbox.kinds(no)).includes('notified'));
    });

    test('go to every endpoint that wants them, and to nobody else', async () => {
      const other = await StripeReceiver.start();
      try {
        await stripe.webhookEndpoints.create({ url: other.url, enabled_events: ['*'] });
        await listen(['payment_intent.succeeded', 'checkout.session.expired']);
        const [no, unpaid] = [newNo(), newNo()];
        await stripe.checkout.sessions.create(sessionParams(no));
        await sandbox.pay(no);
        for (const delivery of [
          await other.nth('payment_intent.succeeded'),
          await receiver.nth('payment_intent.succeeded'),
        ]) {
          expect(isSigned(delivery, credentials.webhookSecret)).toBe(true);
        }
        await other.nth('checkout.session.completed');
        const { id } = await stripe.checkout.sessions.create(sessionParams(unpaid));
        await stripe.checkout.sessions.expire(id);
        await receiver.nth('checkout.session.expired');
        expect(receiver.ofType('checkout.session.completed')).toEqual([]);
      } finally {
        await other.close();
      }
    });

    test('a deleted endpoint is told nothing more; the same URL is the same endpoint', async () => {
      const { id } = await listen();
      expect((await listen(['*'])).id).toBe(id);
      expect(await stripe.webhookEndpoints.del(id)).toEqual(expect.objectContaining({ id, deleted: true }));
      expect(await errorOf(stripe.webhookEndpoints.retrieve(id))).toMatchObject({ statusCode: 404 });
    });

    test('duplicate: copies of one event, byte for byte', async () => {
      const no = newNo();
      const { id } = await create(no, no);
      await listen();
      await sandbox.fault('notify', 'duplicate', no, { copies: 3 });
      await sandbox.pay(no);
      const third = await receiver.nth('payment_intent.succeeded', 3);
      expect(new Set(receiver.deliveries.map(({ body }) => body.toString())).size).toBe(1);
      expect(JSON.parse(third.body.toString())).toMatchObject({ data: { object: { id, amount_received: 1999 } } });
    });
  });

  describe('states', () => {
    test('user_paying: processing, not to be cancelled', async () => {
      const no = newNo();
      const { id } = await create(no, no);
      for (const op of ['query', 'close']) await sandbox.fault(op, 'user_paying', no);
      expect(await stripe.paymentIntents.retrieve(id)).toMatchObject({ status: 'processing' });
      const refused = await errorOf(stripe.paymentIntents.cancel(id));
      expect(refused).toMatchObject({ code: 'payment_intent_unexpected_state' });
      expect(refused.payment_intent).toMatchObject({ status: 'processing' });
      expect(await stripe.paymentIntents.cancel(id)).toMatchObject({ status: 'canceled' });
    });

    test('pay_before_close: the money wins; stale_query: it is not seen for once', async () => {
      const no = newNo();
      const { id } = await stripe.checkout.sessions.create(sessionParams(no));
      await sandbox.fault('close', 'pay_before_close', no);
      expect(await errorOf(stripe.checkout.sessions.expire(id))).toMatchObject({ statusCode: 400 });
      await sandbox.fault('query', 'stale_query', no);
      expect(await stripe.checkout.sessions.retrieve(id)).toMatchObject({ status: 'open', payment_intent: null });
      expect(await stripe.checkout.sessions.retrieve(id)).toMatchObject({ status: 'complete', payment_status: 'paid' });
      expect(await kinds(no)).toEqual(['created', 'paid']);
    });

    test('broken_close: shown as closed to whoever closes it, and yet payable', async () => {
      const no = newNo();
      const { id } = await stripe.checkout.sessions.create(sessionParams(no));
      await sandbox.fault('close', 'broken_close', no);
      expect(await stripe.checkout.sessions.expire(id)).toMatchObject({ status: 'expired', url: null });
      expect((await sandbox.pay(no)).body).toMatchObject({ accepted: true });
      expect(await kinds(no)).toEqual(['created', 'paid']);
    });

    test('a session past its time expires by itself, is paid by nobody, and is in the ledger once', async () => {
      const no = newNo();
      const { id } = await stripe.checkout.sessions.create(sessionParams(no));
      await sandbox.control('POST', '/clock', { offsetMs: 2 * HOUR_MS });
      try {
        expect((await sandbox.pay(no)).status).toBe(409);
        expect(await stripe.checkout.sessions.retrieve(id)).toMatchObject({ status: 'expired' });
        expect(await errorOf(stripe.checkout.sessions.expire(id))).toMatchObject({ statusCode: 400 });
      } finally {
        await sandbox.control('POST', '/clock', { offsetMs: 0 });
      }
      expect(await kinds(no)).toEqual(['created', 'closed']);
    });

    test('a failed refund gives its money back to be refunded again', async () => {
      const no = newNo();
      const { id } = await create(no, no);
      await sandbox.pay(no);
      const hold = await sandbox.fault('refund', 'refund_abnormal', no, { ms: HOUR_MS });
      const refund = await stripe.refunds.create({ payment_intent: id });
      expect(refund.status).toBe('pending');
      expect(await errorOf(stripe.refunds.create({ payment_intent: id }))).toMatchObject({
        code: 'charge_already_refunded',
      });
      await sandbox.release(hold);
      expect(await stripe.refunds.retrieve(refund.id)).toMatchObject({
        status: 'failed',
        failure_reason: expect.any(String),
      });
      expect(await stripe.refunds.create({ payment_intent: id })).toMatchObject({ status: 'succeeded', amount: 1999 });
      expect(await kinds(no)).toEqual(['created', 'paid', 'refunded']);
    });
  });

  test('basic authentication is the same key as a user name', async () => {
    const authorization = `Basic ${Buffer.from(`${credentials.secretKey}:`).toString('base64')}`;
    const ask = (headers: Record<string, string>) => fetch(`${credentials.baseUrl}/v1/payment_intents`, { headers });
    expect((await ask({ authorization })).status).toBe(200);
    expect((await ask({})).status).toBe(401);
  });
});
