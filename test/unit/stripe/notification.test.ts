import vector from './fixtures/vectors.json';
import { event, gatewayWith, intent, NOW, refund, signed } from './support';

const gateway = gatewayWith();
const PAID = {
  t: 'paid',
  eventId: 'evt_1',
  merchantNo: 'pay_test_1',
  paid: { transactionId: 'pi_1', amount: { minor: 1999, currency: 'CNY' }, paidAt: '2026-01-01T00:00:00.000Z' },
};
const known = (header = `t=${vector.timestamp},v1=${vector.v1}`, body = vector.body) => ({
  headers: { 'stripe-signature': header },
  body: Buffer.from(body),
});

describe('a v1 signature made by openssl', () => {
  test('verifies, and the event is told in our terms', () => {
    expect(gateway.parseNotification(known())).toEqual(PAID);
  });

  test('one good signature among several is enough: a secret being rolled, a scheme nobody knows', () => {
    const header = `t=${vector.timestamp},v1=${'0'.repeat(64)},v1=${vector.v1},v0=abc`;
    expect(gateway.parseNotification(known(header))).toEqual(PAID);
  });

  test('each bit of the body is covered', () => {
    const { headers, body } = known();
    for (let at = 0; at < body.length; at += 1) {
      const changed = Buffer.from(body);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(gateway.parseNotification({ headers, body: changed })).toEqual({ t: 'forged', why: 'bad signature' });
    }
  });

  test.each([
    ['no header', '', 'unsigned'],
    ['no time', `v1=${vector.v1}`, 'bad signature'],
    ['no signature', `t=${vector.timestamp}`, 'bad signature'],
    ['another time', `t=${vector.timestamp + 1},v1=${vector.v1}`, 'bad signature'],
    ['two times', `t=${vector.timestamp},t=${vector.timestamp - 9},v1=${vector.v1}`, 'bad signature'],
    ['a scheme for tests', `t=${vector.timestamp},v0=${vector.v1}`, 'bad signature'],
    ['half a signature', `t=${vector.timestamp},v1=${vector.v1.slice(0, 32)}`, 'bad signature'],
    ['rubbish', 'rubbish', 'bad signature'],
  ])('%s: forged', (_label, header, why) => {
    expect(gateway.parseNotification(known(header))).toEqual({ t: 'forged', why });
  });

  test('another secret believes nothing', () => {
    const other = gatewayWith({ webhookSecret: 'whsec_other' });
    expect(other.parseNotification(known())).toEqual({ t: 'forged', why: 'bad signature' });
  });

  test.each([
    [-301, 'forged'],
    [-300, 'paid'],
    [-299, 'paid'],
    [299, 'paid'],
    [300, 'paid'],
    [301, 'forged'],
  ])('signed %d s from now: %s', (seconds, t) => {
    const parsed = gatewayWith({}, () => NOW - seconds * 1000).parseNotification(known());
    expect(parsed).toMatchObject(t === 'paid' ? PAID : { t, why: 'stale timestamp' });
  });
});

describe('verified, but', () => {
  test.each([
    ['live mode under a test key', event('payment_intent.succeeded', intent(), { livemode: true }), /app/],
    ["a connected account's", event('payment_intent.succeeded', intent(), { account: 'acct_2' }), /account/],
    ['a payment without our number', event('payment_intent.succeeded', intent({ metadata: {} })), /without our number/],
    ['a refund without our numbers', event('refund.updated', refund({ metadata: null })), /without our numbers/],
    ['the story told twice', event('checkout.session.completed', {}), /event type checkout.session.completed/],
  ])('%s: ignored', (_label, body, why) => {
    const parsed = gateway.parseNotification(signed(body));
    expect(parsed).toEqual({ t: 'ignored', eventId: 'evt_7', why: expect.stringMatching(why) });
  });

  test.each([
    ['not JSON', 'not JSON'],
    ['no event', { id: 'evt_1' }],
    ['null', 'null'],
    ['a thin event', { ...event('x', {}), object: 'v2.core.event' }],
    ['a payment without money', event('payment_intent.succeeded', intent({ amount_received: undefined }))],
    ['a payment that did not succeed', event('payment_intent.succeeded', intent({ status: 'processing' }))],
    ['a refund without an amount', event('refund.failed', refund({ amount: 'all' }))],
  ])('%s: forged as unreadable', (_label, body) => {
    expect(gateway.parseNotification(signed(body))).toEqual({ t: 'forged', why: 'unreadable event' });
  });

  test('live events are for live keys', () => {
    const live = gatewayWith({ secretKey: 'rk_live_1' });
    const body = event('payment_intent.succeeded', intent({ livemode: true }), { livemode: true });
    expect(live.parseNotification(signed(body))).toMatchObject({ t: 'paid', eventId: 'evt_7' });
  });
});

describe('refunds', () => {
  test.each([
    ['succeeded', { t: 'succeeded', refundId: 're_1' }],
    ['pending', { t: 'processing', retryAfterMs: expect.any(Number) }],
    ['requires_action', { t: 'processing', retryAfterMs: expect.any(Number) }],
    ['failed', { t: 'failed', code: 'lost_or_stolen_card', next: 'manual' }],
    ['canceled', { t: 'failed', code: 'canceled', next: 'newNumber' }],
    ['reversed', { t: 'unknown', cause: 'unlisted', retryAfterMs: expect.any(Number) }],
  ])('%s', (status, outcome) => {
    const body = event('refund.updated', refund({ status, failure_reason: 'lost_or_stolen_card' }));
    const numbers = { merchantNo: 'pay_test_1', refundNo: 'ref_test_1' };
    expect(gateway.parseNotification(signed(body))).toEqual({ t: 'refund', eventId: 'evt_7', ...numbers, outcome });
  });
});

test('good is 200, forged 400, anything else is to be sent again and says nothing of us', () => {
  expect(gateway.notificationReply(true)).toMatchObject({ status: 200, contentType: 'application/json' });
  expect(gateway.notificationReply(false, 'bad signature').status).toBe(400);
  const failed = gateway.notificationReply(false, 'connect ECONNREFUSED 10.0.0.7');
  expect(failed.status).toBe(500);
  expect(failed.body).not.toContain('10.0.0.7');
});
