import { HoldfastError } from '../domain/errors';
import { type Order } from '../domain/order';
import { type CancelReason } from '../ports/order-process';
import { processDraft } from '../ports/process-draft';
import { type AppDeps } from './deps';

/** `settled`: cancelled. Otherwise the gateway's answer is not known yet and the stock is still held. */
export interface Cancelling {
  readonly order: Order;
  readonly settled: boolean;
}

/**
 * Asks for an order's cancellation and answers when the gateway has been asked. Throws `order_not_found`,
 * `already_paid`, or `not_cancellable` for an order that was never held.
 */
export async function cancelOrder(
  { orders, process }: Pick<AppDeps, 'orders' | 'process'>,
  orderId: string,
  reason: CancelReason,
  note: string | null,
): Promise<Cancelling> {
  const order = await existing(orders, orderId);
  if (order.status === 'cancelled') return { order, settled: true };
  refuseEnded(order.status);
  const { status } = await process.cancel(orderId, processDraft(order), reason, note);
  refuseEnded(status);
  const now = await existing(orders, orderId);
  // It may have gone on meanwhile; status and body of the answer say the same.
  refuseEnded(now.status);
  return { order: now, settled: now.status === 'cancelled' };
}

async function existing(orders: AppDeps['orders'], orderId: string): Promise<Order> {
  const order = await orders.find(orderId);
  if (!order) throw new HoldfastError('order_not_found');
  return order;
}

function refuseEnded(status: Order['status']): void {
  if (status === 'paid' || status === 'refunding' || status === 'refunded') throw new HoldfastError('already_paid');
  if (status === 'rejected') throw new HoldfastError('not_cancellable', 'the order was never held');
}
