/** How much one process asks of one gateway, and when it stops asking. */
export interface ProtectionLimits {
  /** Calls under way at once; further ones wait. */
  readonly atOnce: number;
  /** Calls that wait for one of those to end; further ones are answered `throttled` at once. */
  readonly waiting: number;
  /** The circuit looks at this many of the last calls … */
  readonly lookBackCalls: number;
  /** … once there were at least this many … */
  readonly fewestCalls: number;
  /** … and opens when more than this share of them failed; between 0 and 1. */
  readonly failureShare: number;
  /** How long an open circuit asks nothing, milliseconds; then one call tries. */
  readonly openForMs: number;
}

/**
 * `atOnce` + `waiting` are the calls that a worker has under way at one gateway, so that a worker by itself is refused
 * for its pace only. Fewer wait than are under way: a call of at most 10 s then waits at most as long for them, a second
 * for its turn before, and an activity's two calls stay within its 45 s.
 *
 * Calls are counted, not timed: a shop of ten orders an hour has no failures a second to speak of. More than half of 20
 * is an outage and not a few payments in trouble; below 10 calls it could as well be one order, asked again and again.
 * Ten seconds spare a provider that restarts nearly all of the load, and cost an order no more than the wait between two
 * of its own questions.
 */
export const PROTECTION_LIMITS: ProtectionLimits = {
  atOnce: 30,
  waiting: 20,
  lookBackCalls: 20,
  fewestCalls: 10,
  failureShare: 0.5,
  openForMs: 10_000,
};
