import { type NewId } from '../../../domain/ids';
import { type Money } from '../../../domain/money';
import { type RefundCause } from '../../../domain/refund';
import { normaliseLines, type StockLine } from '../../../domain/stock';
import { type Sql } from './client';
import { announce } from './events';
import { type Refund as RefundRow } from './generated/client';
import { restockIn } from './stock-store';

/** The money is on its way back: the refund is settled once, and order, payment, stock and events follow in the caller's transaction. */
export async function settleRefund(tx: Sql, newId: NewId, refundId: string, gatewayRefundId: string): Promise<void> {
  const { orderId } = await tx.refund.findUniqueOrThrow({ where: { id: refundId }, select: { orderId: true } });
  const [order] = await tx.$queryRaw<
    { buyer_id: string }[]
  >`SELECT buyer_id FROM orders WHERE id = ${orderId} FOR UPDATE`;
  const buyerId = order?.buyer_id ?? null;
  const { count } = await tx.refund.updateMany({
    where: { id: refundId, status: { not: 'succeeded' } },
    data: { status: 'succeeded', gatewayRefundId, settledAt: new Date() },
  });
  if (count === 0) return;
  const refund = await tx.refund.findUniqueOrThrow({ where: { id: refundId } });
  const told = { refundId, amount: { minor: Number(refund.amount), currency: refund.currency }, gatewayRefundId };
  if (orderId) {
    await tx.orderFact.create({ data: { orderId, kind: 'payment', what: 'refund: succeeded', data: told } });
  }
  await announce(tx, newId, 'RefundSucceeded', orderId, {
    ...{ orderId, buyerId, ...ofRefund(refund), refundedTotal: await refundedTotal(tx, refund) },
  });
  if (!orderId || buyerId === null) return;
  if (refund.cause === 'requested') await moveOrder(tx, newId, { orderId, buyerId }, refund);
  await restock(tx, newId, orderId, refund);
}

/** What the events of a refund say of it. */
export function ofRefund({ id, cause, amount, paidAmount, currency }: RefundRow) {
  return {
    refundId: id,
    cause: cause as RefundCause,
    amount: { minor: Number(amount), currency },
    paidAmount: { minor: Number(paidAmount), currency },
  };
}

/** What has gone back of the refund's payment so far. */
async function refundedTotal(tx: Sql, { gateway, merchantNo, transactionId, currency }: RefundRow): Promise<Money> {
  const { _sum } = await tx.refund.aggregate({
    where: { gateway, merchantNo, transactionId, status: 'succeeded' },
    _sum: { amount: true },
  });
  return { minor: Number(_sum.amount ?? 0n), currency };
}

async function restock(tx: Sql, newId: NewId, orderId: string, refund: RefundRow): Promise<void> {
  const units = normaliseLines(refund.restock as unknown as StockLine[]);
  if (units.length === 0) return;
  const outcome = await restockIn(tx, { reference: refund.id, orderId, lines: units });
  if (outcome === 'done')
    await announce(tx, newId, 'StockReturned', orderId, { orderId, lines: units, reason: 'restocked' });
}

/** All refunded: `refunded`. Others still under way: it stays `refunding`. Otherwise it is a paid order again. */
async function moveOrder(
  tx: Sql,
  newId: NewId,
  { orderId, buyerId }: { orderId: string; buyerId: string },
  refund: RefundRow,
): Promise<void> {
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
  const amount = { minor: Number(back), currency: refund.currency };
  await announce(tx, newId, 'OrderRefunded', orderId, { orderId, buyerId, amount });
}
