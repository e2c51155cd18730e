import { createPointsGateway } from '../../src/adapters/gateway/points/gateway';
import { type PaymentRef, type RefundRequest } from '../../src/ports/payment-gateway';
import { type PointsPayments } from '../../src/ports/points-store';
import { holdAccount } from '../support/lock';
import { startPointsUnderTest, type PointsUnderTest } from './points-under-test';

const PRICE = 1999;

/** The clauses of `PaymentGateway` that apply where creating a payment is paying it; the suite's own need a provider. */
describe('points as a PaymentGateway', () => {
  let t: PointsUnderTest;
  beforeAll(async () => {
    t = await startPointsUnderTest();
  });
  afterAll(() => t.close());
  afterEach(() => t.expectBooksBalance());

  const paidOf = (ref: PaymentRef) => ({
    transactionId: `pts_${ref.merchantNo}`,
    amount: ref.amount,
    paidAt: expect.stringMatching(/^\d{4}-.*Z$/) as string,
  });
  const refundOf = (ref: PaymentRef, minor = ref.amount.minor, nth = 1): RefundRequest => ({
    merchantNo: ref.merchantNo,
    gatewayRef: null,
    transactionId: `pts_${ref.merchantNo}`,
    refundNo: `ref_${ref.merchantNo}_${nth}`,
    amount: ref.amount,
    refund: { ...ref.amount, minor },
    reason: 'not wanted any more',
  });

  describe('1 and 6. every answer is an outcome, in time', () => {
    const gatewayOver = (store: Partial<PointsPayments>, timeoutMs = 60_000) =>
      createPointsGateway({ store: { ...t.store, ...store }, log: t.log, timeoutMs });

    test('a database that fails is unknown', async () => {
      const down = () => Promise.reject(new Error('no connection'));
      const gateway = gatewayOver({ spend: down, standing: down, close: down, refund: down, findRefund: down });
      const ref = await t.attempt(PRICE);
      const unknown = { t: 'unknown', cause: '5xx', retryAfterMs: expect.any(Number) as number };
      expect(await gateway.createPayment(ref)).toEqual(unknown);
      expect(await gateway.query(ref)).toEqual(unknown);
      expect(await gateway.close(ref)).toEqual(unknown);
      expect(await gateway.refund(refundOf(ref))).toEqual(unknown);
      expect(await gateway.queryRefund(refundOf(ref))).toEqual(unknown);
    });

    test('one that does not answer is unknown within the limit', async () => {
      const gateway = gatewayOver({ close: () => new Promise(() => undefined) }, 20);
      expect(await gateway.close(await t.attempt(PRICE))).toMatchObject({ t: 'unknown', cause: 'timeout' });
    });

    test('a create that had no answer may still take effect, and asking again tells', async () => {
      const ref = await t.attempt(PRICE, { points: PRICE });
      const release = await holdAccount(t.databaseUrl, t.buyerOf(ref));
      const gateway = gatewayOver({}, 20);
      expect(await gateway.createPayment(ref)).toMatchObject({ t: 'unknown', cause: 'timeout' });
      expect(await t.gateway.query(ref)).toEqual({ t: 'pending' });
      await release();
      expect(await t.gateway.createPayment(ref)).toEqual({ t: 'paid', paid: paidOf(ref) });
      expect(await t.balance(ref)).toBe(0);
    });
  });

  describe('creating is paying', () => {
    test('enough points → paid at once, found by query and by close, and spent once however often it is asked', async () => {
      const ref = await t.attempt(PRICE, { points: PRICE + 1 });
      const paid = paidOf(ref);
      const first = await t.gateway.createPayment(ref);
      expect(first).toEqual({ t: 'paid', paid });
      expect(await Promise.all([1, 2, 3].map(() => t.gateway.createPayment(ref)))).toEqual([first, first, first]);
      expect(await t.gateway.query(ref)).toEqual({ t: 'paid', paid, refunded: { minor: 0, currency: 'CNY' } });
      expect(await t.gateway.close(ref)).toEqual({ t: 'paid', paid });
      expect(await t.balance(ref)).toBe(1);
      expect(await t.story(ref)).toEqual(['spend']);
    });

    test('one point too few → rejected, nothing taken; enough later → paid', async () => {
      const ref = await t.attempt(PRICE, { points: PRICE - 1 });
      const rejected = { t: 'rejected', code: 'INSUFFICIENT_POINTS' };
      expect(await t.gateway.createPayment(ref)).toEqual(rejected);
      expect(await t.gateway.query(ref)).toEqual({ t: 'pending' });
      expect(await t.balance(ref)).toBe(PRICE - 1);
      await t.give(ref, 1);
      expect(await t.gateway.createPayment(ref)).toMatchObject({ t: 'paid' });
      expect(await t.balance(ref)).toBe(0);
    });

    test('a buyer who never had points has none', async () => {
      expect(await t.gateway.createPayment(await t.attempt(PRICE))).toMatchObject({ code: 'INSUFFICIENT_POINTS' });
    });

    test('past its expiry it takes no points any more; what was spent before stays spent', async () => {
      const expired = await t.attempt(PRICE, { points: PRICE, expired: true });
      expect(await t.gateway.createPayment(expired)).toEqual({ t: 'rejected', code: 'PAYMENT_EXPIRED' });
      expect(await t.balance(expired)).toBe(PRICE);
      const spent = await t.attempt(PRICE, { points: PRICE });
      await t.gateway.createPayment(spent);
      await t.expire(spent);
      expect(await t.gateway.createPayment(spent)).toEqual({ t: 'paid', paid: paidOf(spent) });
    });

    test('fifty at once from one account that has enough for twenty → twenty paid, never negative', async () => {
      const first = await t.attempt(PRICE, { points: 20 * PRICE + 7 });
      const others = Array.from({ length: 49 }, () => t.attempt(PRICE, { buyerId: t.buyerOf(first) }));
      const refs = [first, ...(await Promise.all(others))];
      const outcomes = await Promise.all(refs.map((ref) => t.gateway.createPayment(ref)));
      expect(outcomes.filter((outcome) => outcome.t === 'paid')).toHaveLength(20);
      expect(
        outcomes.filter((outcome) => outcome.t === 'rejected' && outcome.code === 'INSUFFICIENT_POINTS'),
      ).toHaveLength(30);
      expect(await t.balance(first)).toBe(7);
    });
  });

  describe('3. paid has been checked', () => {
    test.each([
      ['amount', { minor: PRICE - 1, currency: 'CNY' }],
      ['currency', { minor: PRICE, currency: 'JPY' }],
    ])('another %s than the attempt costs is rejected, and takes nothing', async (_what, amount) => {
      const ref = await t.attempt(PRICE, { points: PRICE });
      const wrong = { ...ref, amount };
      const rejected = { t: 'rejected', code: 'AMOUNT_MISMATCH' };
      expect(await t.gateway.createPayment(wrong)).toEqual(rejected);
      expect(await t.balance(ref)).toBe(PRICE);
      await t.gateway.createPayment(ref);
      expect(await t.gateway.createPayment(wrong)).toEqual(rejected);
      expect(await t.gateway.query(wrong)).toEqual(rejected);
      expect(await t.gateway.close(wrong)).toEqual(rejected);
    });
  });

  describe('4. closed is said on proof only', () => {
    test('closed: nothing can be spent any more, however often it is asked', async () => {
      const ref = await t.attempt(PRICE, { points: PRICE });
      expect(await t.gateway.close(ref)).toEqual({ t: 'closed', proof: 'ack' });
      expect(await t.gateway.close(ref)).toEqual({ t: 'closed', proof: 'query' });
      expect(await t.gateway.query(ref)).toEqual({ t: 'closedUnpaid' });
      expect(await t.gateway.createPayment(ref)).toEqual({ t: 'spent', code: 'PAYMENT_CLOSED' });
      expect(await t.balance(ref)).toBe(PRICE);
      expect(await t.story(ref)).toEqual(['close']);
    });

    test('a number that is nobody’s is absent, which proves nothing, and takes nothing', async () => {
      const ref = { ...(await t.attempt(PRICE, { points: PRICE })), merchantNo: 'pay_nobody' };
      const absent = { t: 'absent', payableUntil: null };
      expect(await t.gateway.query(ref)).toEqual(absent);
      expect(await t.gateway.close(ref)).toEqual(absent);
      expect(await t.gateway.createPayment(ref)).toEqual({ t: 'rejected', code: 'PAYMENT_UNKNOWN' });
      expect(await t.gateway.refund(refundOf(ref))).toEqual({ t: 'rejected', code: 'PAYMENT_UNKNOWN' });
    });

    test('create and close at once, held at the account → exactly one wins, and both say so', async () => {
      const refs = await Promise.all(Array.from({ length: 4 }, () => t.attempt(PRICE, { points: PRICE })));
      for (const ref of refs) {
        const release = await holdAccount(t.databaseUrl, t.buyerOf(ref));
        const both = Promise.all([t.gateway.createPayment(ref), t.gateway.close(ref)]);
        await t.untilWaiting(2);
        await release();
        const [created, closed] = await both;
        const wins = created.t === 'paid';
        expect([created.t, closed.t]).toEqual(wins ? ['paid', 'paid'] : ['spent', 'closed']);
        expect(await t.story(ref)).toEqual([wins ? 'spend' : 'close']);
        expect(await t.balance(ref)).toBe(wins ? 0 : PRICE);
      }
    });

    test('the database itself refuses a second settlement', async () => {
      const ref = await t.attempt(PRICE, { points: PRICE });
      await t.gateway.createPayment(ref);
      await expect(t.enterClose(ref)).rejects.toThrow(/merchant_no|unique/i);
      expect(await t.story(ref)).toEqual(['spend']);
    });
  });

  describe('5. a refund number refunds once', () => {
    test('in full: the points are back, by request and by query, and the payment stays paid', async () => {
      const ref = await t.attempt(PRICE, { points: PRICE });
      await t.gateway.createPayment(ref);
      const request = refundOf(ref);
      expect(await t.gateway.queryRefund(request)).toEqual({ t: 'absent' });
      const done = { t: 'succeeded', refundId: `ptr_${request.refundNo}` };
      expect(await Promise.all([1, 2, 3].map(() => t.gateway.refund(request)))).toEqual([done, done, done]);
      expect(await t.gateway.queryRefund(request)).toEqual(done);
      expect(await t.gateway.query(ref)).toEqual({ t: 'paid', paid: paidOf(ref), refunded: ref.amount });
      expect(await t.gateway.close(ref)).toEqual({ t: 'paid', paid: paidOf(ref) });
      expect(await t.balance(ref)).toBe(PRICE);
      expect(await t.story(ref)).toEqual(['spend', 'refund']);
    });

    test('in parts and all at once, never more than was spent', async () => {
      const ref = await t.attempt(10, { points: 10 });
      await t.gateway.createPayment(ref);
      const outcomes = await Promise.all([1, 2, 3, 4, 5].map((nth) => t.gateway.refund(refundOf(ref, 3, nth))));
      expect(outcomes.map((outcome) => outcome.t).sort()).toEqual([
        'rejected',
        'rejected',
        'succeeded',
        'succeeded',
        'succeeded',
      ]);
      expect(outcomes).toContainEqual({ t: 'rejected', code: 'AMOUNT_EXCEEDS_PAID' });
      expect(await t.balance(ref)).toBe(9);
      expect(await t.gateway.query(ref)).toMatchObject({ refunded: { minor: 9, currency: 'CNY' } });
    });

    test('the same number for another amount or payment, another transaction, or what was not paid: rejected', async () => {
      const ref = await t.attempt(10, { points: 10 });
      await t.gateway.createPayment(ref);
      const request = refundOf(ref, 1);
      await t.gateway.refund(request);
      const mismatch = { t: 'rejected', code: 'AMOUNT_MISMATCH' };
      expect(await t.gateway.refund(refundOf(ref, 2))).toEqual(mismatch);
      expect(await t.gateway.queryRefund(refundOf(ref, 2))).toEqual(mismatch);
      expect(await t.gateway.refund({ ...request, refund: { minor: 1, currency: 'JPY' } })).toEqual(mismatch);
      const unpaid = await t.attempt(10, { points: 10 });
      expect(await t.gateway.refund(refundOf(unpaid))).toEqual({ t: 'rejected', code: 'NOT_PAID' });
      const stolen = { ...refundOf(unpaid, 1), refundNo: request.refundNo };
      expect(await t.gateway.refund(stolen)).toEqual({ t: 'rejected', code: 'NUMBER_MISMATCH' });
      expect(await t.gateway.refund({ ...refundOf(ref, 1, 2), transactionId: 'pts_other' })).toEqual({
        t: 'rejected',
        code: 'NUMBER_MISMATCH',
      });
      expect([await t.balance(ref), await t.balance(unpaid)]).toEqual([1, 10]);
    });
  });

  test('nobody notifies: whatever comes is forged, and refused', () => {
    const told = t.gateway.parseNotification({ headers: {}, body: Buffer.from('{"paid":true}') });
    expect(told).toMatchObject({ t: 'forged' });
    expect(t.gateway.notificationReply(false, 'no').status).toBe(401);
  });

  test('the log has operation, number and outcome, and no buyer', async () => {
    const ref = await t.attempt(PRICE, { points: PRICE });
    await t.gateway.createPayment(ref);
    const { merchantNo } = ref;
    expect(t.log.fields).toContainEqual({ gateway: 'points', op: 'create', merchantNo, outcome: 'paid' });
    expect(JSON.stringify(t.log.fields)).not.toContain(t.buyerOf(ref));
  });
});
