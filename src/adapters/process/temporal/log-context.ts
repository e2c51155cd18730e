import { AsyncLocalStorage } from 'node:async_hooks';
import { type ActivityInterceptorsFactory } from '@temporalio/worker';
import { orderIdOf } from '../../../../workflows/order/contract';

const fields = new AsyncLocalStorage<Readonly<Record<string, string>>>();

/** Has every log line that an activity writes, however deep, say which workflow it runs for, and which order. */
export const logContext: ActivityInterceptorsFactory = ({ info }) => {
  const workflowId = info.workflowExecution?.workflowId;
  const orderId = workflowId === undefined ? null : orderIdOf(workflowId);
  const own = { ...(workflowId !== undefined && { workflowId }), ...(orderId !== null && { orderId }) };
  return { inbound: { execute: (input, next) => fields.run(own, () => next(input)) } };
};

/** The fields of the activity that is running; none outside of one. */
export function activityFields(): Readonly<Record<string, string>> {
  return fields.getStore() ?? {};
}
