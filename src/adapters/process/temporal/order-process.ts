import {
  type Client,
  isGrpcServiceError,
  WithStartWorkflowOperation,
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  WorkflowIdConflictPolicy,
  WorkflowNotFoundError,
  WorkflowIdReusePolicy,
  WorkflowUpdateFailedError,
  type WorkflowUpdateHandle,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { type SearchAttributePair, type UpdateDefinition } from '@temporalio/common';
import {
  cancelOrder,
  type CancelRequest,
  ORDER_PAY_BY,
  ORDER_STATUS,
  ORDER_TASK_QUEUE,
  type OrderInput,
  type OrderResult,
  orderWorkflowId,
  paymentReceived,
  type PaymentReceived,
  switchPayment,
} from '../../../../workflows/order/contract';
import { latePaymentWorkflowId, type LatePaymentInput } from '../../../../workflows/late-payment/contract';
import { refundChanged, type RefundInput, refundWorkflowId } from '../../../../workflows/refund/contract';
import { type GatewayName } from '../../../domain/payment';
import { HoldfastError } from '../../../domain/errors';
import {
  type CancelAnswer,
  type CancelReason,
  type NextAttempt,
  type OrderProcess,
  type ProcessDraft,
  type SwitchAnswer,
} from '../../../ports/order-process';
import { type RefundInProcess } from '../../../ports/refund-store';
import { type PaymentFact } from '../../../ports/webhook-inbox';
import { describeOrder } from './describe';

type OrderWorkflow = (input: OrderInput) => Promise<OrderResult>;

/** The workflow's type: the name of the exported function. */
const ORDER_WORKFLOW = 'orderWorkflow';

export interface TemporalOrderProcessOptions {
  readonly client: Client;
  /** The queue of the workers; the contract's unless a test has one of its own. */
  readonly taskQueue?: string;
  /** The client's connection is the one a worker of this process polls with: the first task then saves a round trip. */
  readonly eagerStart: boolean;
}

/** Every call to the server ends by then. */
const CALL_MS = 10_000;
/** How long a cancellation waits for the gateway's first answer before it is answered with `closing`. */
const CANCEL_ANSWER_MS = 12_000;
/** A switch waits for the close of the earlier attempt as a cancellation does. */
const SWITCH_ANSWER_MS = 12_000;

/** Order workflows on a Temporal cluster. Ids make every call safe to repeat: an order has one workflow, ever. */
export class TemporalOrderProcess implements OrderProcess {
  private readonly client: Client;

  constructor(private readonly options: TemporalOrderProcessOptions) {
    this.client = options.client;
  }

  async start(orderId: string, draft: ProcessDraft): Promise<void> {
    const options = { ...this.startOptions(orderId, draft), requestEagerStart: this.options.eagerStart };
    await unlessEnded(this.within(CALL_MS, () => this.client.workflow.start<OrderWorkflow>(ORDER_WORKFLOW, options)));
  }

  async paymentReceived({ orderId, paymentId, paid }: PaymentFact, draft: ProcessDraft): Promise<'told' | 'ended'> {
    const told = await unlessEnded(
      this.within(CALL_MS, () =>
        this.client.workflow.signalWithStart<OrderWorkflow, [PaymentReceived]>(ORDER_WORKFLOW, {
          ...this.startOptions(orderId, draft),
          signal: paymentReceived,
          signalArgs: [{ paymentId, paid }],
        }),
      ),
    );
    return told === 'ended' ? 'ended' : 'told';
  }

  async startRefund(refundId: string, gateway: GatewayName): Promise<void> {
    const args: [RefundInput] = [{ refundId, gateway }];
    await this.startOnce<typeof args>('refundWorkflow', refundWorkflowId(refundId), args, `refund at ${gateway}`);
  }

  async startLatePayment(inboxId: string): Promise<void> {
    const args: [LatePaymentInput] = [{ inboxId }];
    await this.startOnce<typeof args>(
      'latePaymentWorkflow',
      latePaymentWorkflowId(inboxId),
      args,
      'money that came too late',
    );
  }

  async refundChanged({ id, inboxId }: RefundInProcess): Promise<void> {
    const workflowId = inboxId === null ? refundWorkflowId(id) : latePaymentWorkflowId(inboxId);
    const handle = this.client.workflow.getHandle(workflowId);
    try {
      await this.within(CALL_MS, () => handle.signal(refundChanged));
    } catch (error) {
      // Over already, or not started yet: the process asks the gateway by itself.
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
  }

  async switchPayment(orderId: string, draft: ProcessDraft, next: NextAttempt): Promise<SwitchAnswer> {
    const accepted = await unlessEnded(this.within(CALL_MS, () => this.ask(orderId, draft, switchPayment, [next])));
    if (accepted === 'ended') return { t: 'ended', ...(await this.endOf(orderId)) };
    try {
      return await this.within(SWITCH_ANSWER_MS, () => accepted.result());
    } catch (error) {
      if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) {
        return { t: 'open', why: 'the earlier gateway has not answered yet', retryAfterMs: CALL_MS };
      }
      if (error instanceof WorkflowUpdateFailedError) return { t: 'ended', ...(await this.endOf(orderId)) };
      throw error;
    }
  }

  async cancel(orderId: string, draft: ProcessDraft, reason: CancelReason, note: string | null): Promise<CancelAnswer> {
    const request: CancelRequest = { reason, note };
    const accepted = await unlessEnded(this.within(CALL_MS, () => this.ask(orderId, draft, cancelOrder, [request])));
    if (accepted === 'ended') return this.endOf(orderId);
    try {
      return await this.within(CANCEL_ANSWER_MS, () => accepted.result());
    } catch (error) {
      // Accepted, hence durable; only its answer is not known yet.
      if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return { status: 'closing' };
      // The workflow was ended while the command was waiting.
      if (error instanceof WorkflowUpdateFailedError) return this.endOf(orderId);
      throw error;
    }
  }

  /** How a process that is over ended; throws `process_ended` where a person ended it before the order was. */
  private async endOf(orderId: string): Promise<CancelAnswer> {
    try {
      const handle = this.client.workflow.getHandle<OrderWorkflow>(orderWorkflowId(orderId));
      return await this.within(CALL_MS, () => handle.result());
    } catch (error) {
      if (error instanceof WorkflowFailedError) throw new HoldfastError('process_ended');
      throw error;
    }
  }

  /** Resolves once the command is in the workflow's history. */
  private ask<Ret, Args extends [unknown]>(
    orderId: string,
    draft: ProcessDraft,
    command: UpdateDefinition<Ret, Args>,
    args: Args,
  ): Promise<WorkflowUpdateHandle<Ret>> {
    const startWorkflowOperation = new WithStartWorkflowOperation<OrderWorkflow>(
      ORDER_WORKFLOW,
      this.startOptions(orderId, draft),
    );
    // The operation's own promise rejects as well; what the update call says is what counts.
    startWorkflowOperation.workflowHandle().catch(() => undefined);
    return acceptedInTime(
      this.client.workflow.startUpdateWithStart(command, {
        args,
        waitForStage: 'ACCEPTED',
        startWorkflowOperation,
      }),
    );
  }

  private async startOnce<Args extends [unknown]>(
    type: string,
    workflowId: string,
    args: Args,
    staticSummary: string,
  ): Promise<void> {
    await unlessEnded(
      this.within(CALL_MS, () =>
        this.client.workflow.start(type, {
          taskQueue: this.options.taskQueue ?? ORDER_TASK_QUEUE,
          workflowId,
          workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
          workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
          args,
          staticSummary,
        }),
      ),
    );
  }

  private startOptions(orderId: string, draft: ProcessDraft) {
    const { buyerId, lines, payWith, payBy } = draft;
    const input: OrderInput = { buyerId, lines, payWith };
    return {
      taskQueue: this.options.taskQueue ?? ORDER_TASK_QUEUE,
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

  private async within<T>(ms: number, call: () => Promise<T>): Promise<T> {
    try {
      return await this.client.withDeadline(Date.now() + ms, call);
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
}

/** gRPC's UNAVAILABLE and DEADLINE_EXCEEDED: the server is not there, or does not answer in time. */
const AWAY: readonly number[] = [14, 4];
/** gRPC's RESOURCE_EXHAUSTED: the namespace is over its rate. */
const OVER_RATE: readonly number[] = [8];

/** The order's only workflow is over: nothing of it can be started or told any more. */
async function unlessEnded<T>(call: Promise<T>): Promise<T | 'ended'> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return 'ended';
    throw error;
  }
}

/** Until it is accepted a command is nowhere: whoever gave it has to give it again. */
async function acceptedInTime<T>(acceptance: Promise<T>): Promise<T> {
  try {
    return await acceptance;
  } catch (error) {
    if (!(error instanceof WorkflowUpdateRPCTimeoutOrCancelledError)) throw error;
    throw new HoldfastError('not_ready', 'no worker took the command in time', { retryAfterSeconds: 1 });
  }
}
