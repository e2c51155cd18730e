import { type Unknown } from '../../../domain/payment';

/** What a call can come to; a call that isn't made is not an adapter's to say. */
export type Cause = Exclude<Unknown['cause'], 'circuitOpen'>;

/**
 * How long to wait before asking again where the gateway doesn't say, by cause:
 * a lost answer is asked for at once, as its effect may stand; a server in trouble or throttling gets room; a signature
 * that doesn't verify or a code that nobody has listed is rarely mended in seconds.
 */
const RETRY_AFTER_MS: Record<Cause, number> = {
  timeout: 1_000,
  '5xx': 5_000,
  unparsable: 5_000,
  throttled: 10_000,
  badSignature: 30_000,
  unlisted: 30_000,
};

/** Retry-After isn't covered by the signature: whoever can add it must not be able to park an order for longer. */
const LONGEST_RETRY_AFTER_MS = 300_000;

/** An unknown of that cause. `retryAfter` is the header's value: seconds or an HTTP date. */
export function unknown(cause: Cause, retryAfter: string | null = null, nowMs = 0): Unknown {
  return { t: 'unknown', cause, retryAfterMs: readRetryAfter(retryAfter, nowMs) ?? RETRY_AFTER_MS[cause] };
}

function readRetryAfter(value: string | null, nowMs: number): number | null {
  if (value === null) return null;
  const ms = /^\d+$/.test(value.trim()) ? Number(value) * 1000 : Date.parse(value) - nowMs;
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), LONGEST_RETRY_AFTER_MS) : null;
}
