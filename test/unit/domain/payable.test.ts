import { refusal as stripe } from '../../../src/adapters/gateway/stripe/amounts';
import { MAX_MINOR } from '../../../src/domain/money';
import { refusalOf } from '../../../src/domain/payable';

describe('refusalOf', () => {
  const payable = { currency: 'CNY', least: 2, most: 9 };
  test.each([
    [2, 'CNY', null],
    [9, 'CNY', null],
    [1, 'CNY', 'takes no less than 2 minor units of CNY'],
    [10, 'CNY', 'takes no more than 9 minor units of CNY'],
    [5, 'USD', 'takes CNY, not USD'],
  ])('%d %s: %s', (minor, currency, why) => {
    expect(refusalOf({ minor, currency }, payable)).toBe(why);
  });

  test('without bounds takes whatever there is', () => {
    expect(refusalOf({ minor: 0, currency: 'JPY' }, { currency: null, least: 0, most: null })).toBeNull();
    expect(refusalOf({ minor: MAX_MINOR, currency: 'JPY' }, { currency: null, least: 0, most: null })).toBeNull();
  });
});

describe("Stripe's amounts", () => {
  test.each([
    [50, 'USD', null],
    [49, 'USD', 'takes no less than 50 minor units of USD'],
    [50, 'JPY', null],
    [1, 'CNY', null],
    [0, 'CNY', 'takes no less than 1 minor units of CNY'],
    [99_999_999, 'USD', null],
    [100_000_000, 'USD', 'takes no more than 99999999 minor units of USD'],
  ])('%d %s: %s', (minor, currency, why) => {
    expect(stripe({ minor, currency })).toBe(why);
  });
});
