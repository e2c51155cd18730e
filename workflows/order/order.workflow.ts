import { ApplicationFailure, CancellationScope, condition, workflowInfo } from '@temporalio/workflow';
import type { AttemptToOffer, ClosingAnswer, HeldOrder } from '../../activities';
import { failureType } from '../../src/domain/errors';
import { type CloseReason } from '../../src/domain/order-status';
import { closeBeforeRelease } from './close-before-release';
import { closeTheOthers, keepLatePayments } from './close-the-others';
import {
  type AsPlaced,
  type EndStatus,
  orderIdOf,
  type OrderInput,
  type OrderResult,
  type PaymentReceived,
} from './contract';
import { OrderDesk } from './desk';
import { awaitPayment, hasHeard, type Offer, type WindowOutcome } from './payment-window';
import { keepBooks } from './policies';

/**
 * One order, from its hold to its end: hold the stock, offer the payment, wait for it. Paid: the stock is sold. Window over
 * or cancelled: close at the gateway first, and only when nobody can pay any more give the stock back.
 */
export async function orderWorkflow(input: OrderInput): Promise<OrderResult> {
  const orderId = requireOrderId();
  const desk = new OrderDesk(orderId);
  // Temporal's cancellation is noted by the desk and takes the safe path; it never tears a step.
  return CancellationScope.nonCancellable(async () => {
    const status = await liveOrder(orderId, input, desk);
    desk.show(status);
    await desk.drained();
    if (input.closingOthers ?? (desk.switchedOnce && status === 'paid')) await closeTheOthers(orderId, input, desk);
    await keepLatePayments(orderId, desk);
    return { orderId, status };
  });
}

async function liveOrder(orderId: string, input: OrderInput, desk: OrderDesk): Promise<EndStatus> {
  const placed = asPlaced(orderId, input);
  return placed ? placedOrder(orderId, input, desk, placed) : recordedOrder(orderId, input, desk);
}

/** Begins with a look at the record, which takes the hold where there is none yet. */
async function recordedOrder(orderId: string, input: OrderInput, desk: OrderDesk): Promise<EndStatus> {
  return goOn(orderId, input, desk, await heldOrder(orderId, input));
}

/**
 * Begins by waiting. The record is looked at where the window ends and nobody has told anything: a run that was reset to its beginning, or
 * started once more with an old input, may have forgotten a longer deadline, or an attempt.
 */
async function placedOrder(
  orderId: string,
  input: OrderInput,
  desk: OrderDesk,
  { payBy }: AsPlaced,
): Promise<EndStatus> {
  desk.show('awaiting_payment', payBy);
  const outcome = await awaitPayment(orderId, desk, { payBy, first: null });
  if (outcome.t === 'over' && outcome.reason === 'payment_window_over' && outcome.offer === null) {
    const order = await heldOrder(orderId, input);
    const asKnown = order.status === 'awaiting_payment' && order.payment === null && order.payBy === desk.payBy;
    // Where PostgreSQL was away the look took its time, and what came meanwhile was still in time.
    if (!asKnown || hasHeard(desk)) return goOn(orderId, input, desk, order);
  }
  return settle(orderId, input, desk, outcome);
}

/** From where the record says that the order stands. */
async function goOn(orderId: string, input: OrderInput, desk: OrderDesk, order: HeldOrder): Promise<EndStatus> {
  if (order.status !== 'awaiting_payment' && order.status !== 'closing') return order.status;
  desk.show(order.status, order.payBy);
  desk.switchedOnce = order.switched;
  const resumed = { orderId, input, desk, attempt: order.payment };
  if (order.status === 'closing')
    return close({ ...resumed, offer: null, reason: order.closeReason ?? 'payment_window_over' });
  if (order.paid) desk.told(order.paid);
  const first = order.payment && { ...order.payment, offered: order.offered === true };
  return settle(orderId, input, desk, await awaitPayment(orderId, desk, { payBy: order.payBy, first }));
}

async function settle(orderId: string, input: OrderInput, desk: OrderDesk, outcome: WindowOutcome): Promise<EndStatus> {
  desk.operators.windowEnds();
  if (outcome.t === 'paid') return confirm(orderId, outcome.payment, desk);
  return close({
    orderId,
    input,
    desk,
    offer: outcome.offer,
    attempt: outcome.offer?.attempt ?? null,
    reason: outcome.reason,
  });
}

/**
 * How the order stands by its start, which saves those without a gateway a marker and a second activation. Null where the record has to be
 * asked first: in a new run, whatever the first one was started with is over.
 */
function asPlaced(orderId: string, { placed, closing, closingOthers }: OrderInput): AsPlaced | null {
  return placed?.orderId === orderId && !closing && !closingOthers ? placed : null;
}

function heldOrder(orderId: string, input: OrderInput): Promise<HeldOrder> {
  const summary = input.payWith ? `hold the stock, offer the payment at ${input.payWith}` : 'hold the stock';
  return keepBooks('holdStock', summary, { orderId, input });
}

/** The hold becomes a sale. Where the record says that the order had ended without it, the money is late. */
async function confirm(orderId: string, payment: PaymentReceived, desk: OrderDesk): Promise<EndStatus> {
  const { status, kept } = await keepBooks('confirmStock', 'sell the stock', { orderId, ...payment });
  // Histories from before the record told which it keeps: it was the one that was confirmed.
  desk.kept = kept === undefined ? payment.paid.transactionId : kept;
  return status;
}

type Proof = Extract<ClosingAnswer, { t: 'unpayable' }>['proof'];

interface ClosingOrder {
  readonly orderId: string;
  readonly input: OrderInput;
  readonly desk: OrderDesk;
  readonly offer: Offer | null;
  readonly attempt: AttemptToOffer | null;
  readonly reason: CloseReason;
}

/** The undo of the hold. */
async function close({ orderId, input, desk, offer, attempt, reason }: ClosingOrder): Promise<EndStatus> {
  const begun = await keepBooks('beginClosing', `closing: ${reason}`, {
    orderId,
    reason,
    note: desk.cancelRequest?.note ?? null,
  });
  if (begun.status !== 'closing') return begun.status;
  desk.show('closing');
  await offer?.withdraw();
  const closing = await closeBeforeRelease({ orderId, input, attempt, escalateAfterMs: begun.escalateAfterMs }, desk);
  if (closing.t === 'paid') return confirm(orderId, closing.payment, desk);
  return release(orderId, closing.proof, desk);
}

/** The stock goes back, unless a person handles the order: then it waits until they let it go, or it was paid after all. */
async function release(orderId: string, proof: Proof, desk: OrderDesk): Promise<EndStatus> {
  for (;;) {
    const { calls, operators } = desk;
    const { marks } = operators;
    const { status } = await keepBooks('releaseStock', 'return the stock', { orderId, proof });
    if (status !== 'held') return status;
    desk.heldForPerson();
    await condition(() => desk.payment !== null || operators.marks > marks || desk.calls > calls);
    if (desk.payment) return confirm(orderId, desk.payment, desk);
  }
}

function requireOrderId(): string {
  const { workflowId } = workflowInfo();
  const orderId = orderIdOf(workflowId);
  if (orderId) return orderId;
  throw ApplicationFailure.nonRetryable(
    `the workflow id must be "order:" and an order id (ord_ and a ULID), got ${workflowId}`,
    failureType('invalid_order_id'),
  );
}
