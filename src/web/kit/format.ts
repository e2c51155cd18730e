import { type Money } from '../../domain/money';

/** How many decimals the currency is written with; the browser's knowledge (ISO 4217). */
export function decimalsOf(currency: string): number {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
}

/** Minor units as the currency writes them. */
export function money({ minor, currency }: Money, locale?: string): string {
  const format = new Intl.NumberFormat(locale, { style: 'currency', currency });
  return format.format(minor / 10 ** decimalsOf(currency));
}

/** An amount as a person wrote it (19.99), in minor units. */
export function minorUnits(amount: number, currency: string): number {
  return Math.round(amount * 10 ** decimalsOf(currency));
}

/** An RFC 3339 instant in the reader's zone. */
export function instant(at: string, locale?: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' }).format(new Date(at));
}

/** Seconds as `1 d 02:03:04`, `02:03:04` or `03:04`. */
export function duration(seconds: number): string {
  const total = Math.max(0, Math.floor(seconds));
  const two = (value: number): string => String(value).padStart(2, '0');
  const clock = [Math.floor((total % 86_400) / 3_600), Math.floor((total % 3_600) / 60), total % 60];
  const days = Math.floor(total / 86_400);
  if (days > 0) return `${days} d ${clock.map(two).join(':')}`;
  return (clock[0] === 0 ? clock.slice(1) : clock).map(two).join(':');
}
