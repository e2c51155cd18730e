import { type RefundRequest } from '../../src/ports/payment-gateway';
import { type Clause } from './gateway-under-test';

/** Longer than any test: what is held so long comes only by a release. */
const HOUR_MS = 3_600_000;

const SUCCEEDED = { t: 'succeeded', refundId: expect.stringMatching(/./) as string };
const PROCESSING = { t: 'processing', retryAfterMs: expect.any(Number) as number };

/** The same payment's refund of another amount under another number. */
const part = (request: RefundRequest, nth: number, minor: number): RefundRequest => ({
  ...request,
  refundNo: `${request.refundNo}_${nth}`,
  refund: { ...request.refund, minor },
});

/** Clause 5: what a refund does. */
export function clauseRefunds(clause: Clause): void {
  describe('5. a refund number refunds once', () => {
    wholeAndParts(clause);
    repeated(clause);
    refusals(clause);
    ends(clause);
  });
}

function wholeAndParts({ under, steps, traits }: Clause): void {
  test('in full: succeeded, by request and by query, and the payment stays paid', async () => {
    const t = under();
    const { ref, request } = await steps.refundable();
    const done = await t.gateway.refund(request);
    expect(done).toEqual(SUCCEEDED);
    expect(await t.gateway.queryRefund(request)).toEqual(done);
    expect(await t.refunds(ref.merchantNo)).toEqual([{ refundNo: request.refundNo, minor: ref.amount.minor }]);
    const { transactionId } = request;
    const refunded = traits.tellsRefunded ? ref.amount : { ...ref.amount, minor: 0 };
    expect(await t.gateway.query(ref)).toMatchObject({
      t: 'paid',
      paid: { transactionId, amount: ref.amount },
      refunded,
    });
    expect(await t.gateway.close(ref)).toMatchObject({ t: 'paid', paid: { transactionId, amount: ref.amount } });
  });

  test('in parts: each number once, up to what was paid and no further', async () => {
    const t = under();
    const { ref, request } = await steps.refundable();
    const { minor } = ref.amount;
    const [first, second, over] = [part(request, 1, 1), part(request, 2, minor - 2), part(request, 3, 2)];
    const refunded = (sum: number) => ({ ...ref.amount, minor: traits.tellsRefunded === true ? sum : 0 });
    const firstDone = await t.gateway.refund(first);
    expect(firstDone).toEqual(SUCCEEDED);
    expect(await t.gateway.query(ref)).toMatchObject({ t: 'paid', refunded: refunded(1) });
    expect(await t.gateway.refund(second)).toEqual(SUCCEEDED);
    expect(await t.gateway.refund(over)).toMatchObject({ t: 'rejected' });
    expect(await t.gateway.queryRefund(first)).toEqual(firstDone);
    expect(await t.gateway.queryRefund(over)).toEqual({ t: 'absent' });
    expect(await t.gateway.query(ref)).toMatchObject({ t: 'paid', refunded: refunded(minor - 1) });
    expect(await t.refunds(ref.merchantNo)).toEqual([
      { refundNo: first.refundNo, minor: 1 },
      { refundNo: second.refundNo, minor: minor - 2 },
    ]);
  });
}

function repeated({ under, steps }: Clause): void {
  test('the same number again is the same refund, also all at once', async () => {
    const t = under();
    const { ref, request } = await steps.refundable();
    const done = await t.gateway.refund(request);
    expect(await t.gateway.refund(request)).toEqual(done);
    const other = await steps.refundable();
    const outcomes = await Promise.all([1, 2, 3].map(() => t.gateway.refund(other.request)));
    // A provider may refuse to serve two at once, but not say that it failed.
    for (const { t: outcome } of outcomes) expect(['succeeded', 'processing', 'unknown']).toContain(outcome);
    expect(await t.gateway.refund(other.request)).toEqual(SUCCEEDED);
    expect(await t.refunds(ref.merchantNo)).toHaveLength(1);
    expect(await t.refunds(other.ref.merchantNo)).toHaveLength(1);
  });

  test('the same number with another amount is rejected', async () => {
    const t = under();
    const { ref, request } = await steps.refundable();
    const first = { ...request, refund: { ...request.refund, minor: 1 } };
    expect(await t.gateway.refund(first)).toEqual(SUCCEEDED);
    const other = { ...request, refund: { ...request.refund, minor: 2 } };
    expect(await t.gateway.refund(other)).toMatchObject({ t: 'rejected' });
    expect(await t.gateway.queryRefund(other)).toMatchObject({ t: 'rejected' });
    expect(await t.refunds(ref.merchantNo)).toEqual([{ refundNo: request.refundNo, minor: 1 }]);
  });
}

function refusals({ under, steps }: Clause): void {
  test('nothing is refunded of what was not paid', async () => {
    const t = under();
    const { request } = await steps.refundable();
    const unpaid = await steps.offered();
    const { merchantNo, gatewayRef } = unpaid;
    const wrong = { ...request, merchantNo, gatewayRef, refundNo: `ref_${merchantNo}` };
    expect(await t.gateway.refund(wrong)).toMatchObject({ t: 'rejected' });
    expect(await t.refunds(merchantNo)).toEqual([]);
    expect(await t.refunds(request.merchantNo)).toEqual([]);
  });

  test('a number that was never sent is absent', async () => {
    const { request } = await steps.refundable();
    expect(await under().gateway.queryRefund(request)).toEqual({ t: 'absent' });
  });
}

function ends({ under, steps, traits }: Clause): void {
  if (traits.refundEnds.includes('refund_processing')) {
    test('processing is no success, until it is one', async () => {
      const t = under();
      const { ref, request } = await steps.refundable();
      const release = await t.fault('refund', { name: 'refund_processing', ms: HOUR_MS }, ref.merchantNo);
      expect(await t.gateway.refund(request)).toEqual(PROCESSING);
      expect(await t.gateway.refund(request)).toEqual(PROCESSING);
      expect(await t.gateway.queryRefund(request)).toEqual(PROCESSING);
      expect(await t.refunds(ref.merchantNo)).toEqual([]);
      await release();
      const done = await t.gateway.queryRefund(request);
      expect(done).toEqual(SUCCEEDED);
      expect(await t.gateway.refund(request)).toEqual(done);
      expect(await t.refunds(ref.merchantNo)).toEqual([{ refundNo: request.refundNo, minor: ref.amount.minor }]);
    });
  }

  const failures = [
    ['refund_abnormal', 'manual'],
    ['refund_closed', 'newNumber'],
  ] as const;
  const applying = failures.filter(([fault]) => traits.refundEnds.includes(fault));
  if (applying.length === 0) return;
  test.each(applying)('%s is a failure, next: %s', async (fault, next) => {
    const t = under();
    const { ref, request } = await steps.refundable();
    const release = await t.fault('refund', { name: fault, ms: HOUR_MS }, ref.merchantNo);
    expect(await t.gateway.refund(request)).toEqual(PROCESSING);
    await release();
    const failed = { t: 'failed', code: expect.stringMatching(/./), next };
    expect(await t.gateway.queryRefund(request)).toEqual(failed);
    expect(await t.gateway.refund(request)).toEqual(failed);
    expect(await t.gateway.query(ref)).toMatchObject({ t: 'paid', refunded: { ...ref.amount, minor: 0 } });
    expect(await t.refunds(ref.merchantNo)).toEqual([]);
    if (next !== 'newNumber') return;
    const another = { ...request, refundNo: `${request.refundNo}_again` };
    expect(await t.gateway.refund(another)).toEqual(SUCCEEDED);
    expect(await t.refunds(ref.merchantNo)).toEqual([{ refundNo: another.refundNo, minor: ref.amount.minor }]);
  });
}
