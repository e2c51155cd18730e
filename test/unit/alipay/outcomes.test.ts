import { type Answer } from '../../../src/adapters/gateway/alipay/http';
import {
  closeOutcome,
  closeOutcomeByQuery,
  createOutcome,
  queryOutcome,
} from '../../../src/adapters/gateway/alipay/outcomes';
import { refundOutcome, refundOutcomeByQuery, refundQueryOutcome } from '../../../src/adapters/gateway/alipay/refund';
import { CLOSE, CREATE, QUERY, REFUND, REFUND_QUERY } from '../../../src/adapters/gateway/alipay/tables';

const ref = {
  merchantNo: 'pay_1',
  gatewayRef: null,
  amount: { minor: 1999, currency: 'CNY' },
  expiresAt: '2026-01-01T00:30:00.000Z',
  description: 'A pot of tea',
};
const request = {
  ...ref,
  transactionId: '2026',
  refundNo: 'ref_1',
  refund: { minor: 500, currency: 'CNY' },
  reason: '',
};
const merchant = { appId: '2021000000000042', sellerId: '2088000000000042' };

const ok = (body: Record<string, unknown> = {}): Answer => ({
  t: 'answer',
  code: '10000',
  subCode: null,
  body: { code: '10000', out_trade_no: 'pay_1', trade_no: '2026', ...body },
});
const no = (subCode: string, code = '40004'): Answer => ({ t: 'answer', code, subCode, body: {} });
const unknown = (cause: string) => ({ t: 'unknown', cause, retryAfterMs: expect.any(Number) });
const absent = { t: 'absent', payableUntil: ref.expiresAt };

const create = (answer: Answer) => createOutcome(answer, ref, null);
const query = (answer: Answer) => queryOutcome(answer, ref, merchant);
const close = (answer: Answer) => closeOutcome(answer, ref);
const refund = (answer: Answer) => refundOutcome(answer, request);
const refundQuery = (answer: Answer) => refundQueryOutcome(answer, request);
const EVERY = [create, query, close, refund, refundQuery];

describe('in every operation', () => {
  test.each([
    [no('isp.unknow-error', '20000'), unknown('5xx')],
    [no('ACQ.SYSTEM_ERROR'), unknown('5xx')],
    [no('isv.app-call-limited', '40005'), unknown('throttled')],
    [no('isv.missing-signature', '40001'), { t: 'rejected', code: 'isv.missing-signature' }],
    [no('isv.invalid-signature', '40002'), { t: 'rejected', code: 'isv.invalid-signature' }],
    [no('isv.insufficient-isv-permissions', '40006'), { t: 'rejected', code: 'isv.insufficient-isv-permissions' }],
    [no('ACQ.INVALID_PARAMETER'), { t: 'rejected', code: 'ACQ.INVALID_PARAMETER' }],
    [no('ACQ.WHATEVER_COMES_NEXT_YEAR'), unknown('unlisted')],
    [no('ACQ.TRADE_NOT_EXIST', '10000'), unknown('unlisted')],
    [no('toString', 'constructor'), unknown('unlisted')],
    [{ ...ok(), code: '10003' }, unknown('unlisted')],
  ])('%j', (answer, outcome) => {
    for (const operation of EVERY) expect(operation(answer)).toEqual(outcome);
  });
});

test.each([
  [ok({ qr_code: 'https://qr' }), { t: 'created', codeUrl: 'https://qr', payUrl: null, gatewayRef: null }],
  [ok({ qr_code: 'https://qr', out_trade_no: 'pay_2' }), { t: 'rejected', code: 'NUMBER_MISMATCH' }],
  [ok(), unknown('unparsable')],
  [no('ACQ.TRADE_HAS_SUCCESS'), { t: 'spent', code: 'ACQ.TRADE_HAS_SUCCESS' }],
  [no('ACQ.TRADE_HAS_CLOSE'), { t: 'spent', code: 'ACQ.TRADE_HAS_CLOSE' }],
  [no('ACQ.CONTEXT_INCONSISTENT'), { t: 'rejected', code: 'ACQ.CONTEXT_INCONSISTENT' }],
])('create: %j', (answer, outcome) => expect(create(answer)).toEqual(outcome));

describe('query', () => {
  const trade = (trade_status: string, more: Record<string, unknown> = {}) =>
    ok({ trade_status, total_amount: '19.99', ...more });
  const money = { transactionId: '2026', amount: ref.amount, paidAt: '2026-01-01T00:05:00.000Z' };
  const at = { send_pay_date: '2026-01-01 08:05:00' };
  const none = { minor: 0, currency: 'CNY' };

  test.each([
    [no('ACQ.TRADE_NOT_EXIST'), absent],
    [trade('WAIT_BUYER_PAY'), { t: 'pending' }],
    [trade('TRADE_SUCCESS', at), { t: 'paid', paid: money, refunded: none }],
    [trade('TRADE_FINISHED', at), { t: 'paid', paid: money, refunded: none }],
    [trade('TRADE_CLOSED', at), { t: 'paid', paid: money, refunded: ref.amount }],
    [trade('TRADE_CLOSED'), { t: 'closedUnpaid' }],
    [trade('TRADE_SOMETHING'), unknown('unlisted')],
    [trade('constructor'), unknown('unlisted')],
    [trade('TRADE_SUCCESS'), unknown('unparsable')],
    [trade('TRADE_SUCCESS', { send_pay_date: 'yesterday' }), unknown('unparsable')],
    [trade('TRADE_SUCCESS', { ...at, total_amount: '19.990' }), unknown('unparsable')],
    [ok({ trade_status: 'TRADE_CLOSED' }), unknown('unparsable')],
    [trade('TRADE_SUCCESS', { ...at, total_amount: '20.00' }), { t: 'rejected', code: 'AMOUNT_MISMATCH' }],
    [trade('TRADE_SUCCESS', { ...at, trans_currency: 'USD' }), { t: 'rejected', code: 'AMOUNT_MISMATCH' }],
    [trade('TRADE_CLOSED', { out_trade_no: 'pay_2' }), { t: 'rejected', code: 'NUMBER_MISMATCH' }],
    [trade('TRADE_CLOSED', { seller_id: '2088000000000001' }), { t: 'rejected', code: 'MERCHANT_MISMATCH' }],
    [trade('TRADE_CLOSED', { app_id: '2021000000000001' }), { t: 'rejected', code: 'MERCHANT_MISMATCH' }],
    [trade('TRADE_CLOSED', { seller_id: merchant.sellerId, app_id: merchant.appId }), { t: 'closedUnpaid' }],
  ])('%j', (answer, outcome) => expect(query(answer)).toEqual(outcome));
});

describe('close', () => {
  test.each([
    [ok(), { t: 'closed', proof: 'ack' }],
    [ok({ out_trade_no: 'pay_2' }), { t: 'rejected', code: 'NUMBER_MISMATCH' }],
    [ok({ out_trade_no: undefined }), 'askQuery'],
    [no('ACQ.TRADE_NOT_EXIST'), absent],
    [no('ACQ.TRADE_STATUS_ERROR'), 'askQuery'],
    [no('ACQ.REASON_TRADE_STATUS_INVALID'), 'askQuery'],
    [no('ACQ.REASON_ILLEGAL_STATUS'), 'askQuery'],
    [no('ACQ.REASON_TRADE_BEEN_FREEZEN'), 'askQuery'],
    [no('ACQ.TRADE_HAS_CLOSE'), unknown('unlisted')],
  ])('%j', (answer, outcome) => expect(close(answer)).toEqual(outcome));

  const paid = { transactionId: '2026', amount: ref.amount, paidAt: '2026-01-01T00:05:00.000Z' };
  test.each([
    [{ t: 'closedUnpaid' } as const, { t: 'closed', proof: 'query' }],
    [{ t: 'paid', paid, refunded: ref.amount } as const, { t: 'paid', paid }],
    [{ t: 'pending' } as const, unknown('unlisted')],
    [{ t: 'paying' } as const, unknown('unlisted')],
    [{ t: 'absent', payableUntil: null } as const, { t: 'absent', payableUntil: null }],
    [{ t: 'rejected', code: 'X' } as const, { t: 'rejected', code: 'X' }],
  ])('refused, and the query says %j', (found, outcome) => expect(closeOutcomeByQuery(found)).toEqual(outcome));
});

describe('refund', () => {
  const succeeded = { t: 'succeeded', refundId: 'ref_1' };
  const manual = (code: string) => ({ t: 'failed', code, next: 'manual' });
  test.each([
    [ok({ fund_change: 'Y' }), succeeded],
    [ok({ fund_change: 'N' }), 'askQuery'],
    [ok(), 'askQuery'],
    [ok({ fund_change: 'Y', out_trade_no: undefined }), 'askQuery'],
    [ok({ fund_change: 'Y', out_trade_no: 'pay_2' }), { t: 'rejected', code: 'NUMBER_MISMATCH' }],
    [ok({ fund_change: 'Y', trade_no: '2027' }), { t: 'rejected', code: 'NUMBER_MISMATCH' }],
    [no('ACQ.TRADE_STATUS_ERROR'), 'askQuery'],
    [no('ACQ.TRADE_HAS_CLOSE'), 'askQuery'],
    [no('ACQ.SELLER_BALANCE_NOT_ENOUGH'), manual('ACQ.SELLER_BALANCE_NOT_ENOUGH')],
    [no('ACQ.TRADE_HAS_FINISHED'), manual('ACQ.TRADE_HAS_FINISHED')],
    [no('ACQ.REFUND_AMT_NOT_EQUAL_TOTAL'), { t: 'rejected', code: 'ACQ.REFUND_AMT_NOT_EQUAL_TOTAL' }],
    [no('ACQ.DISCORDANT_REPEAT_REQUEST'), { t: 'rejected', code: 'ACQ.DISCORDANT_REPEAT_REQUEST' }],
    [no('ACQ.TRADE_NOT_EXIST'), { t: 'rejected', code: 'ACQ.TRADE_NOT_EXIST' }],
  ])('%j', (answer, outcome) => expect(refund(answer)).toEqual(outcome));

  const found = { out_request_no: 'ref_1', refund_amount: '5.00', refund_status: 'REFUND_SUCCESS' };
  test.each([
    [ok(found), succeeded],
    [ok({ ...found, refund_status: undefined }), { t: 'absent' }],
    [ok({ ...found, refund_status: '' }), { t: 'absent' }],
    [ok({ ...found, refund_status: 'REFUND_FAIL' }), unknown('unlisted')],
    [ok({ ...found, out_request_no: 'ref_2' }), { t: 'rejected', code: 'NUMBER_MISMATCH' }],
    [ok({ ...found, out_trade_no: 'pay_2' }), { t: 'rejected', code: 'NUMBER_MISMATCH' }],
    [ok({ ...found, refund_amount: '5.01' }), { t: 'rejected', code: 'AMOUNT_MISMATCH' }],
    [ok({ ...found, refund_amount: undefined }), unknown('unparsable')],
    [no('ACQ.TRADE_NOT_EXIST'), { t: 'absent' }],
  ])('query: %j', (answer, outcome) => expect(refundQuery(answer)).toEqual(outcome));

  test('an accepted refund without a trace is under way; a refused one is not known', () => {
    const processing = { t: 'processing', retryAfterMs: expect.any(Number) };
    expect(refundOutcomeByQuery(ok({ fund_change: 'N' }), { t: 'absent' })).toEqual(processing);
    expect(refundOutcomeByQuery(no('ACQ.TRADE_STATUS_ERROR'), { t: 'absent' })).toEqual(unknown('unlisted'));
    expect(refundOutcomeByQuery(no('ACQ.TRADE_HAS_CLOSE'), { t: 'succeeded', refundId: 'ref_1' })).toEqual(succeeded);
  });
});

test('no table lists a code twice, and none takes anything but 10000 for a success', () => {
  const successes: readonly string[] = ['created', 'trade', 'closed', 'moved', 'refund'];
  for (const table of [CREATE, QUERY, CLOSE, REFUND, REFUND_QUERY]) {
    const keys = table.map(([code, subCode]) => `${code} ${String(subCode)}`);
    expect(new Set(keys).size).toBe(keys.length);
    const good = table.filter(([, , verdict]) => successes.includes(verdict));
    expect(good).toEqual([['10000', null, expect.any(String)]]);
  }
});
