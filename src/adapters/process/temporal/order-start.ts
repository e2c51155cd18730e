import { WorkflowIdConflictPolicy, WorkflowIdReusePolicy } from '@temporalio/client';
import { type SearchAttributePair } from '@temporalio/common';
import {
  ORDER_PAY_BY,
  ORDER_STATUS,
  ORDER_TASK_QUEUE,
  type OrderInput,
  type OrderResult,
  orderWorkflowId,
} from '../../../../workflows/order/contract';
import { type ProcessDraft } from '../../../ports/process-draft';
import { describeOrder } from './describe';

export type OrderWorkflow = (input: OrderInput) => Promise<OrderResult>;

/** The workflow's type: the name of the exported function. */
export const ORDER_WORKFLOW = 'orderWorkflow';

/** How an order's workflow is started, whoever is first to need it: an order has one, ever. */
export function orderStart(orderId: string, draft: ProcessDraft, taskQueue = ORDER_TASK_QUEUE) {
  const { buyerId, lines, payWith, payBy, asPlaced } = draft;
  const input: OrderInput = { buyerId, lines, payWith, ...(asPlaced && { placed: { orderId, payBy } }) };
  return {
    taskQueue,
    workflowId: orderWorkflowId(orderId),
    workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    args: [input] as [OrderInput],
    typedSearchAttributes: [
      { key: ORDER_STATUS, value: 'awaiting_payment' },
      { key: ORDER_PAY_BY, value: new Date(payBy) },
    ] satisfies SearchAttributePair[],
    ...describeOrder(draft),
  };
}
