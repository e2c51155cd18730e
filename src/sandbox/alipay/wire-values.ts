/** China has one zone and no summer time; Alipay's times name none. */
const CHINA_OFFSET_MS = 8 * 3_600_000;
const CHINA_TIME = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/;
/** 0.01 to 100,000,000.00, at most two decimals, no leading zeros. */
const YUAN = /^(0|[1-9]\d{0,8})(\.\d{1,2})?$/;

/** `2026-01-01 08:00:00`, Alipay's form of a time. */
export function chinaTime(iso: string): string {
  return new Date(Date.parse(iso) + CHINA_OFFSET_MS).toISOString().slice(0, 19).replace('T', ' ');
}

/** Milliseconds since the epoch of Alipay's form; NaN where it isn't that. */
export function parseChinaTime(text: string): number {
  return CHINA_TIME.test(text) ? Date.parse(`${text.replace(' ', 'T')}+08:00`) : Number.NaN;
}

/** `19.99` for 1999 fen. */
export function yuan(minor: number): string {
  return `${Math.floor(minor / 100)}.${String(minor % 100).padStart(2, '0')}`;
}

/** Fen; null where the text is no positive amount of yuan with at most two decimals. */
export function fen(text: string): number | null {
  if (!YUAN.test(text)) return null;
  const [whole = '0', decimals = ''] = text.split('.');
  const minor = Number(whole) * 100 + Number(decimals.padEnd(2, '0'));
  return minor > 0 ? minor : null;
}
