import {
  allHandlersFinished,
  CancellationScope,
  condition,
  patched,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { isId } from '../../src/domain/ids';
import { isSettled, type OrderStatus } from '../../src/domain/order-status';
import { GATEWAYS } from '../../src/domain/payment';
import {
  cancelOrder,
  type CancelReply,
  type CancelRequest,
  getOrderProgress,
  ORDER_CLOSING_SINCE,
  ORDER_PAY_BY,
  ORDER_STATUS,
  type OrderProgressView,
  paymentReceived,
  type PaymentReceived,
  switchPayment,
  type SwitchReply,
  type SwitchRequest,
} from './contract';
import { OperatorCommands } from './operator-commands';

/** Switches wait for the hold, and for each other; asked only where one would have to. */
const SWITCH_IN_TURN = '2026-11-21-switch-in-turn';

/** Everything the outside tells the order and asks of it. Handlers only note; the workflow acts. */
export class OrderDesk {
  /** The payment that counts: the first one told. */
  payment: PaymentReceived | null = null;
  /** Payments of other transactions: their money goes back. */
  private readonly furtherPayments: PaymentReceived[] = [];
  /** The attempt that somebody wants to switch to; null when no switch is under way. */
  switching: SwitchRequest | null = null;
  switchedOnce = false;
  /** The transaction that the record says has paid the order; null when it ended without one. */
  kept: string | null = null;
  private handedOver = 0;
  private switchReplies = 0;
  private lastReply: SwitchReply | null = null;
  /** The cancellation that counts: the first one asked. */
  cancelRequest: CancelRequest | null = null;
  status: OrderStatus = 'placing';
  payBy: string | null = null;
  asked = 0;
  lastAnswer: string | null = null;
  nextAskAt: string | null = null;
  private cancelCalls = 0;
  /** What operators ask for beside a cancellation or another gateway. */
  readonly operators: OperatorCommands;

  constructor(private readonly orderId: string) {
    setHandler(paymentReceived, (payment) => this.told(payment));
    setHandler(cancelOrder, (request) => this.cancel(request), { validator: validateCancel });
    setHandler(switchPayment, (request) => this.switch(request), { validator: validateSwitch });
    setHandler(getOrderProgress, () => this.view());
    this.operators = new OperatorCommands(this);
    void CancellationScope.current().cancelRequested.catch(() => this.cancelledInTemporal());
  }

  /** How many times a cancellation or another try was asked: a rise means that somebody wants the gateway asked now. */
  get calls(): number {
    return this.cancelCalls + this.operators.retries;
  }

  /** Shows a state where operators look; a search attribute costs an event, so only a change is written. */
  show(status: OrderStatus, payBy: string | null = this.payBy): void {
    const known = workflowInfo().typedSearchAttributes;
    const deadlineMoved = payBy !== null && known.get(ORDER_PAY_BY)?.getTime() !== Date.parse(payBy);
    if (known.get(ORDER_STATUS) !== status || deadlineMoved) {
      upsertSearchAttributes([
        { key: ORDER_STATUS, value: status },
        ...(deadlineMoved ? [{ key: ORDER_PAY_BY, value: new Date(payBy) }] : []),
        ...(status === 'closing' ? [{ key: ORDER_CLOSING_SINCE, value: new Date() }] : []),
      ]);
    }
    this.status = status;
    this.payBy = payBy;
    setCurrentDetails(describe(this.view()));
  }

  /** The gateway answered the close, but settled nothing: who asked for the cancellation hears `closing`. */
  heard(answer: string, nextAskAt: number): void {
    this.answered(answer, new Date(nextAskAt).toISOString());
  }

  /** Nobody can pay any more, but a person handles the order: the stock stays held until they let it go. */
  heldForPerson(): void {
    this.answered('closed; held for a person', null);
  }

  private answered(answer: string, nextAskAt: string | null): void {
    this.asked += 1;
    this.lastAnswer = answer;
    this.nextAskAt = nextAskAt;
    setCurrentDetails(describe(this.view()));
  }

  /** The switch that was under way has come to this. */
  switched(reply: SwitchReply): void {
    this.switching = null;
    this.switchedOnce ||= reply.t === 'offered';
    this.lastReply = reply;
    this.switchReplies += 1;
  }

  /** The next of the payments told but the one that the order's record keeps: money that goes back. Each is given once. */
  nextLatePayment(): PaymentReceived | null {
    const told = [...(this.payment ? [this.payment] : []), ...this.furtherPayments];
    const late = told.filter(({ paid }) => paid.transactionId !== this.kept)[this.handedOver] ?? null;
    if (late) this.handedOver += 1;
    return late;
  }

  /** Whoever still waits for an answer gets it before the workflow ends. */
  async drained(): Promise<void> {
    await condition(allHandlersFinished);
  }

  /** Temporal's own "request cancellation" means the operator's cancel, by the same safe path. */
  private cancelledInTemporal(): void {
    this.cancelCalls += 1;
    this.cancelRequest ??= { reason: 'operator_cancelled', note: 'cancelled in Temporal' };
  }

  /** A payment, from wherever it is known: the first one counts, money of any other transaction goes back. */
  told(payment: PaymentReceived): void {
    const { transactionId } = payment.paid;
    const known = [this.payment, ...this.furtherPayments].some((each) => each?.paid.transactionId === transactionId);
    if (this.payment && !known) this.furtherPayments.push(payment);
    this.payment ??= payment;
  }

  /** One switch at a time: who comes second waits for the first to end. */
  private async switch(request: SwitchRequest): Promise<SwitchReply> {
    // The command may be what starts the workflow: the hold comes first. Histories from before this had it refused.
    if (this.status === 'placing' && patched(SWITCH_IN_TURN)) await condition(() => this.status !== 'placing');
    // Those that wait are let on together; the first of them takes the turn.
    do await condition(() => this.switching === null);
    while (this.switching !== null && patched(SWITCH_IN_TURN));
    if (this.status !== 'awaiting_payment' || this.cancelRequest || this.payment)
      return { t: 'ended', status: this.status };
    this.switching = request;
    const repliesBefore = this.switchReplies;
    await condition(() => this.switchReplies > repliesBefore || this.status !== 'awaiting_payment');
    return this.switchReplies > repliesBefore && this.lastReply ? this.lastReply : { t: 'ended', status: this.status };
  }

  private async cancel(request: CancelRequest): Promise<CancelReply> {
    this.cancelCalls += 1;
    this.cancelRequest ??= request;
    const askedBefore = this.asked;
    await condition(() => isSettled(this.status) || this.asked > askedBefore);
    return { status: isSettled(this.status) ? (this.status as CancelReply['status']) : 'closing' };
  }

  private view(): OrderProgressView {
    const { orderId, status, payBy, asked, lastAnswer, nextAskAt } = this;
    return { orderId, status, payBy, closing: status === 'closing' ? { asked, lastAnswer, nextAskAt } : null };
  }
}

/** Synchronous, as the SDK calls it: what it refuses never enters the history. */
function validateCancel({ reason }: CancelRequest): void {
  if (reason !== 'buyer_cancelled' && reason !== 'operator_cancelled') {
    throw new TypeError(`reason must be buyer_cancelled or operator_cancelled, got ${String(reason)}`);
  }
}

function validateSwitch({ gateway, paymentId }: SwitchRequest): void {
  if (!GATEWAYS.includes(gateway))
    throw new TypeError(`gateway must be one of ${GATEWAYS.join(', ')}, got ${String(gateway)}`);
  if (paymentId !== undefined && !isId('payment', paymentId))
    throw new TypeError(`paymentId must be the id of a payment (pay_ and a ULID), got ${String(paymentId)}`);
}

function describe({ status, payBy, closing }: OrderProgressView): string {
  switch (status) {
    case 'placing':
      return 'Holding stock.';
    case 'awaiting_payment':
      return `Stock is held. Waiting for the payment until **${payBy}**.`;
    case 'closing':
      if (closing?.lastAnswer && closing.nextAskAt === null)
        return 'Closed at the gateway: nobody can pay. **A person handles the order**; stock still held until they let it go.';
      return closing?.lastAnswer
        ? `Closing at the gateway; stock still held. Asked ${closing.asked} ×, last answer **${closing.lastAnswer}**, asking again at ${closing.nextAskAt}.`
        : 'Closing at the gateway; stock still held.';
    case 'paid':
    case 'refunding':
    case 'refunded':
      return 'Paid. Stock is sold.';
    case 'cancelled':
      return 'Cancelled. The gateway proved that nobody can pay; stock has been returned.';
    case 'rejected':
      return 'Rejected: the stock could not be held.';
  }
}
