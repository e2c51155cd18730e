/** First wait after an answer that settles nothing; doubled each time. */
const FIRST_WAIT_MS = 1_000;
/** An outage of hours costs 12 questions an hour and order, and is noticed over within 5 minutes. */
const LONGEST_WAIT_MS = 300_000;
/** Spreads orders that an outage lined up, as a fraction of the wait. */
const SPREAD = 0.2;

/** How long to wait before the gateway is asked again, after `asked` questions; not sooner than it wants, five minutes at most. */
export function waitBeforeAsking(asked: number, retryAfterMs: number): number {
  const wait = Math.min(FIRST_WAIT_MS * 2 ** Math.min(asked - 1, 20), LONGEST_WAIT_MS);
  const spread = wait * (1 - SPREAD * Math.random());
  return Math.round(Math.min(Math.max(spread, retryAfterMs), LONGEST_WAIT_MS));
}
