import {
  type Client,
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
  type ScheduleOptions,
} from '@temporalio/client';
import { ORDER_TASK_QUEUE } from '../../../../workflows/order/contract';

/** The schedule of the reconciliation; a deployment with a task queue of its own has its own. */
export function reconcileScheduleId(taskQueue: string): string {
  return taskQueue === ORDER_TASK_QUEUE ? 'holdfast-reconcile' : `${taskQueue}-reconcile`;
}

/** Every call to the server ends by then. */
const CALL_MS = 10_000;
/** Runs that were missed while Temporal was away are not made up for: one that looks now finds the same. */
const CATCH_UP = '1m';

/**
 * Makes the schedule what the configuration says, whatever it was; 0 seconds: there is none. May be called by any number of
 * processes at once.
 */
export async function ensureReconcileSchedule(
  client: Client,
  { everySeconds, taskQueue = ORDER_TASK_QUEUE }: { readonly everySeconds: number; readonly taskQueue?: string },
): Promise<void> {
  const scheduleId = reconcileScheduleId(taskQueue);
  await client.withDeadline(Date.now() + CALL_MS, async () => {
    if (everySeconds === 0) return remove(client, scheduleId);
    const wanted = scheduleOf(scheduleId, everySeconds, taskQueue);
    try {
      await client.schedule.create(wanted);
    } catch (error) {
      if (!(error instanceof ScheduleAlreadyRunning)) throw error;
      // Whether it is paused is an operator's own affair, and stays so.
      await client.schedule.getHandle(scheduleId).update(({ state }) => ({ ...wanted, state }));
    }
  });
}

function scheduleOf(scheduleId: string, everySeconds: number, taskQueue: string) {
  return {
    scheduleId,
    spec: { intervals: [{ every: everySeconds * 1_000 }] },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: CATCH_UP },
    action: {
      type: 'startWorkflow',
      workflowType: 'reconcileWorkflow',
      workflowId: scheduleId,
      taskQueue,
      args: [{}],
      staticSummary: 'compare what has to agree',
    },
  } as const satisfies ScheduleOptions;
}

async function remove(client: Client, scheduleId: string): Promise<void> {
  try {
    await client.schedule.getHandle(scheduleId).delete();
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
  }
}
