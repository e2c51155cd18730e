import { ApplicationFailure } from '@temporalio/common';
import { condition, currentUpdateInfo, setHandler, upsertSearchAttributes } from '@temporalio/workflow';
import { type ErrorCode, ERRORS, failureType } from '../../src/domain/errors';
import { faultOfDeadline } from '../../src/domain/operator-action';
import { isSettled, type OrderStatus } from '../../src/domain/order-status';
import { type CancelRequest, ORDER_MANUAL, type PaymentReceived } from './contract';
import {
  type ExtendReply,
  extendPaymentWindow,
  type ExtendRequest,
  markManual,
  retryNow,
  type RetryReply,
} from './contract-operators';

export interface ExtendCommand {
  readonly t: 'extend';
  readonly commandId: string;
  readonly payBy: string;
}

type Command = ExtendCommand | { readonly t: 'retry' };
type Reply = ExtendReply | RetryReply;

/** A command that the payment window's loop has to act on. */
export interface Asked {
  readonly command: Command;
}

interface Pending extends Asked {
  reply: Reply | null;
}

/** Where the order stands, as its desk knows it. */
interface Standing {
  readonly status: OrderStatus;
  readonly payBy: string | null;
  readonly payment: PaymentReceived | null;
  readonly cancelRequest: CancelRequest | null;
  readonly asked: number;
  readonly lastAnswer: string | null;
  readonly nextAskAt: string | null;
}

/** Operators' commands. Handlers only note; the loop that waits for the payment acts, one command at a time. */
export class OperatorCommands {
  /** How often somebody wanted a closing order's gateway asked now. */
  retries = 0;
  /** How often the mark for manual handling was told to have changed. */
  marks = 0;
  private readonly waiting: Pending[] = [];
  /** The wait for the payment is over: no deadline can be moved any more. */
  private windowOver = false;

  constructor(private readonly standing: Standing) {
    setHandler(extendPaymentWindow, (request) => this.extend(request), {
      validator: (request: ExtendRequest) => this.check(request),
    });
    setHandler(retryNow, () => this.retry());
    setHandler(markManual, ({ manual }) => this.mark(manual), { validator: validateMark });
  }

  /** The command whose turn it is. */
  get next(): Asked | null {
    return this.waiting[0] ?? null;
  }

  answer(asked: Asked, reply: Reply): void {
    const [first] = this.waiting;
    if (!first || first !== asked) throw new Error('a command is answered when its turn has come');
    first.reply = reply;
    this.waiting.shift();
  }

  /** Whoever still waits hears that it came too late. */
  windowEnds(): void {
    this.windowOver = true;
  }

  private async extend({ payBy }: ExtendRequest): Promise<ExtendReply> {
    // A handler always runs for an update.
    const commandId = currentUpdateInfo()?.id ?? '';
    const reply = await this.ask({ t: 'extend', commandId, payBy });
    return (reply as ExtendReply | null) ?? { t: 'ended', status: this.standing.payment ? 'paid' : 'closing' };
  }

  private async retry(): Promise<RetryReply> {
    const reply = await this.ask({ t: 'retry' });
    if (reply) return reply as RetryReply;
    const { asked } = this.standing;
    this.retries += 1;
    await condition(() => isSettled(this.standing.status) || this.standing.asked > asked);
    const { status, lastAnswer, nextAskAt } = this.standing;
    return isSettled(status) ? { t: 'ended', status } : { t: 'asked', status, why: lastAnswer ?? '', nextAskAt };
  }

  private mark(manual: boolean): void {
    this.marks += 1;
    upsertSearchAttributes([{ key: ORDER_MANUAL, value: manual }]);
  }

  /** Null where the window is over, or is before the command's turn comes. */
  private async ask(command: Command): Promise<Reply | null> {
    const over = (): boolean => this.windowOver || !AWAITED.includes(this.standing.status);
    if (over()) return null;
    const pending: Pending = { command, reply: null };
    this.waiting.push(pending);
    await condition(() => pending.reply !== null || over());
    return pending.reply;
  }

  /** Synchronous, as the SDK calls it: what it refuses never enters the history. */
  private check({ payBy }: ExtendRequest): void {
    const { status, payment, cancelRequest, payBy: present } = this.standing;
    if (payment || status === 'paid') throw refusal('already_paid');
    if (isSettled(status)) throw refusal('not_payable');
    if (cancelRequest || status === 'closing' || this.windowOver) throw refusal('order_closing');
    const now = Date.now();
    const fault = faultOfDeadline(payBy, present ?? new Date(now).toISOString(), now);
    if (fault) throw refusal('deadline_out_of_bounds', `payBy ${fault}`);
  }
}

/** States in which the payment's loop will still come to a command. */
const AWAITED: readonly OrderStatus[] = ['placing', 'awaiting_payment'];

function validateMark({ manual }: { manual: unknown }): void {
  if (typeof manual !== 'boolean') throw new TypeError(`manual must be true or false, got ${String(manual)}`);
}

function refusal(code: ErrorCode, message: string = ERRORS[code]): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, failureType(code));
}
