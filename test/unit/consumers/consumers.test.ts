import { CONSUMER_NAMES } from '../../../src/consumers/names';
import { pointsAward } from '../../../src/consumers/points-award';
import { profitShare } from '../../../src/consumers/profit-share';
import { shippingNotice } from '../../../src/consumers/shipping-notice';
import { EVENT_TYPES } from '../../../src/domain/events';
import { createConsumers } from '../../../src/main/consumers';
import { type EarnedPoints, type RefundedMoney } from '../../../src/ports/consumer-points';
import { type ProfitShare } from '../../../src/ports/consumer-profit-share';
import { type ShippingNotice } from '../../../src/ports/consumer-shipping';
import { createLogger } from '../../../src/telemetry/logger';
import { MemorySkuCache } from '../../support/memory-sku-cache';
import { orderPaid, refundSucceeded } from '../../support/some-events';

describe('the consumers that are shipped', () => {
  const all = (settings: Partial<Parameters<typeof createConsumers>[0]['settings']>, cache: MemorySkuCache | null) =>
    createConsumers({
      stores: {} as never,
      cache,
      settings: { run: CONSUMER_NAMES, pointsEarnBasisPoints: 0, profitShareUrl: null, ...settings },
      log: createLogger('silent'),
    });

  it('are those that are named, under these names, for types that there are', () => {
    const consumers = all({}, new MemorySkuCache());
    expect(consumers.map(({ name }) => name)).toEqual(CONSUMER_NAMES);
    expect(EVENT_TYPES).toEqual(expect.arrayContaining(consumers.flatMap(({ types }) => types)));
  });

  it('run as far as they are asked for, the one for the cache where there is a cache', () => {
    expect(all({}, null).map(({ name }) => name)).toEqual(CONSUMER_NAMES.filter((name) => name !== 'sku-cache'));
    expect(all({ run: ['profit-share'] }, null).map(({ name }) => name)).toEqual(['profit-share']);
    expect(all({ run: [] }, new MemorySkuCache())).toEqual([]);
  });
});

describe('shipping notice', () => {
  it('tells the child orders with their units, in the order of first mention, and nobody’s data', async () => {
    const filed: [string, ShippingNotice][] = [];
    const event = orderPaid();
    const file = (id: string, notice: ShippingNotice) => Promise.resolve(void filed.push([id, notice]));
    await shippingNotice({ file }).handle(event);
    const children = [
      {
        childId: 'chd_a',
        productId: 'prod_a',
        lines: [
          { skuId: 'sku_a1', quantity: 1 },
          { skuId: 'sku_a2', quantity: 3 },
        ],
      },
      { childId: 'chd_b', productId: 'prod_b', lines: [{ skuId: 'sku_b1', quantity: 2 }] },
    ];
    expect(filed).toEqual([[event.id, { orderId: 'ord_1', children }]]);
  });
});

describe('points award', () => {
  const award = (basisPoints: number) => {
    const [earned, taken]: [EarnedPoints[], RefundedMoney[]] = [[], []];
    const awards = {
      earn: (_id: string, points: EarnedPoints) => Promise.resolve(void earned.push(points)),
      takeBack: (_id: string, refund: RefundedMoney) => Promise.resolve(void taken.push(refund)),
    };
    return { consumer: pointsAward({ awards, basisPoints }), earned, taken };
  };

  it('earns at the rate, and nothing for what was paid with points', async () => {
    const { consumer, earned } = award(250);
    await consumer.handle(orderPaid());
    await consumer.handle(orderPaid({ gateway: 'points' }));
    const order = { orderId: 'ord_1', buyerId: 'buyer_1', paid: 6_000 };
    expect(earned).toEqual([
      { ...order, points: 150 },
      { ...order, points: 0 },
    ]);
  });

  it('tells what was refunded so far; late money, or money of nobody’s order, is not of its business', async () => {
    const { consumer, taken } = award(250);
    await consumer.handle(refundSucceeded('ref_1', 1_000, 3_500));
    await consumer.handle(refundSucceeded('ref_2', 6_000, 6_000, { cause: 'late_payment' }));
    await consumer.handle(refundSucceeded('ref_3', 6_000, 6_000, { orderId: null, buyerId: null }));
    expect(taken).toEqual([{ orderId: 'ord_1', buyerId: 'buyer_1', refundId: 'ref_1', paid: 6_000, refunded: 3_500 }]);
  });
});

describe('profit share', () => {
  /** Books and a system that fails as often as it is told to. */
  const share = (failures = 0) => {
    const log: string[] = [];
    let [acknowledged, left] = [false, failures];
    const shares = {
      record: () => Promise.resolve(!acknowledged),
      acknowledged: (orderId: string) => {
        log.push(`acknowledged ${orderId}`);
        acknowledged = true;
        return Promise.resolve();
      },
    };
    const system = {
      report: ({ orderId, referrerId, lines }: ProfitShare) => {
        log.push(`reported ${orderId} of ${referrerId}, ${lines.length} lines`);
        return (left -= 1) >= 0 ? Promise.reject(new Error('no answer')) : Promise.resolve();
      },
    };
    return { consumer: profitShare({ shares, system }), quiet: profitShare({ shares, system: null }), log };
  };

  it('reports an order that somebody referred, and no other', async () => {
    const { consumer, log } = share();
    await consumer.handle(orderPaid());
    expect(log).toEqual([]);
    await consumer.handle(orderPaid({ referrerId: 'buyer_9' }));
    expect(log).toEqual(['reported ord_1 of buyer_9, 3 lines', 'acknowledged ord_1']);
  });

  it('an answer that is lost → the event is refused, reported again when it comes again, then never more', async () => {
    const { consumer, log } = share(1);
    const event = orderPaid({ referrerId: 'buyer_9' });
    await expect(consumer.handle(event)).rejects.toThrow('no answer');
    await consumer.handle(event);
    await consumer.handle(event);
    const reported = 'reported ord_1 of buyer_9, 3 lines';
    expect(log).toEqual([reported, reported, 'acknowledged ord_1']);
  });

  it('without a system to call the books are all', async () => {
    const { quiet, log } = share();
    await quiet.handle(orderPaid({ referrerId: 'buyer_9' }));
    expect(log).toEqual([]);
  });
});
