import { type Unknown } from '../../src/domain/payment';
import { type GatewayUnderTest, type Steps, type SuiteFault, type SuiteOp } from './gateway-under-test';

const OPS: readonly SuiteOp[] = ['create', 'query', 'close'];

/** What each fault of the transport is taken for. Breaking off in the head leaves no answer, in the body an unreadable one. */
const TRANSPORT: readonly (readonly [fault: string, causes: readonly Unknown['cause'][]])[] = [
  ['drop_before_effect', ['timeout']],
  ['reset', ['timeout']],
  ['error_500_before', ['5xx']],
  ['error_500_after', ['5xx']],
  ['throttled_429', ['throttled']],
  ['html_body', ['unparsable']],
  ['truncated_body', ['unparsable', 'timeout']],
];

const FORGERIES: readonly SuiteFault[] = [
  { name: 'bad_signature' },
  { name: 'missing_signature' },
  { name: 'unknown_serial' },
  { name: 'clock_skew', ms: 301_000 },
  { name: 'clock_skew', ms: -301_000 },
];

const label = (fault: SuiteFault): string => (fault.ms === undefined ? fault.name : `${fault.name} ${fault.ms} ms`);
const product = <A, B>(as: readonly A[], bs: readonly B[]): [A, B][] =>
  as.flatMap((a) => bs.map((b): [A, B] => [a, b]));

/** Clause 1. */
export function clauseOutcomes(under: () => GatewayUnderTest, steps: Pick<Steps, 'ask' | 'ready' | 'healthy'>): void {
  describe('1. every answer is an outcome', () => {
    test.each(product(OPS, TRANSPORT))(
      '%s under %j is unknown, and asking again mends it',
      async (op, [fault, causes]) => {
        const t = under();
        const request = await steps.ready(op);
        await t.fault(op, { name: fault }, request.merchantNo);
        const outcome = await steps.ask(t.gateway, op, request);
        expect(outcome).toEqual({ t: 'unknown', cause: expect.any(String), retryAfterMs: expect.any(Number) });
        expect(causes).toContain((outcome as Unknown).cause);
        expect(await steps.ask(t.gateway, op, request)).toMatchObject({ t: steps.healthy[op] });
      },
    );

    test('query and close of a number that the provider never saw are absent, payable until its expiry', async () => {
      const request = under().newRequest();
      const absent = { t: 'absent', payableUntil: request.expiresAt };
      expect(await under().gateway.query(request)).toEqual(absent);
      expect(await under().gateway.close(request)).toEqual(absent);
    });
  });
}

/** Clause 2. */
export function clauseSignatures(under: () => GatewayUnderTest, steps: Pick<Steps, 'ask' | 'ready' | 'offered'>): void {
  describe('2. an answer that does not verify is unknown', () => {
    const unbelieved = { t: 'unknown', cause: 'badSignature', retryAfterMs: expect.any(Number) };

    test.each(product(OPS, FORGERIES))('%s with %j', async (op, fault) => {
      const t = under();
      const request = await steps.ready(op);
      await t.fault(op, fault, request.merchantNo);
      expect(await steps.ask(t.gateway, op, request)).toEqual(unbelieved);
    });

    test.each(FORGERIES.map((fault): [string, SuiteFault] => [label(fault), fault]))(
      'refusals and absences with %s',
      async (_label, fault) => {
        const t = under();
        const unheard = t.newRequest();
        const paid = await steps.offered();
        await t.pay(paid.merchantNo);
        for (const op of OPS) await t.fault(op, fault, paid.merchantNo);
        for (const op of ['query', 'close'] as const) await t.fault(op, fault, unheard.merchantNo);
        expect(await t.gateway.createPayment(paid)).toEqual(unbelieved);
        expect(await t.gateway.close(paid)).toEqual(unbelieved);
        expect(await t.gateway.query(paid)).toEqual(unbelieved);
        expect(await t.gateway.query(unheard)).toEqual(unbelieved);
        expect(await t.gateway.close(unheard)).toEqual(unbelieved);
      },
    );

    test.each([299_000, -299_000])('a clock that is %d ms off is still believed', async (ms) => {
      const t = under();
      const request = await steps.offered();
      for (const op of ['query', 'close'] as const) await t.fault(op, { name: 'clock_skew', ms }, request.merchantNo);
      expect(await t.gateway.query(request)).toEqual({ t: 'pending' });
      expect(await t.gateway.close(request)).toEqual({ t: 'closed', proof: 'ack' });
    });
  });
}

/** Clause 5. */
export function clauseLimits(under: () => GatewayUnderTest, steps: Steps): void {
  describe('5. every call ends, and may be repeated', () => {
    test.each(OPS)('a silent provider makes %s unknown at the limit; the repeat tells', async (op) => {
      const t = under();
      const request = await steps.ready(op);
      await t.fault(op, { name: 'timeout_after_effect' }, request.merchantNo);
      expect(await steps.ask(t.hasty, op, request)).toMatchObject({ t: 'unknown', cause: 'timeout' });
      await t.ledgerBecomes(request.merchantNo, op === 'close' ? ['created', 'closed'] : ['created']);
      expect(await steps.ask(t.gateway, op, request)).toMatchObject({ t: steps.healthy[op] });
    });

    test('an effect that lands after the answer "error" is found', async () => {
      const t = under();
      const request = await steps.offered();
      await t.fault('close', { name: 'delayed_effect', ms: 1 }, request.merchantNo);
      expect(await t.gateway.close(request)).toMatchObject({ t: 'unknown', cause: '5xx' });
      await t.ledgerBecomes(request.merchantNo, ['created', 'closed']);
      expect(await t.gateway.close(request)).toEqual({ t: 'closed', proof: 'query' });
    });

    test('the same create issues the same credential again and makes no second payment', async () => {
      const t = under();
      const request = t.newRequest();
      const first = await t.gateway.createPayment(request);
      expect(first).toMatchObject({ t: 'created' });
      expect(await t.gateway.createPayment(request)).toEqual(first);
      expect(await t.ledger(request.merchantNo)).toEqual(['created']);
    });

    test('another amount under the same number is rejected', async () => {
      const request = await steps.offered();
      const other = { ...request, amount: { ...request.amount, minor: request.amount.minor + 1 } };
      expect(await under().gateway.createPayment(other)).toMatchObject({ t: 'rejected' });
    });
  });
}
