import { createOrderActivities } from '../../../activities';
import { type ErrorCode, HoldfastError } from '../../../src/domain/errors';
import { type MoveOutcome, type OrderProgress, type OrderStore, type Placing } from '../../../src/ports/order-store';
import { fakeGateway, fakePorts, ORDER_ID, orderWith, PAID } from './support/activity-fakes';

const INPUT = { buyerId: 'buyer_1', lines: [{ skuId: 'sku_tea', quantity: 2 }], payWith: 'wechat' };
const HELD: OrderProgress = {
  status: 'awaiting_payment',
  payBy: '2026-01-01T00:30:00.000Z',
  closeReason: null,
  payment: null,
  choice: null,
  switched: false,
  titles: ['Green tea'],
};
const REJECTED: OrderProgress = { ...HELD, status: 'rejected' };
/** What the workflow is told of it. */
const TOLD = { status: HELD.status, payBy: HELD.payBy, closeReason: null, payment: null, switched: false };

/** holdStock over a store whose `progress` finds `HELD` or `REJECTED` once the order is placed or rejected. */
function holding(place: OrderStore['place'], before: OrderProgress | null = null) {
  let progress = before;
  const placed: Placing[] = [];
  const rejected: unknown[] = [];
  const { ports } = fakePorts({
    orders: {
      progress: () => Promise.resolve(progress),
      place: async (placing) => {
        placed.push(placing);
        const result = await place(placing);
        if (result.t === 'placed') progress = HELD;
        return result;
      },
      reject: (orderId, draft, { code, context }) => {
        rejected.push({ orderId, buyerId: draft.buyerId, code, context });
        progress = REJECTED;
        return Promise.resolve();
      },
    },
    gateways: [fakeGateway({}).gateway],
  });
  const { holdStock } = createOrderActivities(ports);
  return { placed, rejected, hold: (input: unknown = INPUT) => holdStock({ orderId: ORDER_ID, input }) };
}
const places: OrderStore['place'] = () => Promise.resolve({ t: 'placed', order: orderWith(), replayed: false });
const placesNothing: OrderStore['place'] = () => Promise.reject(new Error('nobody expected a place'));

describe('holdStock', () => {
  test.each(['awaiting_payment', 'closing', 'paid', 'refunding', 'refunded', 'cancelled', 'rejected'] as const)(
    'finds an order that is %s and places nothing, whatever the input',
    async (status) => {
      const { hold, placed } = holding(placesNothing, { ...HELD, status });
      await expect(hold('not a draft')).resolves.toEqual({ ...TOLD, status });
      expect(placed).toEqual([]);
    },
  );

  test('places an order that nobody placed before, without a start intent: its workflow is what asks', async () => {
    const { hold, placed, rejected } = holding(places);
    await expect(hold()).resolves.toEqual(TOLD);
    const draft = { ...INPUT, paymentWindowSeconds: 1800, storeId: null, referrerId: null, promotionId: null };
    const checkAmount = expect.any(Function);
    expect(placed).toEqual([{ orderId: ORDER_ID, draft, startIntent: false, checkAmount }]);
    expect(rejected).toEqual([]);
  });

  test('ends as rejected with its shortages where the stock is short', async () => {
    const shortages = [{ skuId: 'sku_tea', requested: 2, available: 1 }];
    const { hold, rejected } = holding(() => Promise.resolve({ t: 'short', shortages, replayed: false }));
    await expect(hold()).resolves.toMatchObject({ status: 'rejected' });
    const refusal = { code: 'out_of_stock', context: { shortages } };
    expect(rejected).toEqual([{ orderId: ORDER_ID, buyerId: 'buyer_1', ...refusal }]);
  });

  test.each<ErrorCode>([
    'sku_not_found',
    'sku_off_shelf',
    'mixed_currencies',
    'amount_out_of_range',
    'gateway_cannot_take',
  ])('ends as rejected where the catalogue refuses with %s', async (code) => {
    const context = { errors: [{ path: 'lines.0.skuId', message: 'no' }] };
    const { hold, rejected } = holding(() => Promise.reject(new HoldfastError(code, 'no', context)));
    await expect(hold()).resolves.toMatchObject({ status: 'rejected' });
    expect(rejected).toEqual([{ orderId: ORDER_ID, buyerId: 'buyer_1', code, context }]);
  });

  test('fails for good, naming the faults, on an input that is no order', async () => {
    const { hold, placed, rejected } = holding(placesNothing);
    const errors = [{ path: 'lines', message: 'must be 1 to 50 lines' }];
    await expect(hold({ buyerId: 'buyer_1', lines: [] })).rejects.toMatchObject({
      type: 'VALIDATION_FAILED',
      nonRetryable: true,
      details: [{ errors }],
    });
    expect([placed, rejected]).toEqual([[], []]);
  });

  test('fails for good on a gateway that is not configured, and takes no stock for it', async () => {
    const { hold, placed } = holding(placesNothing);
    await expect(hold({ ...INPUT, payWith: 'alipay' })).rejects.toMatchObject({
      type: 'GATEWAY_NOT_AVAILABLE',
      nonRetryable: true,
    });
    expect(placed).toEqual([]);
  });

  test('is repeated when the database cannot be reached or is too busy, and rejects nobody for it', async () => {
    for (const error of [new Error('no connection'), new HoldfastError('too_busy')]) {
      const { hold, rejected } = holding(() => Promise.reject(error));
      await expect(hold()).rejects.toBe(error);
      expect(rejected).toEqual([]);
    }
  });
});

describe('moves', () => {
  const activities = (outcome: MoveOutcome) => {
    const asked: unknown[] = [];
    const answer = (...request: unknown[]): Promise<MoveOutcome> => {
      asked.push(request);
      return Promise.resolve(outcome);
    };
    const { ports } = fakePorts({
      orders: {
        confirm: answer,
        release: answer,
        beginClosing: answer,
        find: () => Promise.resolve(orderWith({ payment: null })),
      },
    });
    const made = createOrderActivities(ports);
    const closing = { orderId: ORDER_ID, reason: 'buyer_cancelled' as const, note: 'changed my mind' };
    return {
      asked,
      moves: {
        confirmStock: () => made.confirmStock({ orderId: ORDER_ID, paymentId: 'pay_1', paid: PAID }),
        releaseStock: () => made.releaseStock({ orderId: ORDER_ID, proof: 'ack' }),
        beginClosing: () => made.beginClosing(closing),
      },
    };
  };
  const all = [
    ['confirmStock', 'paid', [{ orderId: ORDER_ID, paymentId: 'pay_1', paid: PAID }], {}],
    ['releaseStock', 'cancelled', [{ orderId: ORDER_ID, proof: 'ack' }], {}],
    ['beginClosing', 'closing', [ORDER_ID, 'buyer_cancelled', 'changed my mind'], { escalateAfterMs: 900_000 }],
  ] as const;

  test.each(all)(
    '%s leaves the order as %s, and a repeat is as good as the first time',
    async (name, status, said, rest) => {
      for (const t of ['done', 'already'] as const) {
        const { moves, asked } = activities({ t });
        const kept = name === 'confirmStock' ? { kept: t === 'done' ? PAID.transactionId : null } : {};
        await expect(moves[name]()).resolves.toEqual({ status, ...rest, ...kept });
        expect(asked).toEqual([said]);
      }
    },
  );

  test.each(all)('%s, come too late, says how the order ended', async (name, _status, _said, rest) => {
    for (const status of ['paid', 'refunding', 'refunded', 'cancelled', 'rejected'] as const) {
      const { moves } = activities({ t: 'refused', status });
      const kept = name === 'confirmStock' ? { kept: null } : {};
      await expect(moves[name]()).resolves.toEqual({ status, ...rest, ...kept });
    }
  });

  test.each(all)('%s fails for good where the order is elsewhere, and says where', async (name, status) => {
    for (const elsewhere of ['placing', 'awaiting_payment', 'closing'] as const) {
      const { moves } = activities({ t: 'refused', status: elsewhere });
      const failure = { type: 'ILLEGAL_TRANSITION', nonRetryable: true };
      await expect(moves[name]()).rejects.toMatchObject(failure);
      await expect(moves[name]()).rejects.toThrow(`is ${elsewhere} and cannot become ${status}`);
    }
  });
});

describe('what a person is told', () => {
  test('escalateClosing notes it with the order, then alerts', async () => {
    const { ports, journal, alerts } = fakePorts({
      orders: {
        escalate: (orderId, lastAnswer) => {
          journal.push(`escalate ${orderId}: ${lastAnswer}`);
          return Promise.resolve();
        },
      },
    });
    await createOrderActivities(ports).escalateClosing({ orderId: ORDER_ID, lastAnswer: 'unknown: 5xx' });
    expect(journal).toEqual([`escalate ${ORDER_ID}: unknown: 5xx`, 'alert closing_takes_long']);
    expect(alerts[0]?.context).toEqual({ orderId: ORDER_ID, lastAnswer: 'unknown: 5xx' });
  });

  test('keepLatePayment gives the money a process of its own, then alerts', async () => {
    const { ports, journal, alerts } = fakePorts({
      inbox: {
        late: (fact) => {
          journal.push(`late ${JSON.stringify(fact)}`);
          return Promise.resolve();
        },
      },
    });
    const fact = { orderId: ORDER_ID, paymentId: 'pay_1', paid: PAID };
    await createOrderActivities(ports).keepLatePayment(fact);
    expect(journal).toEqual([`late ${JSON.stringify(fact)}`, 'alert late_payment']);
    const context = { orderId: ORDER_ID, paymentId: 'pay_1', transactionId: PAID.transactionId };
    expect(alerts[0]?.context).toEqual(context);
  });

  test('keepLatePayment alerts nobody of money that it could not keep: it is repeated', async () => {
    const { ports, alerts } = fakePorts({ inbox: { late: () => Promise.reject(new Error('no connection')) } });
    const keeping = createOrderActivities(ports).keepLatePayment({ orderId: ORDER_ID, paymentId: 'pay_1', paid: PAID });
    await expect(keeping).rejects.toThrow('no connection');
    expect(alerts).toEqual([]);
  });
});
