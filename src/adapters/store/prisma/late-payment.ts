import { type NewId } from '../../../domain/ids';
import { REVIVAL } from '../../../domain/order-status';
import { type GatewayName } from '../../../domain/payment';
import { type LatePaymentPolicy } from '../../../domain/refund';
import { allocate, normaliseLines, type StockCounters, type StockLine } from '../../../domain/stock';
import { type LateDecision } from '../../../ports/refund-store';
import { type Sql } from './client';
import { announce } from './events';
import { type WebhookInbox as InboxRow } from './generated/client';
import { enterRows, holdRow, type LedgerRow, lockCounters } from './stock-statements';

/** Decides once what becomes of money that its order ended without; the notification's row is the lock and keeps the decision. */
export async function settleLatePayment(
  tx: Sql,
  newId: NewId,
  inboxId: string,
  policy: LatePaymentPolicy,
): Promise<LateDecision> {
  await tx.$queryRaw`SELECT 1 FROM webhook_inbox WHERE id = ${inboxId} FOR UPDATE`;
  const entry = await tx.webhookInbox.findUniqueOrThrow({ where: { id: inboxId } });
  const gateway = entry.gateway as GatewayName;
  const begun = await tx.refund.findUnique({ where: { inboxId } });
  if (begun) return { t: 'refund', refundId: begun.id, gateway };
  if (entry.state === 'revived') return { t: 'revived' };
  if (await isOrdersOwn(tx, entry)) {
    await tx.webhookInbox.update({ where: { id: inboxId }, data: { state: 'delivered' } });
    return { t: 'settled' };
  }
  if (policy === 'revive' && (await revive(tx, newId, entry))) return { t: 'revived' };
  return { t: 'refund', refundId: await sendBack(tx, newId, entry), gateway };
}

async function isOrdersOwn(tx: Sql, { orderId, transactionId }: InboxRow): Promise<boolean> {
  if (!orderId) return false;
  return (await tx.payment.count({ where: { orderId, transactionId, status: { in: ['paid', 'refunded'] } } })) > 0;
}

async function sendBack(tx: Sql, newId: NewId, entry: InboxRow): Promise<string> {
  const id = newId('refund');
  const { orderId, paymentId, amount, currency, gateway, merchantNo, transactionId } = entry;
  const payment = paymentId ? await tx.payment.findUnique({ where: { id: paymentId } }) : null;
  const money = { gateway, merchantNo, transactionId, currency, paidAmount: amount, amount };
  const reason = 'the order had ended without this payment';
  await tx.refund.create({
    data: {
      id,
      number: id,
      orderId,
      inboxId: entry.id,
      cause: 'late_payment',
      gatewayRef: payment?.gatewayRef ?? null,
      reason,
      ...money,
    },
  });
  await tx.webhookInbox.update({ where: { id: entry.id }, data: { state: 'refunding' } });
  const told = { refundId: id, transactionId, amount: { minor: Number(amount), currency }, reason };
  if (orderId)
    await tx.orderFact.create({ data: { orderId, kind: 'payment', what: 'late payment: sent back', data: told } });
  await announce(tx, newId, 'LatePaymentRefunded', orderId, { orderId, merchantNo, ...told });
  return id;
}

/** Takes the stock again and the money with it; false where the order cannot come back. */
async function revive(tx: Sql, newId: NewId, entry: InboxRow): Promise<boolean> {
  const { orderId, paymentId, transactionId, paidAt } = entry;
  if (!orderId || !paymentId) return false;
  const [order] = await tx.$queryRaw<{ status: string }[]>`SELECT status FROM orders WHERE id = ${orderId} FOR UPDATE`;
  if (order?.status !== REVIVAL.from) return false;
  const lines = normaliseLines(
    await tx.orderLine.findMany({ where: { orderId }, select: { skuId: true, quantity: true } }),
  );
  const counters = await lockCounters(
    tx,
    lines.map(({ skuId }) => skuId),
  );
  if (allocate(counters, [lines])[0]?.t !== 'held') return false;
  await tx.$executeRaw`WITH ${enterRows(retaken(orderId, lines, counters))} SELECT 1`;
  await tx.order.update({ where: { id: orderId }, data: { status: REVIVAL.to, paidAt, closeReason: null } });
  await tx.payment.update({ where: { id: paymentId }, data: { status: 'paid', transactionId, paidAt } });
  await tx.webhookInbox.update({ where: { id: entry.id }, data: { state: 'revived' } });
  const told = { paymentId, transactionId, paidAt: paidAt.toISOString(), revived: true };
  await tx.orderFact.create({
    data: { orderId, kind: 'state', what: REVIVAL.to, data: { from: REVIVAL.from, ...told } },
  });
  await announce(tx, newId, 'OrderPaid', orderId, { orderId, ...told });
  await announce(tx, newId, 'StockSold', orderId, { orderId });
  return true;
}

/** Held and sold in one go, under a reference of its own: the order's first hold was settled by its release. */
function retaken(
  orderId: string,
  lines: readonly StockLine[],
  counters: ReadonlyMap<string, StockCounters>,
): LedgerRow[] {
  const reference = `${orderId}#revival`;
  return lines.flatMap((line) => {
    const hold = { ...holdRow(orderId, line, counters.get(line.skuId)), reference };
    const { quantity } = line;
    return [hold, { ...hold, kind: 'confirm', available_delta: 0, reserved_delta: -quantity, sold_delta: quantity }];
  });
}
