import fc from 'fast-check';
import { type Answer } from '../../../src/adapters/gateway/wechat/http';
import {
  closeOutcome,
  closeOutcomeByQuery,
  createOutcome,
  queryOutcome,
} from '../../../src/adapters/gateway/wechat/outcomes';
import { normalise } from '../../../src/adapters/gateway/wechat/tables';
import { type QueryOutcome } from '../../../src/domain/payment';

const merchant = { mchid: '1900009191', appid: 'wx1234567890abcdef' };
const ref = {
  merchantNo: 'pay_test_1',
  gatewayRef: null,
  description: 'A pot of tea',
  amount: { minor: 1999, currency: 'CNY' },
  expiresAt: '2026-01-01T00:30:00.000Z',
};
const answer = (status: number, body: unknown = null): Answer => ({ t: 'answer', status, body });
const failure = (status: number, code: string) => answer(status, { code, message: 'in words' });
const absent = { t: 'absent', payableUntil: ref.expiresAt };
const none = { minor: 0, currency: 'CNY' };
const byCode = { by: 'code', payUrl: 'https://cashier/pay/1' } as const;
const unlisted = { t: 'unknown', cause: 'unlisted', retryAfterMs: expect.any(Number) };
const throttled = { t: 'unknown', cause: 'throttled', retryAfterMs: expect.any(Number) };
const unparsable = { t: 'unknown', cause: 'unparsable', retryAfterMs: expect.any(Number) };

describe('close', () => {
  test.each([
    [204, null, { t: 'closed', proof: 'ack' }],
    [202, 'USERPAYING', { t: 'paying', retryAfterMs: expect.any(Number) }],
    [400, 'USER_PAYING', { t: 'paying', retryAfterMs: expect.any(Number) }],
    [404, 'ORDERNOTEXIST', absent],
    [404, 'ORDER_NOT_EXIST', absent],
    [400, 'ORDER_CLOSED', 'askQuery'],
    [400, 'ORDERCLOSED', 'askQuery'],
    [400, 'ORDERPAID', 'askQuery'],
    [400, 'ORDER_PAID', 'askQuery'],
    [403, 'TRADE_ERROR', 'askQuery'],
    [400, 'INVALID_REQUEST', 'askQuery'],
    [403, 'RULE_LIMIT', 'askQuery'],
    [403, 'RULELIMIT', 'askQuery'],
    [401, 'SIGN_ERROR', { t: 'rejected', code: 'SIGN_ERROR' }],
    [401, 'ANYTHING', { t: 'rejected', code: 'ANYTHING' }],
    [400, 'PARAM_ERROR', { t: 'rejected', code: 'PARAM_ERROR' }],
    [403, 'NO_AUTH', { t: 'rejected', code: 'NO_AUTH' }],
    [403, 'FREQUENCY_LIMITED', throttled],
    [400, 'NEW_CODE', unlisted],
    [404, 'NOT_FOUND', unlisted],
    [400, 'ORDERNOTEXIST', unlisted],
    [200, 'USERPAYING', unlisted],
    [200, null, unlisted],
    [202, null, unlisted],
    [302, null, unlisted],
    [400, null, unlisted],
  ])('%d %s', (status, code, expected) => {
    expect(closeOutcome(code === null ? answer(status) : failure(status, code), ref)).toEqual(expected);
  });

  test('no answer but a bare 204 is ever "closed"', () => {
    const status = fc.integer({ min: 100, max: 499 }).filter((n) => n !== 204);
    const code = fc.oneof(fc.string(), fc.constantFrom('SUCCESS', 'OK', 'CLOSED', 'ORDER_CLOSED'));
    fc.assert(
      fc.property(status, fc.oneof(fc.record({ code }), fc.jsonValue()), (n, body) => {
        const outcome = closeOutcome(answer(n, body), ref);
        return outcome === 'askQuery' || outcome.t !== 'closed';
      }),
    );
  });

  const paid = { transactionId: '42', amount: ref.amount, paidAt: '2026-01-01T00:00:00.000Z' };
  test.each<[QueryOutcome, object]>([
    [{ t: 'closedUnpaid' }, { t: 'closed', proof: 'query' }],
    [
      { t: 'paid', paid, refunded: none },
      { t: 'paid', paid, refunded: none },
    ],
    [{ t: 'paying' }, { t: 'paying', retryAfterMs: expect.any(Number) }],
    [{ t: 'pending' }, unlisted],
    [{ t: 'absent', payableUntil: ref.expiresAt }, absent],
    [
      { t: 'unknown', cause: 'timeout', retryAfterMs: 7 },
      { t: 'unknown', cause: 'timeout', retryAfterMs: 7 },
    ],
    [
      { t: 'rejected', code: 'AMOUNT_MISMATCH' },
      { t: 'rejected', code: 'AMOUNT_MISMATCH' },
    ],
  ])('refused, and the query says %j', (found, expected) => {
    expect(closeOutcomeByQuery(found)).toEqual(expected);
  });
});

describe('create', () => {
  test.each([
    [400, 'ORDER_CLOSED', { t: 'spent', code: 'ORDER_CLOSED' }],
    [400, 'ORDERPAID', { t: 'spent', code: 'ORDERPAID' }],
    [403, 'OUT_TRADE_NO_USED', { t: 'spent', code: 'OUT_TRADE_NO_USED' }],
    [400, 'PARAM_ERROR', { t: 'rejected', code: 'PARAM_ERROR' }],
    [400, 'INVALID_REQUEST', { t: 'rejected', code: 'INVALID_REQUEST' }],
    [400, 'APPID_MCHID_NOT_MATCH', { t: 'rejected', code: 'APPID_MCHID_NOT_MATCH' }],
    [400, 'MCH_NOT_EXISTS', { t: 'rejected', code: 'MCH_NOT_EXISTS' }],
    [401, 'SIGN_ERROR', { t: 'rejected', code: 'SIGN_ERROR' }],
    [403, 'NO_AUTH', { t: 'rejected', code: 'NO_AUTH' }],
    [403, 'RATELIMIT_EXCEEDED', throttled],
    [403, 'TRADE_ERROR', unlisted],
    [204, null, unlisted],
  ])('%d %s', (status, code, expected) => {
    expect(createOutcome(code === null ? answer(status) : failure(status, code), byCode)).toEqual(expected);
  });

  test('a 200 is a payment only with its code', () => {
    const created = createOutcome(answer(200, { code_url: 'weixin://wxpay/bizpayurl?pr=abc' }), byCode);
    expect(created).toEqual({
      t: 'created',
      codeUrl: 'weixin://wxpay/bizpayurl?pr=abc',
      payUrl: 'https://cashier/pay/1',
      gatewayRef: null,
    });
    for (const body of [null, {}, { code_url: '' }, { prepay_id: 'wx1' }, []]) {
      expect(createOutcome(answer(200, body), byCode)).toEqual(unparsable);
    }
  });
});

describe('query', () => {
  const success = {
    ...merchant,
    out_trade_no: ref.merchantNo,
    trade_state: 'SUCCESS',
    transaction_id: '4200000000202601010000000001',
    success_time: '2026-01-01T08:00:00+08:00',
    amount: { total: 1999, payer_total: 1500, currency: 'CNY', payer_currency: 'CNY' },
    payer: { openid: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o' },
  };
  const asked = (change: object) => queryOutcome(answer(200, { ...success, ...change }), ref, merchant);
  const paid = {
    t: 'paid',
    paid: { transactionId: success.transaction_id, amount: ref.amount, paidAt: '2026-01-01T00:00:00.000Z' },
    refunded: none,
  };

  test.each([
    ['SUCCESS', paid],
    ['REFUND', paid],
    ['NOTPAY', { t: 'pending' }],
    ['PAYERROR', { t: 'pending' }],
    ['REVOKED', { t: 'pending' }],
    ['USERPAYING', { t: 'paying' }],
    ['CLOSED', { t: 'closedUnpaid' }],
    ['ACCEPT', unlisted],
    ['success', unlisted],
    ['constructor', unlisted],
  ])('%s', (trade_state, expected) => expect(asked({ trade_state })).toEqual(expected));

  test.each([
    [{ mchid: '1900009192' }, 'MERCHANT_MISMATCH'],
    [{ appid: 'wx0' }, 'MERCHANT_MISMATCH'],
    [{ out_trade_no: 'pay_test_2' }, 'NUMBER_MISMATCH'],
    [{ amount: { total: 1998, currency: 'CNY' } }, 'AMOUNT_MISMATCH'],
    [{ amount: { total: 2000, currency: 'CNY' } }, 'AMOUNT_MISMATCH'],
    [{ amount: { total: 1999, currency: 'HKD' } }, 'AMOUNT_MISMATCH'],
  ])('%j is rejected as %s', (change, code) => {
    expect(asked(change)).toEqual({ t: 'rejected', code });
  });

  test('another payment is never "closed" of ours', () => {
    for (const change of [{ mchid: '1' }, { appid: 'wx0' }, { out_trade_no: 'pay_test_2' }]) {
      expect(asked({ ...change, trade_state: 'CLOSED' })).toMatchObject({ t: 'rejected' });
    }
  });

  test.each([
    [{ transaction_id: undefined }],
    [{ transaction_id: '' }],
    [{ success_time: undefined }],
    [{ success_time: 'yesterday' }],
    [{ success_time: '2026-01-01T08:00:00' }],
    [{ amount: undefined }],
    [{ amount: { total: 19.99, currency: 'CNY' } }],
    [{ amount: { total: '1999', currency: 'CNY' } }],
    [{ trade_state: undefined }],
    [{ mchid: undefined }],
  ])('a success with %j is not readable', (change) => expect(asked(change)).toEqual(unparsable));

  test('without a currency it is CNY, the only one there is', () => {
    expect(asked({ amount: { total: 1999 } })).toEqual(paid);
  });

  test.each([
    [404, 'ORDERNOTEXIST', absent],
    [404, 'ORDER_NOT_EXIST', absent],
    [404, 'NOT_FOUND', unlisted],
    [401, 'SIGN_ERROR', { t: 'rejected', code: 'SIGN_ERROR' }],
    [400, 'PARAM_ERROR', { t: 'rejected', code: 'PARAM_ERROR' }],
    [400, 'INVALID_REQUEST', { t: 'rejected', code: 'INVALID_REQUEST' }],
    [403, 'TRADE_ERROR', unlisted],
    [403, 'FREQUENCY_LIMITED', throttled],
    [200, 'SUCCESS', unlisted],
  ])('%d %s', (status, code, expected) => {
    expect(queryOutcome(failure(status, code), ref, merchant)).toEqual(expected);
  });

  test('an empty answer tells nothing', () => {
    expect(queryOutcome(answer(200), ref, merchant)).toEqual(unparsable);
    expect(queryOutcome(answer(204), ref, merchant)).toEqual(unlisted);
  });
});

test('codes are compared without separators and case', () => {
  expect(['ORDER_NOT_EXIST', 'ORDERNOTEXIST', 'order-not-exist'].map(normalise)).toEqual(
    Array.from({ length: 3 }, () => 'ORDERNOTEXIST'),
  );
});
