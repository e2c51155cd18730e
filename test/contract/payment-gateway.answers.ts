import { type Unknown } from '../../src/domain/payment';
import { type Clause, CLOSED, type SuiteFault, type SuiteOp } from './gateway-under-test';

const OPS: readonly SuiteOp[] = ['create', 'query', 'close'];

/**
 * What each fault of the transport is taken for. Breaking off in the head leaves no answer, in the body an unreadable
 * one; where the signature is a part of the body, it may be the first thing that is missed.
 */
export const TRANSPORT: readonly (readonly [fault: string, causes: readonly Unknown['cause'][]])[] = [
  ['drop_before_effect', ['timeout']],
  ['reset', ['timeout']],
  ['error_500_before', ['5xx']],
  ['error_500_after', ['5xx']],
  ['throttled_429', ['throttled']],
  ['html_body', ['unparsable', 'badSignature']],
  ['truncated_body', ['unparsable', 'timeout', 'badSignature']],
];

export const label = (fault: SuiteFault): string =>
  fault.ms === undefined ? fault.name : `${fault.name} ${fault.ms} ms`;
export const product = <A, B>(as: readonly A[], bs: readonly B[]): [A, B][] =>
  as.flatMap((a) => bs.map((b): [A, B] => [a, b]));

/** An answer that was not believed. */
export const UNBELIEVED = { t: 'unknown', cause: 'badSignature', retryAfterMs: expect.any(Number) as number };

/** Clause 1. */
export function clauseOutcomes({ under, steps, traits }: Clause): void {
  describe('1. every answer is an outcome', () => {
    test.each(product(OPS, TRANSPORT))(
      '%s under %j is unknown, and asking again mends it',
      async (op, [fault, causes]) => {
        const t = under();
        const ref = await steps.ready(op);
        await t.fault(op, { name: fault }, ref.merchantNo);
        const outcome = await steps.ask(t.gateway, op, ref);
        expect(outcome).toEqual({ t: 'unknown', cause: expect.any(String), retryAfterMs: expect.any(Number) });
        expect(causes).toContain((outcome as Unknown).cause);
        const again = await steps.ask(t.gateway, op, ref);
        // A stored error is answered for ever; it must not turn into anything worse.
        const stored = traits.errorsAreReplayed && op === 'create' && fault.startsWith('error_500');
        if (stored) expect([steps.healthy[op], 'unknown']).toContain(again.t);
        else expect(again).toMatchObject({ t: steps.healthy[op] });
      },
    );

    test(`query and close of a number that the provider never saw: ${traits.unheard}`, async () => {
      const ref = under().newRequest();
      const absent = { t: 'absent', payableUntil: ref.expiresAt };
      const made = traits.unheard === 'created';
      expect(await under().gateway.query(ref)).toEqual(made ? { t: 'pending' } : absent);
      expect(await under().gateway.close(ref)).toEqual(made ? CLOSED : absent);
    });

    test('a created payment is known at once, or absent and payable until its expiry', async () => {
      const t = under();
      const ref = t.newRequest();
      await t.gateway.createPayment(ref);
      const absent = { t: 'absent', payableUntil: ref.expiresAt };
      expect(await t.gateway.query(ref)).toEqual(traits.createdIsKnown ? { t: 'pending' } : absent);
      expect(await t.gateway.close(ref)).toEqual(traits.createdIsKnown ? CLOSED : absent);
      // What "absent" is worth: the credential is out, and the buyer can still use it.
      expect(await t.pay(ref.merchantNo)).toEqual(traits.createdIsKnown ? null : expect.stringMatching(/./));
    });
  });
}

/** Clause 2. */
export function clauseSignatures({ under, steps, traits }: Clause): void {
  const { answerForgeries, answersAreDated } = traits;
  if (answerForgeries.length === 0) return;
  describe('2. an answer that does not verify is unknown', () => {
    test.each(product(OPS, answerForgeries))('%s with %j', async (op, fault) => {
      const t = under();
      const ref = await steps.ready(op);
      await t.fault(op, fault, ref.merchantNo);
      expect(await steps.ask(t.gateway, op, ref)).toEqual(UNBELIEVED);
    });

    test.each(answerForgeries.map((fault): [string, SuiteFault] => [label(fault), fault]))(
      'refusals and absences with %s',
      async (_label, fault) => {
        const t = under();
        const unheard = t.newRequest();
        const paid = await steps.offered();
        await t.pay(paid.merchantNo);
        for (const op of OPS) await t.fault(op, fault, paid.merchantNo);
        for (const op of ['query', 'close'] as const) await t.fault(op, fault, unheard.merchantNo);
        expect(await t.gateway.createPayment(paid)).toEqual(UNBELIEVED);
        expect(await t.gateway.close(paid)).toEqual(UNBELIEVED);
        expect(await t.gateway.query(paid)).toEqual(UNBELIEVED);
        expect(await t.gateway.query(unheard)).toEqual(UNBELIEVED);
        expect(await t.gateway.close(unheard)).toEqual(UNBELIEVED);
      },
    );

    if (!answersAreDated) return;
    test.each([290_000, -290_000])('a clock that is %d ms off is still believed', async (ms) => {
      const t = under();
      const ref = await steps.offered();
      for (const op of ['query', 'close'] as const) await t.fault(op, { name: 'clock_skew', ms }, ref.merchantNo);
      expect(await t.gateway.query(ref)).toEqual({ t: 'pending' });
      expect(await t.gateway.close(ref)).toEqual(CLOSED);
    });
  });
}

/** Clause 6. */
export function clauseLimits({ under, steps, traits }: Clause): void {
  describe('6. every call ends, and may be repeated', () => {
    test.each(['query', 'close'] as const)('a silent provider makes %s unknown; the repeat tells', async (op) => {
      const t = under();
      const ref = await steps.offered();
      await t.fault(op, { name: 'timeout_after_effect' }, ref.merchantNo);
      expect(await steps.ask(t.hasty, op, ref)).toMatchObject({ t: 'unknown', cause: 'timeout' });
      await t.ledgerBecomes(ref.merchantNo, op === 'close' ? ['created', 'closed'] : ['created']);
      expect(await steps.ask(t.gateway, op, ref)).toMatchObject({ t: steps.healthy[op] });
    });

    test('a silent provider makes create unknown; the repeat issues the credential, of one payment', async () => {
      const t = under();
      const ref = t.newRequest();
      await t.fault('create', { name: 'timeout_after_effect' }, ref.merchantNo);
      expect(await t.hasty.createPayment(ref)).toMatchObject({ t: 'unknown', cause: 'timeout' });
      if (traits.createdIsKnown) await t.ledgerBecomes(ref.merchantNo, ['created']);
      expect(await t.gateway.createPayment(ref)).toMatchObject({ t: 'created' });
      await t.offer?.(ref);
      expect(await t.ledger(ref.merchantNo)).toEqual(['created']);
    });

    test('an attempt whose create was never answered is found, and closed, all the same', async () => {
      const t = under();
      const ref = t.newRequest();
      await t.fault('create', { name: 'timeout_after_effect' }, ref.merchantNo);
      expect(await t.hasty.createPayment(ref)).toMatchObject({ t: 'unknown', cause: 'timeout' });
      if (traits.createdIsKnown) await t.ledgerBecomes(ref.merchantNo, ['created']);
      await t.offer?.(ref);
      expect(await t.gateway.query(ref)).toEqual({ t: 'pending' });
      expect(await t.gateway.close(ref)).toEqual(CLOSED);
      expect(await t.ledger(ref.merchantNo)).toEqual(['created', 'closed']);
    });

    test('an effect that lands after the answer "error" is found', async () => {
      const t = under();
      const ref = await steps.offered();
      await t.fault('close', { name: 'delayed_effect', ms: 1 }, ref.merchantNo);
      expect(await t.gateway.close(ref)).toMatchObject({ t: 'unknown', cause: '5xx' });
      await t.ledgerBecomes(ref.merchantNo, ['created', 'closed']);
      expect(await t.gateway.close(ref)).toEqual(CLOSED);
    });

    test('the same create issues the same credential again and makes no second payment', async () => {
      const t = under();
      const ref = t.newRequest();
      const first = await t.gateway.createPayment(ref);
      expect(first).toMatchObject({ t: 'created' });
      expect(await t.gateway.createPayment(ref)).toEqual(first);
      await t.offer?.(ref);
      expect(await t.ledger(ref.merchantNo)).toEqual(['created']);
    });

    test('another amount under the same number is rejected', async () => {
      const ref = await steps.offered();
      const other = { ...ref, amount: { ...ref.amount, minor: ref.amount.minor + 1 } };
      expect(await under().gateway.createPayment(other)).toMatchObject({ t: 'rejected' });
    });
  });
}
