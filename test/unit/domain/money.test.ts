import fc from 'fast-check';
import { MAX_MINOR, money, type Money, sameMoney, sumMoney } from '../../../src/domain/money';

const minor = fc.integer({ min: -MAX_MINOR, max: MAX_MINOR });
const currency = fc.stringMatching(/^[A-Z]{3}$/);
/** Fifty of these, an order's most lines, stay within the bound. */
const small = fc.integer({ min: 0, max: MAX_MINOR / 50 });

describe('money', () => {
  test('keeps any whole amount within the bounds, in any currency', () => {
    fc.assert(fc.property(minor, currency, (m, c) => expect(money(m, c)).toEqual({ minor: m, currency: c })));
  });

  test.each([MAX_MINOR, -MAX_MINOR, 0])('takes %d', (amount) => {
    expect(money(amount, 'CNY').minor).toBe(amount);
  });

  test.each([MAX_MINOR + 1, -MAX_MINOR - 1, 0.5, 19.99, NaN, Infinity, -Infinity, 2 ** 53])('refuses %d', (amount) => {
    expect(() => money(amount, 'CNY')).toThrow(RangeError);
  });

  test.each(['', 'cny', 'CN', 'CNYY', 'C1Y', ' CNY', 'CNY\n', 'ÇNY'])('refuses the currency %j', (code) => {
    expect(() => money(1, code)).toThrow(RangeError);
  });
});

describe('sameMoney', () => {
  test('compares amount and currency', () => {
    expect(sameMoney(money(1, 'CNY'), money(1, 'CNY'))).toBe(true);
    expect(sameMoney(money(1, 'CNY'), money(2, 'CNY'))).toBe(false);
    expect(sameMoney(money(1, 'CNY'), money(1, 'USD'))).toBe(false);
  });
});

describe('sumMoney', () => {
  test('is the exact sum, whatever the order of the amounts', () => {
    fc.assert(
      fc.property(fc.array(small, { minLength: 1, maxLength: 50 }), currency, (amounts, c) => {
        const sum = amounts.reduce((total, amount) => total + BigInt(amount), 0n);
        const all = amounts.map((amount) => money(amount, c));
        expect(sumMoney(all)).toEqual({ minor: Number(sum), currency: c });
        expect(sumMoney([...all].reverse())).toEqual(sumMoney(all));
      }),
    );
  });

  test('refuses to add nothing, or several currencies', () => {
    expect(() => sumMoney([])).toThrow(RangeError);
    expect(() => sumMoney([money(1, 'CNY'), money(1, 'CNY'), money(1, 'USD')])).toThrow(/CNY and USD/);
  });

  test('refuses a sum past the bound, though each amount is within it', () => {
    const half: Money = money(MAX_MINOR / 2, 'CNY');
    expect(sumMoney([half, half]).minor).toBe(MAX_MINOR);
    expect(() => sumMoney([half, half, money(1, 'CNY')])).toThrow(RangeError);
  });
});
