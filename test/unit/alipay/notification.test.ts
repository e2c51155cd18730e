import { createAlipayGateway } from '../../../src/adapters/gateway/alipay/gateway';
import { AlipaySigner } from '../../support/alipay-signer';
import { SILENT } from './support/answering';

const signer = new AlipaySigner();
const gateway = createAlipayGateway(signer.config(), { now: Date.now, log: SILENT });
const parse = (changes: Record<string, string> = {}) => gateway.parseNotification(signer.notification(changes));

test.each(['TRADE_SUCCESS', 'TRADE_FINISHED'])('%s is a payment, at the time that Alipay says', (trade_status) => {
  expect(parse({ trade_status })).toEqual({
    t: 'paid',
    eventId: 'event-1',
    merchantNo: 'pay_test_1',
    paid: {
      transactionId: '2026010122001400000000000001',
      amount: { minor: 1999, currency: 'CNY' },
      paidAt: '2026-01-01T00:05:00.000Z',
    },
  });
});

test.each([
  ['19.99', 1999],
  ['19.9', 1990],
  ['19', 1900],
  ['0.01', 1],
  ['1138.29', 113829],
  ['999999999.99', 99999999999],
])('%s yuan are %d fen', (total_amount, minor) => {
  expect(parse({ total_amount })).toMatchObject({ t: 'paid', paid: { amount: { minor, currency: 'CNY' } } });
});

test.each([
  ['trade status WAIT_BUYER_PAY', { trade_status: 'WAIT_BUYER_PAY' }],
  ['trade status TRADE_CLOSED', { trade_status: 'TRADE_CLOSED' }],
  ['another app', { app_id: '2021000000000043' }],
  ['another seller', { seller_id: '2088000000000043' }],
  ['notify type batch_refund_notify', { notify_type: 'batch_refund_notify' }],
  ['a refund without its number', { refund_fee: '1.00', gmt_refund: '2026-01-01 09:00:00.123' }],
])('verified, but %s: ignored', (why, changes) => {
  expect(parse(changes)).toEqual({ t: 'ignored', eventId: 'event-1', why });
});

test.each(['TRADE_SUCCESS', 'TRADE_CLOSED'])('a refund is told by its number (%s)', (trade_status) => {
  const refund = { refund_fee: '1.00', gmt_refund: '2026-01-01 09:00:00.123', out_biz_no: 'ref_1' };
  expect(parse({ ...refund, trade_status })).toEqual({
    t: 'refund',
    eventId: 'event-1',
    merchantNo: 'pay_test_1',
    refundNo: 'ref_1',
    outcome: { t: 'succeeded', refundId: 'ref_1' },
  });
});

test.each([
  ['no event id', { notify_id: '' }],
  ['no number', { out_trade_no: '' }],
  ['no transaction', { trade_no: '' }],
  ['no amount', { total_amount: '' }],
  ['an amount with three decimals', { total_amount: '19.999' }],
  ['a negative amount', { total_amount: '-19.99' }],
  ['no time', { gmt_payment: '' }],
  ['a time that is none', { gmt_payment: '2026-13-01 08:05:00' }],
])('signed, but with %s: unreadable', (_what, changes) => {
  expect(parse(changes)).toEqual({ t: 'forged', why: 'unreadable fields' });
});

describe('forged', () => {
  const good = signer.notification();
  const sent = new URLSearchParams(good.body.toString());
  const raw = (body: string | Buffer) => gateway.parseNotification({ headers: {}, body: Buffer.from(body) });

  test.each([...sent.keys()])('%s changed, removed or doubled', (name) => {
    const changed = new URLSearchParams(sent);
    changed.set(name, `${sent.get(name) ?? ''}1`);
    const removed = new URLSearchParams(sent);
    removed.delete(name);
    const doubled = `${sent.toString()}&${name}=${encodeURIComponent(sent.get(name) ?? '')}`;
    for (const body of [changed.toString(), removed.toString(), doubled])
      expect(raw(body)).toMatchObject({ t: 'forged' });
  });

  test('a genuine form cut up anew, although its signed text is the same', () => {
    const subject = 'tea&total_amount=0.01';
    const fields: [string, string][] = [
      ['notify_id', 'e'],
      ['out_trade_no', 'n'],
      ['subject', subject],
    ];
    expect(gateway.parseNotification(signer.form(fields))).toEqual({ t: 'forged', why: 'ambiguous fields' });
    const merged = new URLSearchParams(sent);
    merged.delete('trade_status');
    merged.set('trade_no', `${sent.get('trade_no') ?? ''}&trade_status=TRADE_SUCCESS`);
    expect(raw(merged.toString())).toEqual({ t: 'forged', why: 'ambiguous fields' });
  });

  test.each(['RSA', 'RSA1', '', 'none'])('the hash is not for the sender to choose: %j', (signType) => {
    const fields = [...sent].filter(([name]) => !name.startsWith('sign'));
    expect(gateway.parseNotification(signer.form(fields, signType))).toMatchObject({ t: 'forged' });
  });

  test.each([
    ['nothing', ''],
    ['JSON', '{"notify_id":"1"}'],
    ['a page', '<html></html>'],
    ['no UTF-8', Buffer.from([0x6e, 0x3d, 0xff, 0xfe])],
    ['a prototype', '__proto__=1&sign=x&sign_type=RSA2'],
    ['a field of Object', 'toString=1&sign=x&sign_type=RSA2'],
  ])('%s', (_what, body) => expect(raw(body)).toMatchObject({ t: 'forged' }));

  test('another key', () => {
    expect(gateway.parseNotification(new AlipaySigner().notification())).toEqual({ t: 'forged', why: 'bad signature' });
  });
});

test('the acknowledgement is exactly `success`, everything else `failure`', () => {
  expect(gateway.notificationReply(true)).toMatchObject({ status: 200, body: 'success' });
  expect(gateway.notificationReply(false, 'bad signature')).toMatchObject({ status: 401, body: 'failure' });
  expect(gateway.notificationReply(false, 'database password wrong')).toMatchObject({ status: 500, body: 'failure' });
});
