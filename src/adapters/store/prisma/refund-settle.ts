import { type NewId } from '../../../domain/ids';
import { type StockLine } from '../../../domain/stock';
import { type Sql } from './client';
import { announce } from './events';
import { type Refund as RefundRow } from './generated/client';
import { restockIn } from './stock-store';

/** The money is on its way back: the refund is settled once, and order, payment, stock and events follow in the caller's transaction. */
export async function settleRefund(tx: Sql, newId: NewId, refundId: string, gatewayRefundId: string): Promise<void> {
  const { orderId } = await tx.refund.findUniqueOrThrow({ where: { id: refundId }, select: { orderId: true } });
  if (orderId) await tx.$queryRaw`SELECT 1 FROM orders WHERE id = ${orderId} FOR UPDATE`;
  const { count } = await tx.refund.updateMany({
    where: { id: refundId, status: { not: 'succeeded' } },
    data: { status: 'succeeded', gatewayRefundId, settledAt: new Date() },
  });
  if (count === 0) return;
  const refund = await tx.refund.findUniqueOrThrow({ where: { id: refundId } });
  const told = { refundId, amount: { minor: Number(refund.amount), currency: refund.currency }, gatewayRefundId };
  if (orderId) {
    await tx.orderFact.create({ data: { orderId, kind: 'payment', what: 'refund: succeeded', data: told } });
    if (refund.cause === 'requested') await moveOrder(tx, newId, orderId, refund);
  }
  await announce(tx, newId, 'RefundSucceeded', orderId, { orderId, cause: refund.cause, ...told });
  const units = refund.restock as unknown as StockLine[];
  if (orderId && units.length > 0) await restockIn(tx, { reference: refundId, orderId, lines: units });
}

/** All refunded: `refunded`. Others still under way: it stays `refunding`. Otherwise it is a paid order again. */
async function moveOrder(tx: Sql, newId: NewId, orderId: string, refund: RefundRow): Promise<void> {
  const refunds = await tx.refund.findMany({ where: { orderId, cause: 'requested' } });
  if (refunds.some(({ status }) => status !== 'succeeded')) return;
  const back = refunds.reduce((sum, { amount }) => sum + amount, 0n);
  const to = back === refund.paidAmount ? 'refunded' : 'paid';
  await tx.order.update({ where: { id: orderId }, data: { status: to } });
  await tx.orderFact.create({
    data: { orderId, kind: 'state', what: to, data: { from: 'refunding', refundId: refund.id } },
  });
  if (to === 'paid') return;
  await tx.payment.updateMany({ where: { orderId, status: 'paid' }, data: { status: 'refunded' } });
  await announce(tx, newId, 'OrderRefunded', orderId, { orderId });
}
