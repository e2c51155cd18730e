import { type Money } from '../../../domain/money';
import { refusalOf } from '../../../domain/payable';

/**
 * Stripe's smallest charges by currency, in its own smallest units. For a merchant whose bank account has another currency
 * Stripe converts before it compares, which moves the limit by cents; charges in currencies not listed are left to it.
 * Source: docs.stripe.com/currencies, "Minimum and maximum charge amounts".
 */
const LEAST: Readonly<Record<string, number>> = {
  AED: 200,
  AUD: 50,
  BRL: 50,
  CAD: 50,
  CHF: 50,
  CZK: 1500,
  DKK: 250,
  EUR: 50,
  GBP: 30,
  HKD: 400,
  HUF: 17500,
  INR: 50,
  JPY: 50,
  MXN: 1000,
  MYR: 200,
  NOK: 300,
  NZD: 50,
  PLN: 200,
  RON: 200,
  SEK: 300,
  SGD: 50,
  THB: 1000,
  USD: 50,
};

/** "The amount value supports up to eight digits." */
const MOST = 99_999_999;

/** Why Stripe can never take an amount; null where it can, or where only Stripe can say. */
export function refusal(amount: Money): string | null {
  return refusalOf(amount, { currency: null, least: LEAST[amount.currency] ?? 1, most: MOST });
}
