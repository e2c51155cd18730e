import { createOrderActivities, type RefundAnswer } from '../../../activities';
import { type RefundOutcome } from '../../../src/domain/payment';
import { MOST_REFUND_TRIES, type Refund, refundNumber } from '../../../src/domain/refund';
import { fakeGateway, fakePorts, type GatewayAnswers, ORDER_ID } from './support/activity-fakes';

const REFUND_ID = 'ref_01J9ZZZZZZ0123456789ABCDEF';
const REFUND: Refund = {
  id: REFUND_ID,
  orderId: ORDER_ID,
  cause: 'requested',
  gateway: 'wechat',
  merchantNo: 'no_1',
  gatewayRef: 'ref_of_gateway',
  transactionId: '4200000001',
  number: REFUND_ID,
  tries: 1,
  paid: { minor: 1999, currency: 'CNY' },
  amount: { minor: 500, currency: 'CNY' },
  reason: 'faulty',
  restock: [],
  status: 'pending',
  createdAt: '2026-01-02T00:00:00.000Z',
  settledAt: null,
};
const REQUEST = {
  merchantNo: 'no_1',
  gatewayRef: 'ref_of_gateway',
  transactionId: '4200000001',
  refundNo: REFUND_ID,
  amount: { minor: 1999, currency: 'CNY' },
  refund: { minor: 500, currency: 'CNY' },
  reason: 'faulty',
};
const SUCCEEDED: RefundOutcome = { t: 'succeeded', refundId: 'gw_1' };
/** A number is known to be on its way before it is. */
const FIRST_REQUEST = [`sending ${REFUND_ID}`, 'refund'];
const CONTEXT = { refundId: REFUND_ID, orderId: ORDER_ID };

/** askRefund over a store that keeps one refund as the real one does, and a gateway with these answers. */
function underTest(answers: GatewayAnswers, change: Partial<Refund> = {}) {
  let refund: Refund | null = { ...REFUND, ...change };
  const keep = (status: Partial<Refund>): void => {
    if (refund) refund = { ...refund, ...status };
  };
  const journal: string[] = [];
  const note = (line: string): Promise<void> => {
    journal.push(line);
    return Promise.resolve();
  };
  const { gateway, asked } = fakeGateway(answers, (op) => journal.push(op));
  const fakes = fakePorts({
    gateways: [gateway],
    refunds: {
      find: (id) => Promise.resolve(refund?.id === id ? refund : null),
      sending: (id) => {
        keep({ status: 'processing' });
        return note(`sending ${id}`);
      },
      processing: (id, answer) => {
        keep({ status: 'processing' });
        return note(`processing ${id}: ${answer.t}`);
      },
      succeeded: (id, gatewayRefundId) => {
        keep({ status: 'succeeded' });
        return note(`succeeded ${id}: ${gatewayRefundId}`);
      },
      renumber: async (id, code) => {
        await note(`renumber ${id}: ${code}`);
        const tries = (refund?.tries ?? 0) + 1;
        if (tries > MOST_REFUND_TRIES) return false;
        keep({ tries, number: refundNumber(id, tries), status: 'pending' });
        return true;
      },
      manual: (id, code) => {
        keep({ status: 'manual' });
        return note(`manual ${id}: ${code}`);
      },
    },
  });
  const { askRefund } = createOrderActivities(fakes.ports);
  return { journal, asked, alerts: fakes.alerts, ask: (refundId = REFUND_ID) => askRefund({ refundId }) };
}

describe('askRefund: what is sent', () => {
  test('a refund that nobody was asked for is sent at once, under its number, with what was paid and what goes back', async () => {
    const { ask, asked } = underTest({ refund: SUCCEEDED });
    await ask();
    expect(asked).toEqual([{ op: 'refund', request: REQUEST }]);
  });

  test.each(['processing', 'manual'] as const)('one that is %s is queried, and not sent again', async (status) => {
    const { ask, asked } = underTest({ queryRefund: SUCCEEDED }, { status });
    await ask();
    expect(asked).toEqual([{ op: 'queryRefund', request: REQUEST }]);
  });

  test.each(['processing', 'manual'] as const)(
    'one that is %s, but not known to the gateway, is sent again under the same number',
    async (status) => {
      const { ask, asked } = underTest({ queryRefund: { t: 'absent' }, refund: SUCCEEDED }, { status });
      await expect(ask()).resolves.toEqual({ t: 'succeeded' });
      expect(asked).toEqual([
        { op: 'queryRefund', request: REQUEST },
        { op: 'refund', request: REQUEST },
      ]);
    },
  );

  test.each<RefundOutcome>([
    { t: 'processing', retryAfterMs: 1 },
    { t: 'unknown', cause: 'timeout', retryAfterMs: 1 },
    { t: 'rejected', code: 'SIGN_ERROR' },
    { t: 'failed', code: 'CLOSED', next: 'newNumber' },
  ])('is never sent again on the answer $t of its query', async (queryRefund) => {
    const { ask, asked } = underTest({ queryRefund }, { status: 'processing' });
    await ask();
    expect(asked.map(({ op }) => op)).toEqual(['queryRefund']);
  });

  test('one that succeeded asks nobody', async () => {
    const { ask, journal } = underTest({}, { status: 'succeeded' });
    await expect(ask()).resolves.toEqual({ t: 'succeeded' });
    expect(journal).toEqual([]);
  });

  test('a try that died between sending and the answer is queried before it is sent again', async () => {
    // Without an answer to `refund` the fake gateway throws in the middle of the try.
    const { ask, journal } = underTest({ queryRefund: SUCCEEDED });
    await expect(ask()).rejects.toThrow('nobody expected a refund');
    await expect(ask()).resolves.toEqual({ t: 'succeeded' });
    expect(journal).toEqual([...FIRST_REQUEST, 'queryRefund', `succeeded ${REFUND_ID}: gw_1`]);
  });

  test('after no answer the number is queried: the lost request may have taken effect', async () => {
    const unknown: RefundOutcome = { t: 'unknown', cause: 'timeout', retryAfterMs: 0 };
    const { ask, journal } = underTest({ refund: unknown, queryRefund: SUCCEEDED });
    await expect(ask()).resolves.toMatchObject({ t: 'open' });
    await expect(ask()).resolves.toEqual({ t: 'succeeded' });
    expect(journal).toEqual([
      ...FIRST_REQUEST,
      `processing ${REFUND_ID}: unknown`,
      'queryRefund',
      `succeeded ${REFUND_ID}: gw_1`,
    ]);
  });
});

describe("askRefund: the gateway's answer", () => {
  type Row = [string, RefundOutcome, RefundAnswer, string[], string | null];
  const rows: Row[] = [
    ['succeeded', SUCCEEDED, { t: 'succeeded' }, [`succeeded ${REFUND_ID}: gw_1`], null],
    [
      'processing',
      { t: 'processing', retryAfterMs: 60_000 },
      { t: 'open', why: 'processing', retryAfterMs: 60_000 },
      [`processing ${REFUND_ID}: processing`],
      null,
    ],
    [
      'unknown',
      { t: 'unknown', cause: '5xx', retryAfterMs: 1_500 },
      { t: 'open', why: 'unknown: 5xx', retryAfterMs: 1_500 },
      [`processing ${REFUND_ID}: unknown`],
      null,
    ],
    [
      'not asked, the circuit being open',
      { t: 'unknown', cause: 'circuitOpen', retryAfterMs: 9_000 },
      { t: 'open', why: 'unknown: circuitOpen', retryAfterMs: 9_000 },
      [`processing ${REFUND_ID}: unknown`],
      null,
    ],
    ['absent', { t: 'absent' }, { t: 'open', why: 'absent', retryAfterMs: 0 }, [], null],
    [
      'rejected',
      { t: 'rejected', code: 'SIGN_ERROR' },
      { t: 'open', why: 'rejected: SIGN_ERROR', retryAfterMs: 60_000 },
      [],
      'refund_rejected',
    ],
    [
      'failed, another number may do',
      { t: 'failed', code: 'CLOSED', next: 'newNumber' },
      { t: 'again' },
      [`renumber ${REFUND_ID}: CLOSED`],
      null,
    ],
    [
      'failed, a person has to act',
      { t: 'failed', code: 'ABNORMAL', next: 'manual' },
      { t: 'manual' },
      [`manual ${REFUND_ID}: ABNORMAL`],
      'refund_manual',
    ],
  ];

  test.each(rows)('%s, to the first request', async (_what, refund, answer, written, alert) => {
    const { ask, journal, alerts } = underTest({ refund });
    await expect(ask()).resolves.toEqual(answer);
    expect(journal).toEqual([...FIRST_REQUEST, ...written]);
    expect(alerts.map(({ what }) => what)).toEqual(alert ? [alert] : []);
  });

  // Absent is another matter there: the request is sent again.
  test.each(rows.filter(([what]) => what !== 'absent'))(
    '%s, to a query',
    async (_what, outcome, answer, written, alert) => {
      const { ask, journal, alerts } = underTest({ queryRefund: outcome }, { status: 'processing' });
      await expect(ask()).resolves.toEqual(answer);
      expect(journal).toEqual(['queryRefund', ...written]);
      expect(alerts.map(({ what }) => what)).toEqual(alert ? [alert] : []);
    },
  );

  test.each<[RefundOutcome, string, string]>([
    [{ t: 'rejected', code: 'SIGN_ERROR' }, 'refund_rejected', 'SIGN_ERROR'],
    [{ t: 'failed', code: 'ABNORMAL', next: 'manual' }, 'refund_manual', 'ABNORMAL'],
  ])('tells a person which refund, of which order, and why: %j', async (refund, what, code) => {
    expect((await told(refund)).alerts).toEqual([{ what, context: { ...CONTEXT, code } }]);
    const nobodys = await told(refund, { orderId: null, cause: 'late_payment' });
    expect(nobodys.alerts).toEqual([{ what, context: { ...CONTEXT, orderId: null, code } }]);
  });

  async function told(refund: RefundOutcome, change: Partial<Refund> = {}) {
    const made = underTest({ refund }, change);
    await made.ask();
    return made;
  }
});

describe('askRefund: numbers that failed for good', () => {
  const failed: RefundOutcome = { t: 'failed', code: 'CLOSED', next: 'newNumber' };

  test('are followed by another one, sent without a query, until the last; then a person is told', async () => {
    const { ask, asked, alerts, journal } = underTest({ refund: failed });
    const answers: string[] = [];
    for (let round = 1; round <= MOST_REFUND_TRIES; round += 1) answers.push((await ask()).t);
    expect(answers).toEqual([...Array.from({ length: MOST_REFUND_TRIES - 1 }, () => 'again'), 'manual']);
    expect(asked).toEqual(
      Array.from({ length: MOST_REFUND_TRIES }, (_, index) => ({
        op: 'refund',
        request: { ...REQUEST, refundNo: refundNumber(REFUND_ID, index + 1) },
      })),
    );
    expect(journal.at(-1)).toBe(`manual ${REFUND_ID}: CLOSED`);
    expect(alerts).toEqual([{ what: 'refund_manual', context: { ...CONTEXT, code: 'CLOSED' } }]);
  });

  test('are not followed by another one where the gateway wants a person', async () => {
    const { ask, journal } = underTest({ refund: { ...failed, next: 'manual' } });
    await ask();
    expect(journal).toEqual([...FIRST_REQUEST, `manual ${REFUND_ID}: CLOSED`]);
  });

  test('are settled after all when the gateway reports it done: a person has paid it back', async () => {
    const { ask, journal, alerts } = underTest(
      { queryRefund: SUCCEEDED },
      { status: 'manual', tries: MOST_REFUND_TRIES },
    );
    await expect(ask()).resolves.toEqual({ t: 'succeeded' });
    expect(journal).toEqual(['queryRefund', `succeeded ${REFUND_ID}: gw_1`]);
    expect(alerts).toEqual([]);
  });
});

describe('askRefund: what cannot be asked', () => {
  test('a gateway that is not configured is a refusal, told to a person, and changes nothing', async () => {
    const { ask, journal, alerts } = underTest({}, { gateway: 'stripe' });
    await expect(ask()).resolves.toEqual({
      t: 'open',
      why: 'rejected: GATEWAY_NOT_CONFIGURED',
      retryAfterMs: 60_000,
    });
    expect(journal).toEqual([]);
    expect(alerts).toEqual([{ what: 'refund_rejected', context: { ...CONTEXT, code: 'GATEWAY_NOT_CONFIGURED' } }]);
  });

  test('a refund that is not there is a failure that no repeat mends', async () => {
    const { ask } = underTest({});
    await expect(ask('ref_2')).rejects.toMatchObject({ type: 'NOT_FOUND', nonRetryable: true });
  });

  test('an answer that cannot be written down is asked for again, and nobody is told', async () => {
    const away = () => Promise.reject(new Error('no connection'));
    const { gateway } = fakeGateway({ refund: { t: 'failed', code: 'ABNORMAL', next: 'manual' } });
    const { ports, alerts } = fakePorts({
      gateways: [gateway],
      refunds: { find: () => Promise.resolve(REFUND), sending: () => Promise.resolve(), manual: away },
    });
    await expect(createOrderActivities(ports).askRefund({ refundId: REFUND_ID })).rejects.toThrow('no connection');
    expect(alerts).toEqual([]);
  });
});
