/** `failing`: the last delivery failed, the next is due at a time of its own. `disabled`: given up on; nothing is sent until a person enables it. */
export const WEBHOOK_STATES = ['active', 'failing', 'disabled'] as const;
export type WebhookState = (typeof WEBHOOK_STATES)[number];

/** A shop has a few systems; each endpoint costs a look at the feed. */
export const MOST_WEBHOOK_ENDPOINTS = 100;

/** Failed deliveries in a row: how many, and since when (epoch milliseconds). */
export interface Failures {
  readonly count: number;
  readonly since: number;
}

const FIRST_PAUSE_MS = 5_000;
/** A receiver that was mended gets its events within the hour. */
const LONGEST_PAUSE_MS = 60 * 60 * 1000;
/** Over a weekend somebody has seen the alert of a receiver that is down. */
const GIVE_UP_AFTER_MS = 72 * 60 * 60 * 1000;

export type Setback =
  | { readonly state: 'failing'; readonly failures: Failures; readonly nextTryAt: number }
  | { readonly state: 'disabled'; readonly failures: Failures };

/** What becomes of an endpoint whose delivery failed at `now`, after `before`. */
export function setback(before: Failures | null, now: number): Setback {
  const failures = { count: (before?.count ?? 0) + 1, since: before?.since ?? now };
  if (now - failures.since >= GIVE_UP_AFTER_MS) return { state: 'disabled', failures };
  const pause = Math.min(FIRST_PAUSE_MS * 2 ** (failures.count - 1), LONGEST_PAUSE_MS);
  return { state: 'failing', failures, nextTryAt: now + pause };
}
