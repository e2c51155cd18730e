import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { getOrderProgress, orderWorkflowId } from '../../../../workflows/order/contract';
import { type ProcessReading, type ProcessReads } from '../../../ports/console-reads';

/** A person is looking at the page: each of the two questions is worth so long, and no longer. */
const ANSWER_MS = 1_000;

/** Asks an order's workflow how far it is; a query, so that its history does not grow by being looked at. */
export class TemporalOrderProgress implements ProcessReads {
  constructor(private readonly client: Client) {}

  async read(orderId: string): Promise<ProcessReading> {
    const handle = this.client.workflow.getHandle(orderWorkflowId(orderId));
    try {
      // The server alone answers this; a query needs a worker, which for one that has ended would replay all of it.
      const { status } = await this.client.withDeadline(Date.now() + ANSWER_MS, () => handle.describe());
      if (status.name !== 'RUNNING') return { t: 'ended' };
      const view = await this.client.withDeadline(Date.now() + ANSWER_MS, () => handle.query(getOrderProgress));
      const { asked = null, lastAnswer = null, nextAskAt = null } = view.closing ?? {};
      return { t: 'answered', status: view.status, asked, lastAnswer, nextAskAt };
    } catch (error) {
      return { t: error instanceof WorkflowNotFoundError ? 'missing' : 'silent' };
    }
  }
}
