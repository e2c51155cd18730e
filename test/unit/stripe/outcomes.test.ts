import {
  intentBody,
  intentOutcome,
  read,
  sessionBody,
  sessionOutcome,
} from '../../../src/adapters/gateway/stripe/objects';
import { CLOSE, CREATE, look, QUERY, REFUND } from '../../../src/adapters/gateway/stripe/outcomes';
import { intent, REF, session } from './support';

const ofIntent = (changes: object) => {
  const body = read(intentBody, intent(changes));
  return body && intentOutcome(body, REF, false);
};
const ofSession = (changes: object) => {
  const body = read(sessionBody, session(changes));
  return body && sessionOutcome(body, REF, false);
};
const PAID = { transactionId: 'pi_1', amount: REF.amount, paidAt: '2026-01-01T00:00:00.000Z' };
const NOTHING_BACK = { minor: 0, currency: 'CNY' };

describe('a PaymentIntent', () => {
  test.each([
    ['requires_payment_method', { t: 'pending' }],
    ['requires_confirmation', { t: 'pending' }],
    ['requires_action', { t: 'pending' }],
    ['requires_capture', { t: 'pending' }],
    ['processing', { t: 'paying' }],
    ['canceled', { t: 'closedUnpaid' }],
    ['succeeded', { t: 'paid', paid: PAID, refunded: NOTHING_BACK }],
    ['toString', { t: 'unknown', cause: 'unlisted', retryAfterMs: expect.any(Number) }],
    ['settled', { t: 'unknown', cause: 'unlisted', retryAfterMs: expect.any(Number) }],
  ])('%s', (status, outcome) => expect(ofIntent({ status })).toEqual(outcome));

  test.each([
    [{ amount_received: 1998 }, 'AMOUNT_MISMATCH'],
    [{ currency: 'usd' }, 'AMOUNT_MISMATCH'],
    [{ metadata: { merchantNo: 'pay_test_2' } }, 'NUMBER_MISMATCH'],
    [{ metadata: {} }, 'NUMBER_MISMATCH'],
    [{ livemode: true }, 'MERCHANT_MISMATCH'],
    [{ livemode: true, status: 'canceled' }, 'MERCHANT_MISMATCH'],
    [{ metadata: {}, status: 'canceled' }, 'NUMBER_MISMATCH'],
  ])('%j is rejected', (changes, code) => expect(ofIntent(changes)).toEqual({ t: 'rejected', code }));

  test('what has gone back is told', () => {
    const latest_charge = { id: 'ch_1', created: 1767225600, amount_refunded: 700 };
    expect(ofIntent({ latest_charge })).toMatchObject({ t: 'paid', refunded: { minor: 700, currency: 'CNY' } });
  });

  test('paid without its charge is not readable', () => {
    expect(ofIntent({ latest_charge: 'ch_1' })).toMatchObject({ t: 'unknown', cause: 'unparsable' });
  });
});

describe('a Checkout session', () => {
  const processing = intent({ status: 'processing', latest_charge: null });
  const canceled = intent({ status: 'canceled', latest_charge: null });
  const requires = intent({ status: 'requires_payment_method', latest_charge: null });
  // What checkout.session.async_payment_failed leaves behind; and a voucher that the buyer may still pay at the counter.
  const failed = { ...requires, last_payment_error: { code: 'payment_intent_payment_attempt_failed' } };
  const voucher = { ...failed, status: 'requires_action' };
  test.each([
    ['open', 'unpaid', null, 'pending'],
    ['complete', 'unpaid', processing, 'paying'],
    ['complete', 'unpaid', requires, 'paying'],
    ['complete', 'unpaid', failed, 'closedUnpaid'],
    ['complete', 'unpaid', voucher, 'paying'],
    ['open', 'unpaid', failed, 'pending'],
    ['complete', 'unpaid', null, 'paying'],
    ['complete', 'unpaid', canceled, 'closedUnpaid'],
    ['complete', 'paid', intent(), 'paid'],
    ['complete', 'paid', processing, 'unknown'],
    ['complete', 'paid', canceled, 'unknown'],
    ['complete', 'paid', null, 'unknown'],
    ['complete', 'paid', 'pi_1', 'unknown'],
    ['complete', 'no_payment_required', null, 'unknown'],
    ['expired', 'unpaid', null, 'closedUnpaid'],
    ['expired', 'unpaid', canceled, 'closedUnpaid'],
    ['expired', 'unpaid', intent(), 'paid'],
    ['expired', 'unpaid', processing, 'paying'],
    ['expired', 'paid', intent(), 'paid'],
    ['open', 'paid', intent(), 'unknown'],
    ['archived', 'unpaid', null, 'unknown'],
  ])('%s and %s: as its intent allows', (status, payment_status, payment_intent, t) =>
    expect(ofSession({ status, payment_status, payment_intent })).toMatchObject({ t }),
  );

  test('is checked itself, and its intent too', () => {
    expect(ofSession({ livemode: true })).toEqual({ t: 'rejected', code: 'MERCHANT_MISMATCH' });
    expect(ofSession({ metadata: null })).toEqual({ t: 'rejected', code: 'NUMBER_MISMATCH' });
    const changes = { status: 'complete', payment_status: 'paid', payment_intent: intent({ amount_received: 1 }) };
    expect(ofSession(changes)).toEqual({ t: 'rejected', code: 'AMOUNT_MISMATCH' });
  });
});

describe('errors', () => {
  const error = (status: number, code: string | null, type = 'invalid_request_error') =>
    ({ t: 'error', status, type, code, param: null }) as const;

  test.each([
    [401, null, { create: 'rejected', query: 'rejected', close: 'rejected', refund: 'rejected' }],
    [403, null, { create: 'rejected', query: 'rejected', close: 'rejected', refund: 'rejected' }],
    [
      409,
      'idempotency_key_in_use',
      { create: 'throttled', query: 'throttled', close: 'throttled', refund: 'throttled' },
    ],
    [400, 'rate_limit', { create: 'throttled', query: 'throttled', close: 'throttled', refund: 'throttled' }],
    [404, 'resource_missing', { create: null, query: 'rejected', close: 'rejected', refund: 'rejected' }],
    [
      400,
      'payment_intent_unexpected_state',
      { create: 'rejected', query: 'rejected', close: 'askQuery', refund: 'rejected' },
    ],
    [400, 'charge_already_refunded', { create: 'rejected', query: 'rejected', close: 'askQuery', refund: 'manual' }],
    [400, 'charge_disputed', { create: 'rejected', query: 'rejected', close: 'askQuery', refund: 'manual' }],
    [400, 'balance_insufficient', { create: 'rejected', query: 'rejected', close: 'askQuery', refund: 'newNumber' }],
    [402, 'card_declined', { create: null, query: null, close: null, refund: null }],
    [418, null, { create: null, query: null, close: null, refund: null }],
  ])('%d %s', (status, code, verdicts) => {
    const failure = error(status, code);
    const looked = {
      create: look(CREATE, failure),
      query: look(QUERY, failure),
      close: look(CLOSE, failure),
      refund: look(REFUND, failure),
    };
    expect(looked).toEqual(verdicts);
  });

  test('a key that stands for another request is refused, where there are keys', () => {
    const failure = error(400, null, 'idempotency_error');
    expect([look(CREATE, failure), look(REFUND, failure), look(CLOSE, failure)]).toEqual([
      'rejected',
      'rejected',
      null,
    ]);
  });
});
