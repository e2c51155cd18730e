import fc from 'fast-check';
import { type Answer } from '../../../src/adapters/gateway/wechat/http';
import { queryRefundOutcome, refundOutcome } from '../../../src/adapters/gateway/wechat/refund';
import { type RefundRequest } from '../../../src/ports/payment-gateway';

const request: RefundRequest = {
  merchantNo: 'pay_test_1',
  gatewayRef: null,
  transactionId: '4200000000202601010000000001',
  refundNo: 'ref_test_1',
  amount: { minor: 1999, currency: 'CNY' },
  refund: { minor: 500, currency: 'CNY' },
  reason: 'broken',
};
/** As the documentation's example has it. */
const refund = {
  refund_id: '50000000382019052709732678859',
  out_refund_no: request.refundNo,
  transaction_id: request.transactionId,
  out_trade_no: request.merchantNo,
  channel: 'ORIGINAL',
  user_received_account: 'a bank card 0403',
  create_time: '2026-01-01T08:00:00+08:00',
  status: 'SUCCESS',
  funds_account: 'AVAILABLE',
  amount: { total: 1999, refund: 500, payer_total: 1500, payer_refund: 400, currency: 'CNY' },
};
const answer = (status: number, body: unknown = null): Answer => ({ t: 'answer', status, body });
const failure = (status: number, code: string) => answer(status, { code, message: 'in words' });
const unlisted = { t: 'unknown', cause: 'unlisted', retryAfterMs: expect.any(Number) };
const throttled = { t: 'unknown', cause: 'throttled', retryAfterMs: expect.any(Number) };
const unparsable = { t: 'unknown', cause: 'unparsable', retryAfterMs: expect.any(Number) };
const rejected = (code: string) => ({ t: 'rejected', code });

describe.each([
  ['refund', refundOutcome],
  ['queryRefund', queryRefundOutcome],
] as const)('%s', (_op, outcomeOf) => {
  const asked = (change: object) => outcomeOf(answer(200, { ...refund, ...change }), request);

  test.each([
    ['SUCCESS', { t: 'succeeded', refundId: refund.refund_id }],
    ['PROCESSING', { t: 'processing', retryAfterMs: 60_000 }],
    ['CLOSED', { t: 'failed', code: 'CLOSED', next: 'newNumber' }],
    ['ABNORMAL', { t: 'failed', code: 'ABNORMAL', next: 'manual' }],
    ['REFUNDED', unlisted],
    ['success', unlisted],
    ['constructor', unlisted],
  ])('status %s', (status, expected) => expect(asked({ status })).toEqual(expected));

  test.each([
    [{ out_refund_no: 'ref_test_2' }, 'NUMBER_MISMATCH'],
    [{ out_trade_no: 'pay_test_2' }, 'NUMBER_MISMATCH'],
    [{ transaction_id: '42' }, 'NUMBER_MISMATCH'],
    [{ amount: { total: 1999, refund: 501, currency: 'CNY' } }, 'AMOUNT_MISMATCH'],
    [{ amount: { total: 1998, refund: 500, currency: 'CNY' } }, 'AMOUNT_MISMATCH'],
    [{ amount: { total: 1999, refund: 500, currency: 'HKD' } }, 'AMOUNT_MISMATCH'],
  ])('%j is rejected as %s, in every state', (change, code) => {
    for (const status of ['SUCCESS', 'PROCESSING', 'CLOSED', 'ABNORMAL', 'NEW']) {
      expect(asked({ ...change, status })).toEqual(rejected(code));
    }
  });

  test.each([
    [{ out_refund_no: undefined }],
    [{ out_trade_no: undefined }],
    [{ transaction_id: undefined }],
    [{ refund_id: undefined }],
    [{ refund_id: '' }],
    [{ status: undefined }],
    [{ amount: undefined }],
    [{ amount: { total: 1999, refund: 5.5, currency: 'CNY' } }],
    [{ amount: { total: '1999', refund: 500, currency: 'CNY' } }],
  ])('a refund with %j is not readable', (change) => expect(asked(change)).toEqual(unparsable));

  test('without a currency it is CNY, the only one there is', () => {
    expect(asked({ amount: { total: 1999, refund: 500 } })).toMatchObject({ t: 'succeeded' });
  });

  test.each([
    [401, 'SIGN_ERROR', rejected('SIGN_ERROR')],
    [400, 'PARAM_ERROR', rejected('PARAM_ERROR')],
    [400, 'INVALID_REQUEST', rejected('INVALID_REQUEST')],
    [403, 'NO_AUTH', rejected('NO_AUTH')],
    [404, 'MCH_NOT_EXISTS', rejected('MCH_NOT_EXISTS')],
    [403, 'FREQUENCY_LIMITED', throttled],
    [404, 'NOT_FOUND', unlisted],
    [404, 'ORDER_NOT_EXIST', unlisted],
    [400, 'NEW_CODE', unlisted],
    [200, 'SUCCESS', unlisted],
  ])('%d %s', (status, code, expected) => expect(outcomeOf(failure(status, code), request)).toEqual(expected));

  test('an answer without a body tells nothing', () => {
    expect(outcomeOf(answer(200), request)).toEqual(unparsable);
    expect(outcomeOf(answer(204), request)).toEqual(unlisted);
    expect(outcomeOf(answer(404), request)).toEqual(unlisted);
  });

  test('nothing but a whole 200 of our refund is ever a success', () => {
    const status = fc.integer({ min: 100, max: 499 });
    const body = fc.oneof(
      fc.jsonValue(),
      fc.record({ code: fc.constantFrom('SUCCESS', 'OK', 'NOT_ENOUGH') }),
      fc.record({ status: fc.constant('SUCCESS'), out_refund_no: fc.string() }),
    );
    fc.assert(fc.property(status, body, (n, value) => outcomeOf(answer(n, value), request).t !== 'succeeded'));
    const wrong = status.filter((n) => n !== 200);
    fc.assert(fc.property(wrong, (n) => outcomeOf(answer(n, refund), request).t !== 'succeeded'));
  });
});

describe('refused', () => {
  test('for want of balance: nothing was done, and the same number may be sent again after a top-up', () => {
    const outcome = refundOutcome(failure(403, 'NOT_ENOUGH'), request);
    expect(outcome).toEqual({ t: 'unknown', cause: 'unlisted', retryAfterMs: 300_000 });
  });

  test("because the buyer's account takes no money: for a person to settle", () => {
    const outcome = refundOutcome(failure(403, 'USER_ACCOUNT_ABNORMAL'), request);
    expect(outcome).toEqual({ t: 'failed', code: 'USER_ACCOUNT_ABNORMAL', next: 'manual' });
    expect(queryRefundOutcome(failure(403, 'USER_ACCOUNT_ABNORMAL'), request)).toEqual(unlisted);
  });

  test('what does not exist is the payment to a refund, and the refund to its query', () => {
    expect(refundOutcome(failure(404, 'RESOURCE_NOT_EXISTS'), request)).toEqual(rejected('RESOURCE_NOT_EXISTS'));
    expect(queryRefundOutcome(failure(404, 'RESOURCE_NOT_EXISTS'), request)).toEqual({ t: 'absent' });
    expect(queryRefundOutcome(failure(400, 'RESOURCE_NOT_EXISTS'), request)).toEqual(unlisted);
  });
});
