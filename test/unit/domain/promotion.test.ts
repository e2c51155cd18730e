import fc from 'fast-check';
import { MAX_MINOR, money } from '../../../src/domain/money';
import {
  appliesTo,
  countsFor,
  discounted,
  type Promotion,
  refusalToApply,
  refusalToHold,
} from '../../../src/domain/promotion';

const PROMOTION: Promotion = {
  id: 'promo_1',
  name: 'June',
  startsAt: '2026-06-01T00:00:00.000Z',
  endsAt: '2026-06-02T00:00:00.000Z',
  discountBasisPoints: 2000,
  skuIds: ['tea', 'cup'],
  storeIds: [],
  perBuyerLimit: null,
  totalQuota: null,
  counts: 'orders',
};
const START = Date.parse(PROMOTION.startsAt);
const END = Date.parse(PROMOTION.endsAt);

describe('discounted', () => {
  test.each([
    [1999, 2, 0, 3998],
    [1999, 2, 2000, 3198], // 3198.4
    [1999, 3, 1, 5996], // 5996.4003
    [1, 1, 5000, 1], // half a unit goes up
    [3, 1, 5000, 2], // 1.5
    [1, 1, 5001, 0], // 0.4999
    [1999, 2, 10_000, 0],
    [10_000_000, 10_000, 1, 99_990_000_000],
  ])('%i × %i less %i basis points is %i', (unit, quantity, basisPoints, expected) => {
    expect(discounted(money(unit, 'CNY'), quantity, basisPoints)).toEqual({ minor: expected, currency: 'CNY' });
  });

  test('is the exact product rounded half up, whatever the numbers: computed again with big integers', () => {
    const quantities = fc.integer({ min: 1, max: 10_000 });
    const units = fc.integer({ min: 0, max: MAX_MINOR / 10_000 });
    fc.assert(
      fc.property(units, quantities, fc.integer({ min: 0, max: 10_000 }), (unit, quantity, off) => {
        const exact = BigInt(unit) * BigInt(quantity) * BigInt(10_000 - off);
        const rounded = (exact + 5_000n) / 10_000n;
        expect(discounted(money(unit, 'CNY'), quantity, off).minor).toBe(Number(rounded));
      }),
    );
  });

  test('never comes to more than without the discount, and falls as the discount grows', () => {
    const off = fc.integer({ min: 0, max: 10_000 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100_000 }), fc.integer({ min: 1, max: 99 }), off, off, (unit, n, a, b) => {
        const [less, more] = [Math.min(a, b), Math.max(a, b)].map((d) => discounted(money(unit, 'CNY'), n, d).minor);
        expect(less).toBeGreaterThanOrEqual(more ?? NaN);
        expect(less).toBeLessThanOrEqual(unit * n);
      }),
    );
  });
});

describe('refusalToApply', () => {
  const asked = { now: START, storeId: null, skuIds: ['tea', 'mug'] };
  test.each([
    ['the first moment', START, null],
    ['the last moment', END - 1, null],
    ['a moment before', START - 1, 'promotion_not_running'],
    ['the first moment after', END, 'promotion_not_running'],
  ])('at %s of the window', (_, now, code) => {
    expect(refusalToApply(PROMOTION, { ...asked, now })).toBe(code);
  });

  test('it must be on one of the SKUs at least; naming none, it is on every SKU', () => {
    expect(refusalToApply(PROMOTION, { ...asked, skuIds: ['mug'] })).toBe('promotion_not_applicable');
    expect(refusalToApply({ ...PROMOTION, skuIds: [] }, { ...asked, skuIds: ['mug'] })).toBeNull();
    expect([appliesTo(PROMOTION, 'mug'), appliesTo(PROMOTION, 'cup')]).toEqual([false, true]);
  });

  test('naming stores, it is for orders of those stores alone', () => {
    const here = { ...PROMOTION, storeIds: ['store_1'] };
    const codes = ['store_1', 'store_2', null].map((storeId) => refusalToApply(here, { ...asked, storeId }));
    expect(codes).toEqual([null, 'promotion_not_applicable', 'promotion_not_applicable']);
  });
});

describe('limit and quota', () => {
  test('count orders, or the units that the discount is on', () => {
    const lines = [
      { skuId: 'tea', quantity: 2 },
      { skuId: 'mug', quantity: 50 },
      { skuId: 'cup', quantity: 3 },
    ];
    expect(countsFor(PROMOTION, lines)).toBe(1);
    expect(countsFor({ ...PROMOTION, counts: 'units' }, lines)).toBe(5);
  });

  test('what is held counts like what is used; the last one is still had', () => {
    const limited = { ...PROMOTION, perBuyerLimit: 3, totalQuota: 10 };
    const use = (held: number, used: number) => ({ held, used });
    expect(refusalToHold(limited, 1, { all: use(4, 5), buyer: use(1, 1) })).toBeNull();
    expect(refusalToHold(limited, 2, { all: use(4, 4), buyer: use(1, 1) })).toBe('promotion_limit_reached');
    expect(refusalToHold(limited, 1, { all: use(5, 5), buyer: use(0, 0) })).toBe('promotion_quota_reached');
    expect(refusalToHold(PROMOTION, 1_000, { all: use(999, 999), buyer: use(999, 999) })).toBeNull();
  });
});
