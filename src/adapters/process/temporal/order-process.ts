import {
  type Client,
  WorkflowFailedError,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  type WorkflowUpdateHandle,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { type UpdateDefinition } from '@temporalio/common';
import { latePaymentWorkflowId, type LatePaymentInput } from '../../../../workflows/late-payment/contract';
import {
  cancelOrder,
  type CancelRequest,
  ORDER_TASK_QUEUE,
  orderWorkflowId,
  paymentReceived,
  type PaymentReceived,
  switchPayment,
} from '../../../../workflows/order/contract';
import { refundChanged, type RefundInput, refundWorkflowId } from '../../../../workflows/refund/contract';
import { HoldfastError } from '../../../domain/errors';
import { type GatewayName } from '../../../domain/payment';
import {
  type CancelAnswer,
  type CancelReason,
  type NextAttempt,
  type OrderProcess,
  type SwitchAnswer,
} from '../../../ports/order-process';
import { type ProcessDraft } from '../../../ports/process-draft';
import { type RefundInProcess } from '../../../ports/refund-store';
import { type PaymentFact } from '../../../ports/webhook-inbox';
import { CALL_MS, commandOrder, unlessEnded, within } from './calls';
import { ORDER_WORKFLOW, orderStart, type OrderWorkflow } from './order-start';

export interface TemporalOrderProcessOptions {
  readonly client: Client;
  /** The queue of the workers; the contract's unless a test has one of its own. */
  readonly taskQueue?: string;
  /** The client's connection is the one a worker of this process polls with: the first task then saves a round trip. */
  readonly eagerStart: boolean;
}

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

  /** Nearly always the process runs: a plain signal costs the server less than one that could start it. */
  async paymentReceived({ orderId, paymentId, paid }: PaymentFact, draft: ProcessDraft): Promise<'told' | 'ended'> {
    const running = this.client.workflow.getHandle(orderWorkflowId(orderId));
    try {
      await this.within(CALL_MS, () => running.signal(paymentReceived, { paymentId, paid }));
      return 'told';
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
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

  async switchPayment(
    orderId: string,
    draft: ProcessDraft,
    next: NextAttempt,
    commandId?: string,
  ): Promise<SwitchAnswer> {
    const accepted = await unlessEnded(
      this.within(CALL_MS, () => this.ask(orderId, draft, switchPayment, [next], commandId)),
    );
    if (accepted === 'ended') return { t: 'ended', ...(await this.endOf(orderId)) };
    try {
      return await this.within(SWITCH_ANSWER_MS, () => accepted.result());
    } catch (error) {
      if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) {
        return { t: 'open', why: 'the earlier gateway has not answered yet', retryAfterMs: CALL_MS, pending: true };
      }
      if (error instanceof WorkflowUpdateFailedError) return { t: 'ended', ...(await this.endOf(orderId)) };
      throw error;
    }
  }

  async cancel(
    orderId: string,
    draft: ProcessDraft,
    reason: CancelReason,
    note: string | null,
    commandId?: string,
  ): Promise<CancelAnswer> {
    const request: CancelRequest = { reason, note };
    const accepted = await unlessEnded(
      this.within(CALL_MS, () => this.ask(orderId, draft, cancelOrder, [request], commandId)),
    );
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
  async endOf(orderId: string): Promise<CancelAnswer> {
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
    commandId?: string,
  ): Promise<WorkflowUpdateHandle<Ret>> {
    return commandOrder(this.client, this.startOptions(orderId, draft), command, args, commandId);
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
    return orderStart(orderId, draft, this.options.taskQueue);
  }

  private within<T>(ms: number, call: () => Promise<T>): Promise<T> {
    return within(this.client, ms, call);
  }
}
