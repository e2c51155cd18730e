import fc from 'fast-check';
import { pointsDueBack, pointsEarned } from '../../../src/domain/points-award';
import { MAX_MINOR } from '../../../src/domain/money';

const cny = (minor: number) => ({ minor, currency: 'CNY' });
const amount = fc.integer({ min: 1, max: MAX_MINOR });
const basisPoints = fc.integer({ min: 0, max: 10_000 });

describe('points earned', () => {
  test.each([
    [1_000, 100, 10],
    [1_999, 100, 19],
    [99, 100, 0],
    [100, 100, 1],
    [12_345, 150, 185],
    [1_999, 10_000, 1_999],
    [1_999, 0, 0],
    [0, 10_000, 0],
    [MAX_MINOR, 9_999, 99_990_000_000],
  ])('for %i minor units at %i basis points: %i', (minor, rate, points) => {
    expect(pointsEarned(cny(minor), rate)).toBe(points);
  });

  it('are the exact share, rounded down (property)', () => {
    fc.assert(
      fc.property(amount, basisPoints, (minor, rate) => {
        expect(pointsEarned(cny(minor), rate)).toBe(Number((BigInt(minor) * BigInt(rate)) / 10_000n));
      }),
    );
  });
});

describe('points due back', () => {
  test.each([
    { paid: 3_000, earned: 30, refunded: 1_000, takenBack: 0, due: 10 },
    { paid: 3_000, earned: 30, refunded: 1_099, takenBack: 0, due: 10 },
    { paid: 3_000, earned: 30, refunded: 3_000, takenBack: 10, due: 20 },
    { paid: 3_000, earned: 30, refunded: 0, takenBack: 0, due: 0 },
    { paid: 3_000, earned: 30, refunded: 1_000, takenBack: 30, due: 0 },
    { paid: 0, earned: 0, refunded: 0, takenBack: 0, due: 0 },
    { paid: MAX_MINOR, earned: MAX_MINOR - 1, refunded: MAX_MINOR - 1, takenBack: 0, due: MAX_MINOR - 2 },
  ])('$due of $earned earned, $refunded of $paid refunded, $takenBack taken', ({ due, ...award }) => {
    expect(pointsDueBack(award)).toBe(due);
  });

  it('however a full refund is cut into parts, exactly what was earned is taken, and never more on the way (property)', () => {
    const parts = fc.array(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(parts, basisPoints, (refunds, rate) => {
        const paid = refunds.reduce((sum, part) => sum + part, 0);
        const earned = pointsEarned(cny(paid), rate);
        let [refunded, takenBack] = [0, 0];
        for (const part of refunds) {
          refunded += part;
          takenBack += pointsDueBack({ paid, earned, refunded, takenBack });
          expect(takenBack * paid).toBeLessThanOrEqual(earned * refunded);
        }
        expect(takenBack).toBe(earned);
      }),
    );
  });
});
