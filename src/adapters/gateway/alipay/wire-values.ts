import { MAX_MINOR, type Money } from '../../../domain/money';

/** Alipay's times are China's and name no zone: UTC+8 all year. */
const CHINA_OFFSET_MS = 8 * 3_600_000;
/** Alipay's only currency for a mainland seller. */
export const CURRENCY = 'CNY';

/** `yyyy-MM-dd HH:mm:ss` in China's time, whole seconds rounded down; from epoch milliseconds. */
export function chinaTime(ms: number): string {
  return new Date(ms + CHINA_OFFSET_MS).toISOString().slice(0, 19).replace('T', ' ');
}

/** RFC 3339 UTC of Alipay's form (fractions allowed, as in gmt_refund); null where it isn't that. */
export function readChinaTime(text: string): string | null {
  if (!/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d{1,3})?$/.test(text)) return null;
  const ms = Date.parse(`${text.replace(' ', 'T')}+08:00`);
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
}

/** `19.99` for 1999 fen. */
export function yuan(amount: Money): string {
  return `${Math.floor(amount.minor / 100)}.${String(amount.minor % 100).padStart(2, '0')}`;
}

/** The amount of `19.99`, `19.9` or `19`, digit by digit: never through a float. Null where it isn't that. */
export function readYuan(text: string): Money | null {
  const match = /^(\d{1,12})(?:\.(\d{1,2}))?$/.exec(text);
  if (!match) return null;
  const minor = Number(`${match[1] ?? ''}${(match[2] ?? '').padEnd(2, '0')}`);
  return minor <= MAX_MINOR ? { minor, currency: CURRENCY } : null;
}
