import { proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { ReconcileActivities } from '../../activities';
import { reconcileTaskQueue } from './contract';

/**
 * One page: at most twenty calls of a gateway or a hundred of the server, each with a time limit of its own. A handful of
 * tries bridges a fail-over; what still fails then would fail for hours, and the other classes are not to wait for it.
 */
const LOOK = {
  startToCloseTimeout: '4m',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '20s', maximumAttempts: 5 },
} as const;

/** The run's own books, without which it can neither begin nor end. */
const BOOKS = {
  startToCloseTimeout: '30s',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' },
} as const;

export const steps = proxyActivities<ReconcileActivities>(LOOK);
export const books = proxyActivities<ReconcileActivities>(BOOKS);

/** The options of one step: what the UI shows of it, and the queue. */
export function step(summary: string): { summary: string; taskQueue: string } {
  return { summary, taskQueue: reconcileTaskQueue(workflowInfo().taskQueue) };
}
