import { type Unknown } from '../../../domain/payment';

/** What a call can come to; a call that isn't made is not an adapter's to say. */
type Cause = Exclude<Unknown['cause'], 'circuitOpen'>;

/**
 * How long to wait before asking again where Stripe doesn't say, by cause: a lost answer is asked for at once, as its
 * effect may stand; a server in trouble or throttling gets room; an answer that nobody has listed is rarely mended in seconds.
 */
const RETRY_AFTER_MS: Record<Cause, number> = {
  timeout: 1_000,
  '5xx': 5_000,
  unparsable: 5_000,
  throttled: 10_000,
  badSignature: 30_000,
  unlisted: 30_000,
};

/** A header must not be able to park an order for longer. */
const LONGEST_RETRY_AFTER_MS = 300_000;

/** An unknown of that cause. `retryAfter` is the header's value: seconds. */
export function unknown(cause: Cause, retryAfter?: string): Unknown {
  const told = retryAfter !== undefined && /^\d{1,9}$/.test(retryAfter) ? Number(retryAfter) * 1000 : null;
  return { t: 'unknown', cause, retryAfterMs: Math.min(told ?? RETRY_AFTER_MS[cause], LONGEST_RETRY_AFTER_MS) };
}
