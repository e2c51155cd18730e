/** An amount of money: integer minor units (fen, cents) and its ISO 4217 currency. Never a float. */
export interface Money {
  readonly minor: number;
  readonly currency: string;
}

/** The largest amount one order may come to: exact as a number, and beyond what any gateway takes at once. */
export const MAX_MINOR = 100_000_000_000;

/** Builds an amount; throws a RangeError unless `minor` is an integer within ±MAX_MINOR and `currency` three capitals. */
export function money(minor: number, currency: string): Money {
  if (!Number.isSafeInteger(minor) || Math.abs(minor) > MAX_MINOR) {
    throw new RangeError(`an amount is an integer of minor units within ±${MAX_MINOR}, got ${minor}`);
  }
  if (!/^[A-Z]{3}$/.test(currency)) throw new RangeError(`a currency is an ISO 4217 code, got ${currency}`);
  return { minor, currency };
}

/** Same amount in the same currency. */
export function sameMoney(a: Money, b: Money): boolean {
  return a.minor === b.minor && a.currency === b.currency;
}

/** Sums amounts of one currency; throws a RangeError when they mix or when there are none. */
export function sumMoney(amounts: readonly Money[]): Money {
  const first = amounts[0];
  if (!first) throw new RangeError('a sum needs at least one amount');
  const other = amounts.find((a) => a.currency !== first.currency);
  if (other) throw new RangeError(`amounts of ${first.currency} and ${other.currency} cannot be added`);
  return money(
    amounts.reduce((sum, a) => sum + a.minor, 0),
    first.currency,
  );
}
