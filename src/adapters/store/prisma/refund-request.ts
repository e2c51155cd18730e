import { type NewId } from '../../../domain/ids';
import { normaliseLines, type StockLine } from '../../../domain/stock';
import { type RefundCommand, type RefundResult } from '../../../ports/refund-store';
import { type Sql } from './client';
import { announce } from './events';
import { type Prisma } from './generated/client';
import { abandonKeys, answerKeys, claimKeys, keyOf } from './idempotency';
import { toRefund } from './refund-mapping';
import { ledgerOf } from './stock-statements';

type Answer = Exclude<RefundResult, { t: 'reused' | 'inProgress' }>;

/** Takes a refund on, in the caller's transaction: the order's row is locked, so that refunds never add up to more than was paid. */
export async function requestRefund(tx: Sql, newId: NewId, command: RefundCommand): Promise<RefundResult> {
  const claim = { ...command.idempotency, resourceId: command.refundId };
  const state = (await claimKeys<Answer>(tx, [claim])).get(keyOf(claim));
  if (state?.t === 'reused' || state?.t === 'inProgress') return state;
  if (state?.t === 'answered')
    return { ...state.outcome, ...(state.outcome.t === 'requested' ? { replayed: true } : {}) };
  const answer = await decide(tx, newId, command);
  // What was refused changed nothing: a repeat is judged afresh.
  if (answer.t === 'requested') await answerKeys(tx, [{ ...command.idempotency, outcome: answer }]);
  else await abandonKeys(tx, [command.idempotency]);
  return answer;
}

async function decide(tx: Sql, newId: NewId, command: RefundCommand): Promise<Answer> {
  const [order] = await tx.$queryRaw<
    { status: string; buyer_id: string }[]
  >`SELECT status, buyer_id FROM orders WHERE id = ${command.orderId} FOR UPDATE`;
  if (!order) return { t: 'notFound' };
  const payment = await tx.payment.findFirst({ where: { orderId: command.orderId, status: 'paid' } });
  if (!payment || !['paid', 'refunding'].includes(order.status)) return { t: 'notRefundable' };
  const { currency } = payment;
  const earlier = await tx.refund.aggregate({
    where: { orderId: command.orderId, cause: 'requested' },
    _sum: { amount: true },
  });
  const left = Number(payment.amount - (earlier._sum.amount ?? 0n));
  const minor = command.amount?.minor ?? left;
  if (left === 0) return { t: 'notRefundable' };
  if (minor > left || (command.amount && command.amount.currency !== currency)) {
    return { t: 'exceeds', refundable: { minor: left, currency } };
  }
  const limit = command.secondPersonFrom;
  if (limit !== undefined && (await onOneWord(tx, command.orderId)) + minor >= limit)
    return { t: 'secondPersonNeeded' };
  const row = await tx.refund.create({
    data: {
      id: command.refundId,
      orderId: command.orderId,
      cause: 'requested',
      gateway: payment.gateway,
      merchantNo: payment.merchantNo,
      gatewayRef: payment.gatewayRef,
      transactionId: payment.transactionId ?? '',
      number: command.refundId,
      paidAmount: payment.amount,
      amount: minor,
      currency,
      reason: command.reason,
      restock: command.restock ? ((await unitsLeft(tx, command.orderId)) as unknown as Prisma.InputJsonValue) : [],
    },
  });
  await tx.order.update({ where: { id: command.orderId }, data: { status: 'refunding' } });
  const told = { refundId: row.id, amount: { minor, currency }, reason: command.reason };
  await tx.orderFact.create({
    data: { orderId: command.orderId, kind: 'state', what: 'refunding', data: { from: order.status, ...told } },
  });
  await announce(tx, newId, 'RefundRequested', command.orderId, {
    ...{ orderId: command.orderId, buyerId: order.buyer_id, refundId: row.id, cause: 'requested' },
    ...{ amount: told.amount, paidAmount: { minor: Number(payment.amount), currency } },
  });
  await tx.startIntent.create({ data: { kind: 'refund', subjectId: row.id } });
  return { t: 'requested', refund: toRefund(row), replayed: false };
}

/** Minor units that were asked back of the order, all but what an action moves that a second person let through. */
async function onOneWord(tx: Sql, orderId: string): Promise<number> {
  const [row] = await tx.$queryRaw<{ minor: bigint }[]>`
    SELECT coalesce(sum(r.amount), 0)::bigint AS minor FROM refunds r
    WHERE r.order_id = ${orderId} AND r.cause = 'requested' AND NOT EXISTS (
      SELECT 1 FROM operator_actions a
      WHERE a.order_id = r.order_id AND a.id = replace(r.id, 'ref_', 'act_') AND a.approved_by IS NOT NULL)`;
  return Number(row?.minor ?? 0n);
}

/** The order's units that no earlier refund gives back, nor an operator has given back. */
async function unitsLeft(tx: Sql, orderId: string): Promise<StockLine[]> {
  const lines = await tx.orderLine.findMany({ where: { orderId }, select: { skuId: true, quantity: true } });
  const given = await tx.refund.findMany({ where: { orderId, cause: 'requested' }, select: { restock: true } });
  const byHand = await tx.$queryRaw<StockLine[]>`
    SELECT sku_id AS "skuId", quantity FROM stock_ledger
    WHERE ${ledgerOf(orderId)} AND kind = 'restock' AND starts_with(reference, 'act_')`;
  const back = [...given.flatMap(({ restock }) => restock as unknown as StockLine[]), ...byHand];
  const taken = new Map(normaliseLines(back).map(({ skuId, quantity }) => [skuId, quantity]));
  return normaliseLines(lines)
    .map(({ skuId, quantity }) => ({ skuId, quantity: quantity - (taken.get(skuId) ?? 0) }))
    .filter(({ quantity }) => quantity > 0);
}
