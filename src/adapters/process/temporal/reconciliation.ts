import {
  type Client,
  WithStartWorkflowOperation,
  WorkflowIdConflictPolicy,
  WorkflowUpdateFailedError,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { ORDER_TASK_QUEUE } from '../../../../workflows/order/contract';
import {
  RECONCILE_NOW,
  RUN_ENDING,
  type ReconcileInput,
  type ReconcileResult,
  whichRun,
} from '../../../../workflows/reconcile/contract';
import { type Reconciliation } from '../../../ports/reconciliation';
import { acceptedInTime, within } from './calls';

export interface TemporalReconciliationOptions {
  readonly client: Client;
  readonly taskQueue?: string;
}

/** A run begins with one transaction of its worker's. */
const BEGIN_MS = 10_000;

/** Runs of the reconciliation as workflows: whoever asks while one is under way is answered that one, at its end the next. */
export class TemporalReconciliation implements Reconciliation {
  constructor(private readonly options: TemporalReconciliationOptions) {}

  async runNow(): Promise<{ readonly runId: string }> {
    for (;;) {
      const answer = await this.startOrJoin();
      if (answer) return answer;
    }
  }

  /** Null once a run that was at its end is over: another can begin. */
  private async startOrJoin(): Promise<{ readonly runId: string } | null> {
    const { client, taskQueue = ORDER_TASK_QUEUE } = this.options;
    const startWorkflowOperation = new WithStartWorkflowOperation<(input: ReconcileInput) => Promise<ReconcileResult>>(
      'reconcileWorkflow',
      {
        taskQueue,
        workflowId: taskQueue === ORDER_TASK_QUEUE ? RECONCILE_NOW : `${RECONCILE_NOW}:${taskQueue}`,
        workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
        args: [{}],
        staticSummary: 'compare what has to agree, asked for by a person',
      },
    );
    // The operation's own promise rejects as well; what the update call says is what counts.
    startWorkflowOperation.workflowHandle().catch(() => undefined);
    return within(client, BEGIN_MS, async () => {
      try {
        return await acceptedInTime(client.workflow.executeUpdateWithStart(whichRun, { startWorkflowOperation }));
      } catch (error) {
        if (!isEnding(error)) throw error;
        await client.workflow.getHandle(startWorkflowOperation.options.workflowId).result();
        return null;
      }
    });
  }
}

function isEnding(error: unknown): boolean {
  if (!(error instanceof WorkflowUpdateFailedError)) return false;
  const { cause } = error;
  return cause instanceof ApplicationFailure && cause.type === RUN_ENDING;
}
