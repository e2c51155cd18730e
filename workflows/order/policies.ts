import { ActivityCancellationType, proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { OrderActivities } from '../../activities';

/**
 * How long each class of step may take and how it is repeated; nowhere else.
 *
 * `books`: short transactions on PostgreSQL, run within the workflow task. Repeated until the database is back, for
 * without them the order can neither go on nor end; 12 s covers the database client's own limit of 10 s a statement.
 */
export const books = proxyLocalActivities<OrderActivities>({
  startToCloseTimeout: '12s',
  retry: { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '10s' },
});

/**
 * Calls that leave the machine. One try holds at most two gateway calls of 10 s each and two transactions; after 45 s a
 * worker is taken as dead. How often to ask a gateway that can't tell is the workflow's business (durable timers), so
 * the server repeats only what failed on our side.
 */
const GATEWAY_TRY = {
  startToCloseTimeout: '45s',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s' },
} as const;

export const gateway = proxyActivities<OrderActivities>(GATEWAY_TRY);

/**
 * The create is given up when the window is over, but never left under way: it has ended, one way or the other, before
 * the close is asked, or it could land behind it.
 */
export const gatewayCreate = proxyActivities<OrderActivities>({
  ...GATEWAY_TRY,
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
});

/** First wait after an answer that settles nothing; doubled each time. */
const FIRST_WAIT_MS = 1_000;
/** An outage of hours costs 12 questions an hour and order, and is noticed over within 5 minutes. */
const LONGEST_WAIT_MS = 300_000;
/** Spreads orders that an outage lined up, as a fraction of the wait. */
const SPREAD = 0.2;

/** How long to wait before the gateway is asked again, after `asked` questions; never sooner than it wants. */
export function waitBeforeAsking(asked: number, retryAfterMs: number): number {
  const wait = Math.min(FIRST_WAIT_MS * 2 ** Math.min(asked - 1, 20), LONGEST_WAIT_MS);
  const spread = wait * (1 + SPREAD * Math.random());
  return Math.round(Math.max(spread, Math.min(retryAfterMs, LONGEST_WAIT_MS)));
}
