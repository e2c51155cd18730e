import { type Unknown } from '../../../domain/payment';

/** What a call can come to; a call that isn't made is not an adapter's to say. */
export type Cause = Exclude<Unknown['cause'], 'circuitOpen'>;

/**
 * How long to wait before asking again, by cause: a lost answer is asked for at once, as its effect may stand; a server
 * in trouble or throttling gets room; a signature that doesn't verify or a code that nobody has listed is rarely mended
 * in seconds.
 */
const RETRY_AFTER_MS: Record<Cause, number> = {
  timeout: 1_000,
  '5xx': 5_000,
  unparsable: 5_000,
  throttled: 10_000,
  badSignature: 30_000,
  unlisted: 30_000,
};

/** An unknown of that cause. Alipay names no waiting time of its own. */
export function unknown(cause: Cause, retryAfterMs = RETRY_AFTER_MS[cause]): Unknown {
  return { t: 'unknown', cause, retryAfterMs };
}
