import { type ClosingAnswer, createOrderActivities } from '../../../activities';
import { type PaymentAttempt } from '../../../src/domain/order';
import { ABSENT_SKEW_MARGIN_MS, type CloseOutcome, type QueryOutcome } from '../../../src/domain/payment';
import { type PaymentFact } from '../../../src/ports/webhook-inbox';
import { ATTEMPT, FACT, fakeGateway, fakePorts, NOW, ORDER_ID, orderWith, PAID, REF } from './support/activity-fakes';

const UNTIL = new Date(NOW).toISOString();
const UNKNOWN: CloseOutcome = { t: 'unknown', cause: 'timeout', retryAfterMs: 1_500 };
const paidAnswer: ClosingAnswer = { t: 'paid', payment: { paymentId: 'pay_1', paid: PAID } };

/** Closes the order's attempt at a gateway with these answers; `stored`: what each look at the inbox finds. */
async function close(
  answers: { close?: CloseOutcome; query?: QueryOutcome },
  at: {
    now?: number;
    stored?: (PaymentFact | null)[];
    /** What the order's record shows, and the order's other attempts. */
    payment?: PaymentAttempt | null;
    others?: PaymentAttempt[];
    /** Which attempt the workflow asks for. */
    asks?: string | null;
  } = {},
) {
  const journal: string[] = [];
  const looks = [...(at.stored ?? [])];
  const payment = at.payment === undefined ? ATTEMPT : at.payment;
  const { gateway, asked } = fakeGateway(answers, (call) => journal.push(call));
  const fakes = fakePorts({
    orders: {
      find: () => Promise.resolve(orderWith({ payment })),
      findPayment: (orderId, paymentId) =>
        Promise.resolve(
          [payment, ...(at.others ?? [])].find((each) => orderId === ORDER_ID && each?.id === paymentId) ?? null,
        ),
      recordAnswer: ({ op, paymentId, outcome }) => {
        journal.push(`record ${op} of ${paymentId}: ${outcome.t}`);
        return Promise.resolve();
      },
    },
    inbox: {
      paidFact: (_orderId, paymentId) => {
        journal.push(paymentId === 'pay_1' ? 're-read' : `re-read ${paymentId}`);
        return Promise.resolve(looks.shift() ?? null);
      },
    },
    gateways: [gateway],
    now: at.now,
  });
  const { asks = 'pay_1' } = at;
  const answer = await createOrderActivities(fakes.ports).closePayment({ orderId: ORDER_ID, paymentId: asks });
  return { answer, journal, asked, alerts: fakes.alerts };
}

describe('closePayment: around the gateway', () => {
  test('looks at the stored notifications, closes, records the answer, and looks once more', async () => {
    const { answer, journal, asked } = await close({ close: { t: 'closed', proof: 'ack' } });
    expect(journal).toEqual(['re-read', 'close', 'record close of pay_1: closed', 're-read']);
    expect(asked).toEqual([{ op: 'close', request: REF }]);
    expect(answer).toEqual({ t: 'unpayable', proof: 'ack' });
  });

  test('does not ask the gateway about an order whose payment is stored', async () => {
    const { answer, journal } = await close({}, { stored: [FACT] });
    expect(answer).toEqual(paidAnswer);
    expect(journal).toEqual(['re-read']);
  });

  test.each<[string, CloseOutcome]>([
    ['closed', { t: 'closed', proof: 'ack' }],
    ['unknown', UNKNOWN],
    ['rejected', { t: 'rejected', code: 'SIGN_ERROR' }],
  ])('believes a notification stored meanwhile rather than "%s"', async (_what, outcome) => {
    const { answer } = await close({ close: outcome, query: { t: 'pending' } }, { stored: [null, FACT] });
    expect(answer).toEqual(paidAnswer);
  });

  test('of an order that never had an attempt needs no gateway', async () => {
    for (const asks of [null, 'pay_1']) {
      const { answer, journal } = await close({}, { payment: null, asks });
      expect(answer).toEqual({ t: 'unpayable', proof: 'neverOffered' });
      expect(journal).toEqual([]);
    }
  });

  test('of an attempt that was proved closed before needs no gateway', async () => {
    const { answer, journal } = await close({}, { payment: { ...ATTEMPT, status: 'closed' } });
    expect(answer).toEqual({ t: 'unpayable', proof: 'neverOffered' });
    expect(journal).toEqual([]);
  });

  test.each(['creating', 'pending', 'failed', 'paid', 'refunded'] as const)(
    'of an attempt that is %s asks the gateway: only its answer is a proof',
    async (status) => {
      const { asked } = await close({ close: { t: 'closed', proof: 'ack' } }, { payment: { ...ATTEMPT, status } });
      expect(asked).toEqual([{ op: 'close', request: REF }]);
    },
  );

  test('where the workflow knows of no attempt, closes the one that the order’s record has', async () => {
    const { answer, asked, journal } = await close({ close: { t: 'closed', proof: 'ack' } }, { asks: null });
    expect(asked).toEqual([{ op: 'close', request: REF }]);
    expect(journal).toEqual(['re-read', 'close', 'record close of pay_1: closed', 're-read']);
    expect(answer).toEqual({ t: 'unpayable', proof: 'ack' });
  });

  test('closes the attempt that is asked for, not the one that the order shows, and looks for its payment', async () => {
    const other: PaymentAttempt = { ...ATTEMPT, id: 'pay_2', merchantNo: 'no_2', gatewayRef: null };
    const { asked, journal } = await close(
      { close: { t: 'closed', proof: 'ack' } },
      { asks: 'pay_2', others: [other] },
    );
    expect(asked).toEqual([{ op: 'close', request: { ...REF, merchantNo: 'no_2', gatewayRef: null } }]);
    expect(journal).toEqual(['re-read pay_2', 'close', 'record close of pay_2: closed', 're-read pay_2']);
  });

  test('at a gateway that is not configured settles nothing and alerts', async () => {
    const { answer, alerts } = await close({}, { payment: { ...ATTEMPT, gateway: 'alipay' } });
    expect(answer).toEqual({ t: 'open', why: 'rejected: GATEWAY_NOT_CONFIGURED', retryAfterMs: 60_000 });
    expect(alerts.map(({ what }) => what)).toEqual(['close_rejected']);
  });

  test('of an order that is not there is a failure that no repeat mends', async () => {
    const { ports } = fakePorts({ orders: { find: () => Promise.resolve(null) } });
    const closing = createOrderActivities(ports).closePayment({ orderId: ORDER_ID, paymentId: null });
    await expect(closing).rejects.toMatchObject({ type: 'ORDER_NOT_FOUND', nonRetryable: true });
  });
});

describe("closePayment: the gateway's answer", () => {
  test.each<[string, CloseOutcome, ClosingAnswer]>([
    ['closed, acknowledged', { t: 'closed', proof: 'ack' }, { t: 'unpayable', proof: 'ack' }],
    ['closed, as a query said', { t: 'closed', proof: 'query' }, { t: 'unpayable', proof: 'query' }],
    ['paid', { t: 'paid', paid: PAID }, paidAnswer],
    ['paying', { t: 'paying', retryAfterMs: 700 }, { t: 'open', why: 'the buyer is paying', retryAfterMs: 700 }],
    [
      'rejected',
      { t: 'rejected', code: 'SIGN_ERROR' },
      { t: 'open', why: 'rejected: SIGN_ERROR', retryAfterMs: 60_000 },
    ],
  ])('%s', async (_what, outcome, expected) => {
    const { answer, asked } = await close({ close: outcome });
    expect(answer).toEqual(expected);
    expect(asked.map(({ op }) => op)).toEqual(['close']);
  });

  test('alerts a person only of a refusal', async () => {
    const { alerts } = await close({ close: { t: 'rejected', code: 'SIGN_ERROR' } });
    const context = { orderId: ORDER_ID, paymentId: 'pay_1', code: 'SIGN_ERROR' };
    expect(alerts).toEqual([{ what: 'close_rejected', context }]);
    for (const outcome of [UNKNOWN, { t: 'closed', proof: 'ack' }, { t: 'paying', retryAfterMs: 1 }] as const) {
      expect((await close({ close: outcome, query: { t: 'pending' } })).alerts).toEqual([]);
    }
  });

  test('alerts a person of a refusal of the query, too, and records it', async () => {
    const { alerts, journal } = await close({ close: UNKNOWN, query: { t: 'rejected', code: 'WRONG_AMOUNT' } });
    const context = { orderId: ORDER_ID, paymentId: 'pay_1', code: 'WRONG_AMOUNT' };
    expect(alerts).toEqual([{ what: 'close_rejected', context }]);
    expect(journal).toEqual(['re-read', 'close', 'query', 'record close of pay_1: rejected', 're-read']);
  });

  test.each<[string, QueryOutcome, ClosingAnswer]>([
    ['closed unpaid', { t: 'closedUnpaid' }, { t: 'unpayable', proof: 'query' }],
    ['paid', { t: 'paid', paid: PAID, refunded: { minor: 0, currency: 'CNY' } }, paidAnswer],
    [
      'rejected',
      { t: 'rejected', code: 'WRONG_AMOUNT' },
      { t: 'open', why: 'rejected: WRONG_AMOUNT', retryAfterMs: 60_000 },
    ],
    ...(['pending', 'paying'] as const).map((t): [string, QueryOutcome, ClosingAnswer] => [
      t,
      { t },
      { t: 'open', why: 'unknown: timeout', retryAfterMs: 1_500 },
    ]),
    // A create on its way could still land: the absence is no proof, even though its time is over.
    [
      'absent',
      { t: 'absent', payableUntil: '2020-01-01T00:00:00.000Z' },
      { t: 'open', why: 'unknown: timeout', retryAfterMs: 1_500 },
    ],
    [
      'unknown',
      { t: 'unknown', cause: '5xx', retryAfterMs: 9_000 },
      { t: 'open', why: 'unknown: timeout', retryAfterMs: 1_500 },
    ],
  ])('unknown, and the query after it says %s', async (_what, query, expected) => {
    const { answer, asked, journal } = await close({ close: UNKNOWN, query });
    expect(asked).toEqual([
      { op: 'close', request: REF },
      { op: 'query', request: REF },
    ]);
    expect(journal.at(-1)).toBe('re-read');
    expect(answer).toEqual(expected);
  });
});

describe('closePayment: absent at the gateway', () => {
  const absent: CloseOutcome = { t: 'absent', payableUntil: UNTIL };
  const last = NOW + ABSENT_SKEW_MARGIN_MS;

  test('settles nothing up to its expiry and the margin of the clocks', async () => {
    for (const now of [NOW - 1, NOW, last]) {
      expect((await close({ close: absent }, { now })).answer).toMatchObject({ t: 'open' });
    }
  });

  test('is unpayable past them', async () => {
    expect((await close({ close: absent }, { now: last + 1 })).answer).toEqual({ t: 'unpayable', proof: 'expired' });
  });

  test('is asked about again exactly when that proves something', async () => {
    for (const now of [NOW - 123_456, NOW, last]) {
      const { answer } = await close({ close: absent }, { now });
      const wait = answer.t === 'open' ? answer.retryAfterMs : NaN;
      expect((await close({ close: absent }, { now: now + wait - 1 })).answer.t).toBe('open');
      expect((await close({ close: absent }, { now: now + wait })).answer.t).toBe('unpayable');
    }
  });

  test('without an end never settles anything', async () => {
    const { answer } = await close({ close: { t: 'absent', payableUntil: null } }, { now: NOW + 365 * 86_400_000 });
    expect(answer).toMatchObject({ t: 'open', retryAfterMs: 0 });
  });
});
