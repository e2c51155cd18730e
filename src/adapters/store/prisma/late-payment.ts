import { type NewId } from '../../../domain/ids';
import { REVIVAL } from '../../../domain/order-status';
import { type GatewayName } from '../../../domain/payment';
import { type LatePaymentPolicy } from '../../../domain/refund';
import { type PromotionHold } from '../../../domain/promotion';
import { HoldDesk } from '../../../domain/holds';
import { normaliseLines, type StockCounters, type StockLine } from '../../../domain/stock';
import { type LateDecision } from '../../../ports/refund-store';
import { type Sql } from './client';
import { announce } from './events';
import { toOrder, WHOLE_ORDER } from './order-mapping';
import { eventLine } from './place-write';
import { ofRefund } from './refund-settle';
import { type WebhookInbox as InboxRow } from './generated/client';
import { confirmPromotion, holdPromotions, lockPromotions } from './promotion-statements';
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
  const [order] = await tx.$queryRaw<
    { buyer_id: string }[]
  >`SELECT buyer_id FROM orders WHERE id = ${orderId} FOR UPDATE`;
  const money = { gateway, merchantNo, transactionId, currency, paidAmount: amount, amount };
  const reason = 'the order had ended without this payment';
  const refund = await tx.refund.create({
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
  await announce(tx, newId, 'LatePaymentRefunded', orderId, {
    ...{ orderId, buyerId: order?.buyer_id ?? null, merchantNo, transactionId, ...ofRefund(refund) },
  });
  return id;
}

/** Takes stock and promotion again and the money with them; false where the order cannot come back. */
async function revive(tx: Sql, newId: NewId, entry: InboxRow): Promise<boolean> {
  const { orderId, paymentId, transactionId, paidAt } = entry;
  if (!orderId || !paymentId) return false;
  const [order] = await tx.$queryRaw<{ status: string; promotion_id: string | null; buyer_id: string }[]>`
    SELECT status, promotion_id, buyer_id FROM orders WHERE id = ${orderId} FOR UPDATE`;
  if (order?.status !== REVIVAL.from) return false;
  const lines = normaliseLines(
    await tx.orderLine.findMany({ where: { orderId }, select: { skuId: true, quantity: true } }),
  );
  const counters = await lockCounters(
    tx,
    lines.map(({ skuId }) => skuId),
  );
  const promotions = await lockPromotions(tx, order.promotion_id ? [order.promotion_id] : [], [order.buyer_id]);
  const promotion = await releasedPromotion(tx, orderId);
  const desk = new HoldDesk({ stock: counters, promotions, points: new Map() });
  if (desk.take({ lines, promotion, points: null }).t !== 'held') return false;
  const reference = `${orderId}#revival`;
  await tx.$executeRaw`WITH ${enterRows(retaken(orderId, reference, lines, counters))} SELECT 1`;
  if (promotion) {
    await holdPromotions(tx, [{ ...promotion, orderId, reference }]);
    await announce(tx, newId, 'PromotionHeld', orderId, { orderId, ...promotion });
    await confirmPromotion(tx, newId, reference);
  }
  await tx.order.update({ where: { id: orderId }, data: { status: REVIVAL.to, paidAt, closeReason: null } });
  await tx.payment.update({ where: { id: paymentId }, data: { status: 'paid', transactionId, paidAt } });
  await tx.webhookInbox.update({ where: { id: entry.id }, data: { state: 'revived' } });
  const told = { paymentId, transactionId, paidAt: paidAt.toISOString(), revived: true };
  await tx.orderFact.create({
    data: { orderId, kind: 'state', what: REVIVAL.to, data: { from: REVIVAL.from, ...told } },
  });
  await announceRevival(tx, newId, orderId, lines);
  return true;
}

async function announceRevival(tx: Sql, newId: NewId, orderId: string, units: readonly StockLine[]): Promise<void> {
  const row = await tx.order.findUniqueOrThrow({ where: { id: orderId }, include: WHOLE_ORDER });
  const { buyerId, storeId, referrerId, payment, amount, paidAt, lines } = toOrder(row);
  if (!payment?.transactionId || !paidAt) throw new Error(`the order ${orderId} was revived without its payment`);
  const { id: paymentId, gateway, transactionId } = payment;
  await announce(tx, newId, 'StockHeld', orderId, { orderId, lines: units });
  await announce(tx, newId, 'OrderPaid', orderId, {
    ...{ orderId, buyerId, storeId, referrerId, gateway, paymentId, transactionId, amount, paidAt, revived: true },
    lines: lines.map(eventLine),
  });
  await announce(tx, newId, 'StockSold', orderId, { orderId, lines: units });
}

/** What the order had of a promotion. Its window may be over: the price was frozen within it. */
async function releasedPromotion(tx: Sql, orderId: string): Promise<PromotionHold | null> {
  return tx.promotionLedger.findFirst({
    where: { reference: orderId, kind: 'hold' },
    select: { promotionId: true, buyerId: true, quantity: true },
  });
}

/** Held and sold in one go, under a reference of its own: the order's first hold was settled by its release. */
function retaken(
  orderId: string,
  reference: string,
  lines: readonly StockLine[],
  counters: ReadonlyMap<string, StockCounters>,
): LedgerRow[] {
  return lines.flatMap((line) => {
    const hold = { ...holdRow(orderId, line, counters.get(line.skuId)), reference };
    const { quantity } = line;
    return [hold, { ...hold, kind: 'confirm', available_delta: 0, reserved_delta: -quantity, sold_delta: quantity }];
  });
}
