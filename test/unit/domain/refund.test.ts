import { createNewId } from '../../../src/adapters/ids/ulid';
import { LATE_PAYMENT_POLICIES, MOST_REFUND_TRIES, REFUND_STATUSES, refundNumber } from '../../../src/domain/refund';

const ID = createNewId(Date.now)('refund');
const NUMBERS = Array.from({ length: MOST_REFUND_TRIES }, (_, index) => refundNumber(ID, index + 1));

describe('refundNumber', () => {
  test('is the id at first, and then the id and a count', () => {
    expect(NUMBERS.slice(0, 3)).toEqual([ID, `${ID}_2`, `${ID}_3`]);
  });

  test('is another one for each try, and the same one for the same try', () => {
    expect(new Set(NUMBERS).size).toBe(MOST_REFUND_TRIES);
    expect(refundNumber(ID, 2)).toBe(NUMBERS[1]);
  });

  test.each(NUMBERS)('%s is what every gateway takes: at most 64 letters, digits and _', (number) => {
    expect(number).toMatch(/^[0-9A-Za-z_]{1,64}$/);
  });

  test('never is a number of another refund', () => {
    const other = createNewId(Date.now)('refund');
    for (let tries = 1; tries <= MOST_REFUND_TRIES; tries += 1)
      expect(NUMBERS).not.toContain(refundNumber(other, tries));
  });
});

describe('refunds', () => {
  test('are tried under five numbers before a person takes over', () => {
    expect(MOST_REFUND_TRIES).toBe(5);
  });

  test('have these states and policies', () => {
    expect(REFUND_STATUSES).toEqual(['pending', 'processing', 'succeeded', 'manual']);
    expect(LATE_PAYMENT_POLICIES).toEqual(['refund', 'revive']);
  });
});
