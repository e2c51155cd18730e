import {
  type Client,
  isGrpcServiceError,
  WithStartWorkflowOperation,
  WorkflowExecutionAlreadyStartedError,
  type WorkflowUpdateHandle,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { type UpdateDefinition } from '@temporalio/common';
import { HoldfastError } from '../../../domain/errors';
import { ORDER_WORKFLOW, type orderStart, type OrderWorkflow } from './order-start';

/** Every call to the server ends by then. */
export const CALL_MS = 10_000;

/** gRPC's UNAVAILABLE and DEADLINE_EXCEEDED: the server is not there, or does not answer in time. */
const AWAY: readonly number[] = [14, 4];
/** gRPC's RESOURCE_EXHAUSTED: the namespace is over its rate. */
const OVER_RATE: readonly number[] = [8];

/** A call with a time limit. Throws `not_ready` where the server is away, `too_busy` where it takes no more. */
export async function within<T>(client: Client, ms: number, call: () => Promise<T>): Promise<T> {
  try {
    return await client.withDeadline(Date.now() + ms, call);
  } catch (error) {
    const cause = error instanceof Error && isGrpcServiceError(error.cause) ? error.cause : error;
    if (isGrpcServiceError(cause) && AWAY.includes(cause.code)) {
      throw new HoldfastError('not_ready', 'Temporal cannot be reached', { retryAfterSeconds: 1 });
    }
    if (isGrpcServiceError(cause) && OVER_RATE.includes(cause.code)) {
      throw new HoldfastError('too_busy', 'Temporal takes no more at the moment', { retryAfterSeconds: 1 });
    }
    throw error;
  }
}

/** The order's only workflow is over: nothing of it can be started or told any more. */
export async function unlessEnded<T>(call: Promise<T>): Promise<T | 'ended'> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return 'ended';
    throw error;
  }
}

/** Resolves once the command is in the workflow's history; starts the workflow where it has not been yet. */
export function commandOrder<Ret, Args extends unknown[]>(
  client: Client,
  start: ReturnType<typeof orderStart>,
  command: UpdateDefinition<Ret, Args>,
  args: Args,
  commandId?: string,
): Promise<WorkflowUpdateHandle<Ret>> {
  const startWorkflowOperation = new WithStartWorkflowOperation<OrderWorkflow>(ORDER_WORKFLOW, start);
  // The operation's own promise rejects as well; what the update call says is what counts.
  startWorkflowOperation.workflowHandle().catch(() => undefined);
  return acceptedInTime(
    client.workflow.startUpdateWithStart(command, {
      args,
      waitForStage: 'ACCEPTED',
      startWorkflowOperation,
      ...(commandId !== undefined && { updateId: commandId }),
    }),
  );
}

/** Until it is accepted a command is nowhere: whoever gave it has to give it again. */
export async function acceptedInTime<T>(acceptance: Promise<T>): Promise<T> {
  try {
    return await acceptance;
  } catch (error) {
    if (!(error instanceof WorkflowUpdateRPCTimeoutOrCancelledError)) throw error;
    throw new HoldfastError('not_ready', 'no worker took the command in time', { retryAfterSeconds: 1 });
  }
}
