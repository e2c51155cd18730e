import {
  type Client,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  type WorkflowUpdateHandle,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure, type UpdateDefinition } from '@temporalio/common';
import { latePaymentWorkflowId } from '../../../../workflows/late-payment/contract';
import { extendPaymentWindow, markManual, retryNow } from '../../../../workflows/order/contract-operators';
import { refundWorkflowId, retryRefund } from '../../../../workflows/refund/contract';
import { ERRORS, type ErrorCode, failureType, HoldfastError } from '../../../domain/errors';
import {
  type CommandedOrder,
  type ExtendAnswer,
  type OrderCommands,
  type RefundRetryAnswer,
  type RetryAnswer,
} from '../../../ports/order-commands';
import { type CancelAnswer, type NextAttempt, type SwitchAnswer } from '../../../ports/order-process';
import { type RefundInProcess } from '../../../ports/refund-store';
import { acceptedInTime, CALL_MS, commandOrder, unlessEnded, within } from './calls';
import { type TemporalOrderProcess } from './order-process';
import { orderStart } from './order-start';

/** How long an operator waits for what the gateway says; the command goes on by itself. */
const ANSWER_MS = 12_000;

/** Operators' commands as Updates, under the action's id: the server answers a repeat with the first outcome. */
export class TemporalOrderCommands implements OrderCommands {
  constructor(
    private readonly options: {
      readonly client: Client;
      readonly process: TemporalOrderProcess;
      readonly taskQueue?: string;
    },
  ) {}

  async extend(order: CommandedOrder, payBy: string): Promise<ExtendAnswer> {
    const reply = await this.command(order, extendPaymentWindow, [{ payBy }]);
    if (reply.t === 'over') return { t: 'ended', ...(await this.options.process.endOf(order.orderId)) };
    // Nothing of it leaves the machine: what is not answered in time is asked for again under the same id.
    if (reply.t === 'notYet') throw new HoldfastError('not_ready', 'the order has not answered yet');
    const { answer } = reply;
    if (answer.t === 'refused')
      return { t: 'refused', why: `the order is ${answer.status}, its deadline ${answer.payBy}` };
    if (answer.t === 'ended') return answer;
    const { attemptExpiresAt } = answer;
    const lapses = attemptExpiresAt !== null && Date.parse(attemptExpiresAt) < Date.parse(answer.payBy);
    return { t: 'extended', payBy: answer.payBy, attemptExpiresAt: lapses ? attemptExpiresAt : null };
  }

  cancel({ orderId, draft, commandId }: CommandedOrder, note: string): Promise<CancelAnswer> {
    return this.options.process.cancel(orderId, draft, 'operator_cancelled', note, commandId);
  }

  switchPayment({ orderId, draft, commandId }: CommandedOrder, next: NextAttempt): Promise<SwitchAnswer> {
    return this.options.process.switchPayment(orderId, draft, next, commandId);
  }

  async retry(order: CommandedOrder): Promise<RetryAnswer> {
    const reply = await this.command(order, retryNow, []);
    if (reply.t === 'over') return { t: 'ended', ...(await this.options.process.endOf(order.orderId)) };
    return reply.t === 'notYet' ? reply : reply.answer;
  }

  async retryRefund({ id, inboxId }: RefundInProcess, commandId: string): Promise<RefundRetryAnswer> {
    const workflowId = inboxId === null ? refundWorkflowId(id) : latePaymentWorkflowId(inboxId);
    const handle = this.options.client.workflow.getHandle(workflowId);
    try {
      const accepted = await within(this.options.client, CALL_MS, () =>
        acceptedInTime(
          handle.startUpdate(retryRefund, { args: [], waitForStage: 'ACCEPTED', updateId: `${commandId}:${id}` }),
        ),
      );
      const reply = await this.answerOf(accepted);
      if (reply.t === 'over') return await this.refundEnded(workflowId);
      if (reply.t === 'notYet') return reply;
      return reply.answer.t === 'asking' ? { t: 'notYet' } : reply.answer;
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return this.refundEnded(workflowId);
      throw error;
    }
  }

  /** It came to its end, or never began, or was ended by hand: then nobody asks for the refund. */
  private async refundEnded(workflowId: string): Promise<RefundRetryAnswer> {
    const { client } = this.options;
    try {
      const { status } = await within(client, CALL_MS, () => client.workflow.getHandle(workflowId).describe());
      return { t: status.name === 'COMPLETED' ? 'settled' : 'noProcess' };
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return { t: 'noProcess' };
      throw error;
    }
  }

  async marked(order: CommandedOrder, manual: boolean): Promise<void> {
    const reply = await this.command(order, markManual, [{ manual }]);
    if (reply.t === 'notYet') throw new HoldfastError('not_ready', 'the order has not answered yet');
    // One that came to its end needs no telling; one that a person ended before is nobody's any more.
    if (reply.t === 'over') await this.options.process.endOf(order.orderId);
  }

  private async command<Ret, Args extends unknown[]>(
    { orderId, draft, commandId }: CommandedOrder,
    command: UpdateDefinition<Ret, Args>,
    args: Args,
  ): Promise<Reply<Ret>> {
    const { client, taskQueue } = this.options;
    try {
      const start = orderStart(orderId, draft, taskQueue);
      const accepted = await unlessEnded(
        within(client, CALL_MS, () => commandOrder(client, start, command, args, commandId)),
      );
      return accepted === 'ended' ? { t: 'over' } : await this.answerOf(accepted);
    } catch (error) {
      throw verdictOf(error) ?? error;
    }
  }

  private async answerOf<Ret>(accepted: WorkflowUpdateHandle<Ret>): Promise<Reply<Ret>> {
    try {
      return { t: 'answered', answer: await within(this.options.client, ANSWER_MS, () => accepted.result()) };
    } catch (error) {
      if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return { t: 'notYet' };
      const verdict = verdictOf(error);
      if (verdict) throw verdict;
      // The workflow was ended while the command was waiting.
      if (error instanceof WorkflowUpdateFailedError) return { t: 'over' };
      throw error;
    }
  }
}

type Reply<Ret> =
  | { readonly t: 'answered'; readonly answer: Ret }
  | { readonly t: 'notYet' }
  /** The workflow has ended. */
  | { readonly t: 'over' };

/** What a validator said, with a code of the table; null for anything else. */
function verdictOf(error: unknown): HoldfastError | null {
  const cause = error instanceof WorkflowUpdateFailedError ? error.cause : null;
  if (!(cause instanceof ApplicationFailure)) return null;
  const code = (Object.keys(ERRORS) as ErrorCode[]).find((each) => failureType(each) === cause.type);
  return code ? new HoldfastError(code, cause.message) : null;
}
