import { ApplicationFailure, CancellationScope, workflowInfo } from '@temporalio/workflow';
import type { EndStatus } from '../../activities';
import { failureType } from '../../src/domain/errors';
import { type CloseReason } from '../../src/domain/order-status';
import { closeBeforeRelease } from './close-before-release';
import { orderIdOf, type OrderInput, type OrderResult, type PaymentReceived } from './contract';
import { OrderDesk } from './desk';
import { awaitPayment, type Offer, offerPayment } from './payment-window';
import { books } from './policies';

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
    if (status !== 'paid' && desk.payment) await books.keepLatePayment({ orderId, ...desk.payment });
    return { orderId, status };
  });
}

async function liveOrder(orderId: string, input: OrderInput, desk: OrderDesk): Promise<EndStatus> {
  const order = await books.holdStock.executeWithOptions({ summary: 'hold the stock' }, [{ orderId, input }]);
  if (order.status === 'rejected' || order.status === 'paid' || order.status === 'cancelled') return order.status;
  desk.show(order.status, order.payBy);
  if (order.status === 'closing') return close(orderId, input, desk, null, order.closeReason ?? 'payment_window_over');
  const offer = order.payment && offerPayment(orderId, order.payment);
  const outcome = await awaitPayment(desk, order.payBy);
  return outcome.t === 'paid'
    ? confirm(orderId, outcome.payment, desk)
    : close(orderId, input, desk, offer, outcome.reason);
}

/** The hold becomes a sale. Where the record says that the order had ended without it, the money is late. */
async function confirm(orderId: string, payment: PaymentReceived, desk: OrderDesk): Promise<EndStatus> {
  const { status } = await books.confirmStock.executeWithOptions({ summary: 'sell the stock' }, [
    { orderId, ...payment },
  ]);
  desk.payment ??= payment;
  return status;
}

/** The undo of the hold. */
async function close(
  orderId: string,
  input: OrderInput,
  desk: OrderDesk,
  offer: Offer | null,
  reason: CloseReason,
): Promise<EndStatus> {
  const begun = await books.beginClosing.executeWithOptions({ summary: `closing: ${reason}` }, [
    { orderId, reason, note: desk.cancelRequest?.note ?? null },
  ]);
  if (begun.status !== 'closing') return begun.status;
  desk.show('closing');
  await offer?.withdraw();
  const closing = await closeBeforeRelease({ orderId, input, escalateAfterMs: begun.escalateAfterMs }, desk);
  if (closing.t === 'paid') return confirm(orderId, closing.payment, desk);
  const { status } = await books.releaseStock.executeWithOptions({ summary: 'return the stock' }, [
    { orderId, proof: closing.proof },
  ]);
  return status;
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
