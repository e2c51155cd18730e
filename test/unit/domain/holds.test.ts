import fc from 'fast-check';
import { HoldDesk, type HoldBooks, type HoldWish } from '../../../src/domain/holds';
import { type Promotion } from '../../../src/domain/promotion';

const PROMOTION: Promotion = {
  id: 'promo_1',
  name: 'June',
  startsAt: '2026-06-01T00:00:00.000Z',
  endsAt: '2026-06-02T00:00:00.000Z',
  discountBasisPoints: 2000,
  skuIds: [],
  storeIds: [],
  perBuyerLimit: 1,
  totalQuota: 2,
  counts: 'orders',
};

function books(available: number, points: number, use = { held: 0, used: 0 }): HoldBooks {
  return {
    stock: new Map([['tea', { available, reserved: 0, sold: 0, unlimited: false }]]),
    promotions: new Map([['promo_1', { promotion: PROMOTION, all: use, buyers: new Map([['old', use]]) }]]),
    points: new Map([['ann', points]]),
  };
}

function wish(buyerId: string, change: Partial<HoldWish> = {}): HoldWish {
  return {
    lines: [{ skuId: 'tea', quantity: 1 }],
    promotion: { promotionId: 'promo_1', buyerId, quantity: 1 },
    points: null,
    ...change,
  };
}

const PLAIN = { promotion: null };

describe('HoldDesk', () => {
  test('gives the promotion out in the order of arrival: once per buyer, and no more than the quota', () => {
    const desk = new HoldDesk(books(10, 0));
    const answers = ['ann', 'ann', 'bob', 'cid'].map((buyer) => desk.take(wish(buyer)));
    expect(answers).toEqual([
      { t: 'held' },
      { t: 'refused', code: 'promotion_limit_reached' },
      { t: 'held' },
      { t: 'refused', code: 'promotion_quota_reached' },
    ]);
  });

  test('counts what was held and used before', () => {
    const desk = new HoldDesk(books(10, 0, { held: 1, used: 0 }));
    expect(desk.take(wish('old'))).toEqual({ t: 'refused', code: 'promotion_limit_reached' });
    expect(desk.take(wish('ann'))).toEqual({ t: 'held' });
    expect(desk.take(wish('bob'))).toEqual({ t: 'refused', code: 'promotion_quota_reached' });
  });

  test('what is short of one thing takes nothing of the others', () => {
    const desk = new HoldDesk(books(1, 100));
    const points = (n: number) => ({ points: { buyerId: 'ann', points: n } });
    expect(desk.take(wish('ann', { lines: [{ skuId: 'tea', quantity: 2 }], ...points(100) }))).toMatchObject({
      t: 'short',
    });
    expect(desk.take(wish('ann', points(101)))).toEqual({ t: 'refused', code: 'insufficient_points' });
    expect(desk.take(wish('ann', points(100)))).toEqual({ t: 'held' });
    expect(desk.take(wish('bob', PLAIN))).toMatchObject({ t: 'short' });
  });

  test('points run down from one order of a buyer to the next; who has no account has none', () => {
    const desk = new HoldDesk(books(10, 100));
    const pay = (buyerId: string, n: number) =>
      desk.take(wish(buyerId, { ...PLAIN, points: { buyerId, points: n } })).t;
    expect([pay('ann', 60), pay('ann', 41), pay('ann', 40), pay('bob', 1)]).toEqual([
      'held',
      'refused',
      'held',
      'refused',
    ]);
  });

  test('an order that names a promotion which is not in the books is refused', () => {
    const empty = { ...books(10, 0), promotions: new Map() };
    expect(new HoldDesk(empty).take(wish('ann'))).toEqual({ t: 'refused', code: 'promotion_not_found' });
  });

  test('never gives more than there is of anything, whatever is asked in whatever order', () => {
    const asked = fc.array(
      fc.record({
        buyerId: fc.constantFrom('ann', 'bob', 'old'),
        quantity: fc.integer({ min: 1, max: 4 }),
        promoted: fc.boolean(),
        points: fc.integer({ min: 0, max: 60 }),
      }),
    );
    fc.assert(
      fc.property(asked, (orders) => {
        const desk = new HoldDesk(books(9, 100, { held: 0, used: 1 }));
        const held = orders.filter(
          ({ buyerId, quantity, promoted, points }) =>
            desk.take({
              lines: [{ skuId: 'tea', quantity }],
              promotion: promoted ? { promotionId: 'promo_1', buyerId, quantity: 1 } : null,
              points: points > 0 ? { buyerId, points } : null,
            }).t === 'held',
        );
        const sum = (of: (order: (typeof held)[number]) => number) => held.reduce((all, order) => all + of(order), 0);
        expect(sum(({ quantity }) => quantity)).toBeLessThanOrEqual(9);
        expect(sum(({ buyerId, points }) => (buyerId === 'ann' ? points : 0))).toBeLessThanOrEqual(100);
        const promoted = held.filter((order) => order.promoted).map(({ buyerId }) => buyerId);
        expect(promoted.length).toBeLessThanOrEqual(1);
        expect(promoted).not.toContain('old');
      }),
    );
  });
});
