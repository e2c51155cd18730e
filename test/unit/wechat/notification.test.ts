import { createWechatGateway } from '../../../src/adapters/gateway/wechat/gateway';
import { WechatSigner } from '../../support/wechat-signer';

const NOW = Date.parse('2026-01-01T00:00:10.000Z');
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const signer = new WechatSigner();
const gateway = createWechatGateway(signer.config(), { now: () => NOW, log: silent });
const envelope = (resource: Record<string, unknown>) => ({
  id: 'event-1',
  event_type: 'TRANSACTION.SUCCESS',
  resource,
});
const parseSigned = (body: unknown) => gateway.parseNotification(signer.signed(body, NOW));

test('a paid transaction is told in our terms', () => {
  expect(gateway.parseNotification(signer.notification({ id: 'event-7', at: NOW }))).toEqual({
    t: 'paid',
    eventId: 'event-7',
    merchantNo: 'pay_test_1',
    paid: {
      transactionId: '4200000000202601010000000001',
      amount: { minor: 1999, currency: 'CNY' },
      paidAt: '2026-01-01T00:00:00.000Z',
    },
  });
});

test.each([
  ['another merchant', { transaction: { mchid: '1900000002' } }],
  ['another app', { transaction: { appid: 'wx0' } }],
  ['trade state REFUND', { transaction: { trade_state: 'REFUND' } }],
  ['event type COUPON.USE', { eventType: 'COUPON.USE' }],
  ['event type constructor', { eventType: 'constructor' }],
])('verified, but %s: ignored', (why, what) => {
  const notification = gateway.parseNotification(signer.notification({ ...what, at: NOW }));
  expect(notification).toEqual({ t: 'ignored', eventId: 'event-1', why });
});

test.each([
  ['unreadable envelope', 'not JSON'],
  ['unreadable envelope', { id: 'event-1' }],
  ['unreadable envelope', null],
  ['unknown cipher', envelope({ ...signer.seal(signer.transaction()), algorithm: 'AES-256-ECB' })],
  ['tampered resource', envelope({ ...signer.seal(signer.transaction()), associated_data: 'refund' })],
  ['tampered resource', envelope({ ...signer.seal(signer.transaction()), nonce: '000000000000' })],
  ['tampered resource', envelope({ ...signer.seal(signer.transaction()), ciphertext: '' })],
  ['tampered resource', envelope(new WechatSigner().seal(signer.transaction()))],
  ['unreadable resource', envelope(signer.seal('not JSON'))],
  ['unreadable resource', envelope(signer.seal({ trade_state: 'SUCCESS' }))],
  ['unreadable resource', envelope(signer.seal({ ...signer.transaction(), transaction_id: undefined }))],
])('signed, but %s: forged', (why, body) => {
  expect(parseSigned(body)).toEqual({ t: 'forged', why });
});

describe('a refund', () => {
  const refundId = '50000000002026010100000000001';

  test.each([
    ['SUCCESS', { t: 'succeeded', refundId }],
    ['ABNORMAL', { t: 'failed', code: 'ABNORMAL', next: 'manual' }],
    ['CLOSED', { t: 'failed', code: 'CLOSED', next: 'newNumber' }],
  ])('%s is told in our terms', (refund_status, outcome) => {
    const raw = signer.refundNotification({ refund_status }, { id: 'event-8', at: NOW });
    expect(gateway.parseNotification(raw)).toEqual({
      t: 'refund',
      eventId: 'event-8',
      merchantNo: 'pay_test_1',
      refundNo: 'ref_test_1',
      outcome,
    });
  });

  test('the sealed status counts, not the event type', () => {
    const raw = signer.refundNotification({ refund_status: 'ABNORMAL' }, { eventType: 'REFUND.SUCCESS', at: NOW });
    expect(gateway.parseNotification(raw)).toMatchObject({ t: 'refund', outcome: { t: 'failed', next: 'manual' } });
  });

  test.each([
    ['another merchant', { mchid: '1900000002' }, {}],
    ['refund status NEW', { refund_status: 'NEW' }, { eventType: 'REFUND.SUCCESS' }],
    ['event type REFUND.NEW', { refund_status: 'NEW' }, {}],
  ])('%s: ignored', (why, refund, what) => {
    const notification = gateway.parseNotification(signer.refundNotification(refund, { ...what, at: NOW }));
    expect(notification).toEqual({ t: 'ignored', eventId: 'event-1', why });
  });

  test.each(['mchid', 'out_trade_no', 'out_refund_no', 'refund_id', 'refund_status'])(
    'without %s is unreadable',
    (name) => {
      const raw = signer.refundNotification({ [name]: undefined }, { eventType: 'REFUND.SUCCESS', at: NOW });
      expect(gateway.parseNotification(raw)).toEqual({ t: 'forged', why: 'unreadable resource' });
    },
  );

  test("a payment's content under a refund's event, and the other way round, is no notification", () => {
    const crossed = [
      signer.notification({ eventType: 'REFUND.SUCCESS', at: NOW }),
      signer.refundNotification({}, { eventType: 'TRANSACTION.SUCCESS', at: NOW }),
    ];
    for (const raw of crossed) {
      expect(gateway.parseNotification(raw)).toEqual({ t: 'forged', why: 'unreadable resource' });
    }
  });
});

test('a resource sealed without associated data opens without it', () => {
  const { associated_data: _, ...resource } = signer.seal(signer.transaction(), '');
  expect(parseSigned(envelope(resource))).toMatchObject({ t: 'paid' });
});

test('nothing is parsed before it is verified', () => {
  const raw = signer.notification({ at: NOW });
  expect(gateway.parseNotification({ headers: {}, body: raw.body })).toEqual({ t: 'forged', why: 'unsigned' });
  const parse = jest.spyOn(JSON, 'parse');
  try {
    const body = Buffer.concat([raw.body, Buffer.from(' ')]);
    expect(gateway.parseNotification({ headers: raw.headers, body })).toEqual({ t: 'forged', why: 'bad signature' });
    expect(parse).not.toHaveBeenCalled();
  } finally {
    parse.mockRestore();
  }
});

test('a notification of somebody else with keys of their own is forged', () => {
  const raw = new WechatSigner().notification({ at: NOW });
  expect(gateway.parseNotification(raw)).toEqual({ t: 'forged', why: 'bad signature' });
});

describe('the reply', () => {
  test('accepted is 200, in the form of the provider', () => {
    const { status, contentType, body } = gateway.notificationReply(true);
    expect({ status, contentType, body: JSON.parse(body) }).toEqual({
      status: 200,
      contentType: 'application/json',
      body: { code: 'SUCCESS', message: 'OK' },
    });
  });

  test('every reason for a forgery is 401; anything else asks for another delivery without quoting us', () => {
    const forged = gateway.parseNotification(signer.signed('not JSON', NOW));
    const why = forged.t === 'forged' ? forged.why : undefined;
    const unsigned = gateway.notificationReply(false, 'unsigned');
    expect([unsigned, gateway.notificationReply(false, why)].map((reply) => reply.status)).toEqual([401, 401]);
    expect(JSON.parse(unsigned.body)).toEqual({ code: 'FAIL', message: 'unsigned' });
    const own = gateway.notificationReply(false, 'connection to 10.0.0.5 refused');
    expect(own.status).toBe(500);
    expect(own.body).not.toContain('10.0.0.5');
    expect(JSON.parse(own.body)).toMatchObject({ code: 'FAIL' });
  });
});
