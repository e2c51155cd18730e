import {
  type Client,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { latePaymentWorkflowId } from '../../../../workflows/late-payment/contract';
import { ORDER_TASK_QUEUE, orderIdOf, orderWorkflowId } from '../../../../workflows/order/contract';
import { refundWorkflowId } from '../../../../workflows/refund/contract';
import { type Clock } from '../../../ports/clock';
import { type ProcessDraft } from '../../../ports/process-draft';
import { type ProcessStanding } from '../../../ports/process-standing';
import { type OpenProcess } from '../../../ports/reconcile-reads';
import { CALL_MS, unlessEnded, within } from './calls';
import { orderStart } from './order-start';

export interface ProcessStandingOptions {
  readonly client: Client;
  readonly taskQueue?: string;
  readonly now: Clock;
}

/** Workflows of one page of a list. */
const PAGE = 200;

/** What the Temporal server says of the workflows. */
export class TemporalProcessStanding implements ProcessStanding {
  private readonly taskQueue: string;

  constructor(private readonly options: ProcessStandingOptions) {
    this.taskQueue = options.taskQueue ?? ORDER_TASK_QUEUE;
  }

  /** Asks for the one workflow, not the visibility index, which is some seconds behind. */
  async isRunning(process: Pick<OpenProcess, 'kind' | 'id'>): Promise<boolean> {
    const handle = this.options.client.workflow.getHandle(workflowIdOf(process));
    try {
      const { status } = await this.within(() => handle.describe());
      return status.name === 'RUNNING' || status.name === 'CONTINUED_AS_NEW';
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return false;
      throw error;
    }
  }

  async startAgain(process: OpenProcess, draft: ProcessDraft | null): Promise<'started' | 'completed'> {
    const { workflow } = this.options.client;
    const started = await unlessEnded(
      this.within(() => {
        const [type, options] = this.startOf(process, draft);
        return workflow.start(type, {
          ...options,
          workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
          workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
        });
      }),
    );
    return started === 'ended' ? 'completed' : 'started';
  }

  async runningFor(ms: number, after: string | null) {
    const before = new Date(this.options.now() - ms).toISOString();
    const { namespace } = this.options.client.options;
    const page = await this.within(() =>
      this.options.client.workflowService.listWorkflowExecutions({
        namespace,
        pageSize: PAGE,
        query: `WorkflowType = 'orderWorkflow' AND ExecutionStatus = 'Running' AND TaskQueue = '${this.taskQueue}' AND StartTime < '${before}'`,
        nextPageToken: after === null ? new Uint8Array() : Buffer.from(after, 'base64'),
      }),
    );
    const ids = page.executions.map(({ execution }) => orderIdOf(execution?.workflowId ?? ''));
    return {
      orderIds: ids.filter((id) => id !== null),
      next: page.nextPageToken.length === 0 ? null : Buffer.from(page.nextPageToken).toString('base64'),
    };
  }

  private startOf({ kind, id, gateway }: OpenProcess, draft: ProcessDraft | null) {
    const { taskQueue } = this;
    if (kind === 'order') {
      if (!draft) throw new Error(`the order ${id} can't be started without its draft`);
      return ['orderWorkflow', orderStart(id, draft, taskQueue)] as const;
    }
    const workflowId = workflowIdOf({ kind, id });
    const again = { taskQueue, workflowId, staticSummary: 'started again by reconciliation' };
    return kind === 'refund'
      ? (['refundWorkflow', { ...again, args: [{ refundId: id, gateway }] }] as const)
      : (['latePaymentWorkflow', { ...again, args: [{ inboxId: id }] }] as const);
  }

  private within<T>(call: () => Promise<T>): Promise<T> {
    return within(this.options.client, CALL_MS, call);
  }
}

function workflowIdOf({ kind, id }: Pick<OpenProcess, 'kind' | 'id'>): string {
  switch (kind) {
    case 'order':
      return orderWorkflowId(id);
    case 'refund':
      return refundWorkflowId(id);
    case 'inbox':
      return latePaymentWorkflowId(id);
  }
}
