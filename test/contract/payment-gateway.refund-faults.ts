import { type RefundOutcome, type Unknown } from '../../src/domain/payment';
import { type RefundRequest } from '../../src/ports/payment-gateway';
import { type Clause, type GatewayUnderTest, type RefundOp, type SuiteFault } from './gateway-under-test';
import { label, product, TRANSPORT, UNBELIEVED } from './payment-gateway.answers';

const OPS: readonly RefundOp[] = ['refund', 'queryRefund'];
const SUCCEEDED = { t: 'succeeded', refundId: expect.stringMatching(/./) as string };

/** What the product does after an unknown: ask; and only where the gateway knows of none, send the same number again. */
async function settle({ gateway }: GatewayUnderTest, request: RefundRequest): Promise<RefundOutcome> {
  const standing = await gateway.queryRefund(request);
  return standing.t === 'absent' ? gateway.refund(request) : standing;
}

/** Clauses 1, 2 and 6 for refunds: whatever becomes of an answer, one number is one refund. */
export function clauseRefundFaults(clause: Clause): void {
  describe('5. a refund survives what happens to its answers', () => {
    transport(clause);
    forgeries(clause);
    silence(clause);
  });
}

function transport({ under, steps, traits }: Clause): void {
  test.each(product(OPS, TRANSPORT))('%s under %j is unknown; it is refunded once', async (op, [fault, causes]) => {
    const t = under();
    const { ref, request } = await steps.refundable();
    if (op === 'queryRefund') await t.gateway.refund(request);
    await t.fault(op, { name: fault }, ref.merchantNo);
    const outcome = await t.gateway[op](request);
    expect(outcome).toEqual({ t: 'unknown', cause: expect.any(String), retryAfterMs: expect.any(Number) });
    expect(causes).toContain((outcome as Unknown).cause);
    // A stored error that never had an effect is answered for ever: not refunded, and not said to be.
    const stored = traits.errorsAreReplayed && op === 'refund' && fault === 'error_500_before';
    const settled = await settle(t, request);
    if (stored && settled.t === 'unknown') return expect(await t.refunds(ref.merchantNo)).toEqual([]);
    expect(settled).toEqual(SUCCEEDED);
    expect(await t.gateway.queryRefund(request)).toEqual(settled);
    expect(await t.refunds(ref.merchantNo)).toEqual([{ refundNo: request.refundNo, minor: ref.amount.minor }]);
  });
}

function forgeries({ under, steps, traits }: Clause): void {
  if (traits.answerForgeries.length === 0) return;
  test.each(traits.answerForgeries.map((fault): [string, SuiteFault] => [label(fault), fault]))(
    'an answer with %s is not believed, success and absence alike',
    async (_label, fault) => {
      const t = under();
      const { ref, request } = await steps.refundable();
      for (const op of OPS) await t.fault(op, fault, ref.merchantNo);
      expect(await t.gateway.refund(request)).toEqual(UNBELIEVED);
      expect(await t.gateway.queryRefund(request)).toEqual(UNBELIEVED);
      expect(await t.gateway.refund(request)).toEqual(SUCCEEDED);
      expect(await t.refunds(ref.merchantNo)).toHaveLength(1);
    },
  );
}

function silence({ under, steps, traits }: Clause): void {
  test('a silent provider makes the refund unknown; the same number again refunds no second time', async () => {
    const t = under();
    const { ref, request } = await steps.refundable();
    await t.fault('refund', { name: 'timeout_after_effect' }, ref.merchantNo);
    expect(await t.hasty.refund(request)).toMatchObject({ t: 'unknown', cause: 'timeout' });
    const again = await t.gateway.refund(request);
    expect(again).toEqual(SUCCEEDED);
    expect(await t.gateway.queryRefund(request)).toEqual(again);
    expect(await t.refunds(ref.merchantNo)).toEqual([{ refundNo: request.refundNo, minor: ref.amount.minor }]);
  });

  test('a silent provider makes the query of a refund unknown', async () => {
    const t = under();
    const { ref, request } = await steps.refundable();
    const done = await t.gateway.refund(request);
    await t.fault('queryRefund', { name: 'timeout_after_effect' }, ref.merchantNo);
    expect(await t.hasty.queryRefund(request)).toMatchObject({ t: 'unknown', cause: 'timeout' });
    expect(await t.gateway.queryRefund(request)).toEqual(done);
  });

  test('an effect that lands after the answer "error" is found and not repeated', async () => {
    const t = under();
    const { ref, request } = await steps.refundable();
    await t.fault('refund', { name: 'delayed_effect', ms: 1 }, ref.merchantNo);
    expect(await t.gateway.refund(request)).toMatchObject({ t: 'unknown', cause: '5xx' });
    await t.ledgerBecomes(ref.merchantNo, ['created', 'paid', 'refunded']);
    expect(await settle(t, request)).toEqual(SUCCEEDED);
    if (!traits.errorsAreReplayed) expect(await t.gateway.refund(request)).toEqual(SUCCEEDED);
    expect(await t.refunds(ref.merchantNo)).toHaveLength(1);
  });
}
