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
