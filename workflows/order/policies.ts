import { ActivityFailure, ApplicationFailure } from '@temporalio/common';
import {
  ActivityCancellationType,
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
  workflowInfo,
} from '@temporalio/workflow';
import type { OrderActivities } from '../../activities';
import { type GatewayName } from '../../src/domain/payment';
import { gatewayTaskQueue } from './contract';

/**
 * How long each class of step may take and how it is repeated; nowhere else.
 *
 * `quickBooks`: short transactions on PostgreSQL, run within the workflow task, which saves the server three events each.
 * A handful of tries bridges a fail-over; the time covers the longest transaction and the wait for its connection.
 */
const BOOKS_TRY = '30s';
const QUICK_TRIES = 5;
const quickBooks = proxyLocalActivities<OrderActivities>({
  startToCloseTimeout: BOOKS_TRY,
  retry: { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '10s', maximumAttempts: QUICK_TRIES },
});

/** The same steps as ordinary activities: repeated without end, and seen as pending, with their last failure, in the UI. */
const patientBooks = proxyActivities<OrderActivities>({
  startToCloseTimeout: BOOKS_TRY,
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' },
});

type Step = keyof OrderActivities;
type Input<S extends Step> = Parameters<OrderActivities[S]>[0];
type Output<S extends Step> = Awaited<ReturnType<OrderActivities[S]>>;
/** An activity as it is called here, whichever it is. */
interface Callable<S extends Step> {
  executeWithOptions(options: { summary: string }, args: [Input<S>]): Promise<Output<S>>;
}

/**
 * Takes a database step: without it the order can neither go on nor end, so it is never given up. Quickly first; when that
 * keeps failing, patiently and visibly. A verdict (a coded failure) is thrown at once.
 */
export async function keepBooks<S extends Step>(step: S, summary: string, input: Input<S>): Promise<Output<S>> {
  try {
    return await (quickBooks[step] as unknown as Callable<S>).executeWithOptions({ summary }, [input]);
  } catch (error) {
    if (isVerdict(error) || isCancellation(error)) throw error;
    return (patientBooks[step] as unknown as Callable<S>).executeWithOptions({ summary }, [input]);
  }
}

/** A coded failure. What a local activity threw last comes as it is, without the ActivityFailure around it. */
function isVerdict(error: unknown): boolean {
  const failure = error instanceof ActivityFailure ? error.cause : error;
  return failure instanceof ApplicationFailure && failure.nonRetryable === true;
}

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
 * The create is given up when the window is over, and the workflow waits until its activity has ended, one way or the other,
 * before it asks for the close. One may be under way all the same: the first, which `holdStock` begins and stops waiting for
 * after a second, in a worker that the activity did not come to. It ends within the time limit of a gateway's call. Should it
 * land behind the close, then under the number that was closed; and a number of which the gateway knew nothing at the close is
 * held as payable until it expires.
 */
export const gatewayCreate = proxyActivities<OrderActivities>({
  ...GATEWAY_TRY,
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
});

/** The options of one call: what the UI shows of it, and the queue of its gateway. */
export function at(gatewayName: GatewayName, summary: string): { summary: string; taskQueue: string } {
  return { summary, taskQueue: gatewayTaskQueue(workflowInfo().taskQueue, gatewayName) };
}
