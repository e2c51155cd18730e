import { type Client, WorkflowIdConflictPolicy, WorkflowIdReusePolicy } from '@temporalio/client';
import { ORDER_TASK_QUEUE } from '../../../../workflows/order/contract';
import { type OutageInput, outageWorkflowId } from '../../../../workflows/outage/contract';
import { type OutageProcess } from '../../../ports/outages';
import { CALL_MS, unlessEnded, within } from './calls';

/** Outages as workflows on a Temporal cluster. */
export class TemporalOutageProcess implements OutageProcess {
  constructor(private readonly options: { readonly client: Client; readonly taskQueue?: string }) {}

  async start(outageId: string): Promise<void> {
    const { client, taskQueue = ORDER_TASK_QUEUE } = this.options;
    const args: [OutageInput] = [{ outageId }];
    await unlessEnded(
      within(client, CALL_MS, () =>
        client.workflow.start('outageWorkflow', {
          ...{ taskQueue, workflowId: outageWorkflowId(outageId), args },
          workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
          workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
          staticSummary: 'every deadline at a gateway is extended',
        }),
      ),
    );
  }
}
