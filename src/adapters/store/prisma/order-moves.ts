import { type NewId } from '../../../domain/ids';
import { type CloseReason, type OrderStatus, statesBefore } from '../../../domain/order-status';
import { type ConfirmCommand, type MoveOutcome, type ReleaseCommand } from '../../../ports/order-store';
import { announceFrom, type EventSql, eventSql } from './events';
import { Prisma, type PrismaClient } from './generated/client';
import { settlePromotions } from './promotion-statements';
import { settleHolds } from './stock-statements';

/** One state change: where to, what else the order's row takes, what goes with it, what the timeline and the events say. */
interface Move {
  readonly orderId: string;
  readonly to: OrderStatus;
  readonly set: Prisma.Sql;
  /** Further CTEs on `moved(order_id, "from")`, each with a leading comma. */
  readonly also: Prisma.Sql;
  readonly fact: Readonly<Record<string, unknown>>;
  /** Their payloads are made of the order's row as it is once moved, the row `m`. */
  readonly events: readonly EventSql[];
}

const OF_ORDER = { orderId: Prisma.sql`m.order_id`, buyerId: Prisma.sql`m.buyer_id` };

/** The order's lines, as events tell them. */
const ORDER_LINES = Prisma.sql`(
  SELECT jsonb_agg(jsonb_build_object('childId', l.child_id, 'skuId', l.sku_id, 'productId', l.product_id,
    'quantity', l.quantity, 'amount', jsonb_build_object('minor', l.amount, 'currency', m.currency)) ORDER BY l.position)
  FROM order_lines l WHERE l.order_id = m.order_id)`;

/** What the settled holds came to: the ledger's rows that this move entered. */
const STOCK_MOVED = {
  orderId: Prisma.sql`m.order_id`,
  lines: Prisma.sql`(
    SELECT coalesce(jsonb_agg(jsonb_build_object('skuId', sku_id, 'quantity', quantity) ORDER BY sku_id), '[]') FROM entered)`,
};

/** No attempt of the order is offered any more, so nobody needs to know who would have paid it. */
const FORGET_PAYERS = Prisma.sql`
  unchosen AS (DELETE FROM payment_choices c USING moved WHERE c.order_id = moved.order_id)`;

/** The money is in: the order is paid, its stock is sold, its promotion used, its attempt names the transaction. */
export function confirmMove(prisma: PrismaClient, newId: NewId, { orderId, paymentId, paid }: ConfirmCommand) {
  const { transactionId, amount, paidAt } = paid;
  return move(prisma, newId, {
    orderId,
    to: 'paid',
    set: Prisma.sql`paid_at = ${paidAt}::timestamptz, close_reason = NULL`,
    also: Prisma.sql`, ${settleHolds('confirm')}, ${settlePromotions('confirm', newId)},
      settled AS (
        UPDATE payments p SET status = 'paid', transaction_id = ${transactionId}, paid_at = ${paidAt}::timestamptz
        FROM moved WHERE p.id = ${paymentId} AND p.order_id = moved.order_id),
      ${FORGET_PAYERS}`,
    fact: { paymentId, transactionId, amount, paidAt },
    events: [
      eventSql('OrderPaid', {
        ...OF_ORDER,
        storeId: Prisma.sql`m.store_id`,
        referrerId: Prisma.sql`m.referrer_id`,
        gateway: Prisma.sql`(SELECT gateway FROM payments WHERE id = ${paymentId})`,
        paymentId: Prisma.sql`${paymentId}::text`,
        transactionId: Prisma.sql`${transactionId}::text`,
        amount: Prisma.sql`${JSON.stringify(amount)}::jsonb`,
        paidAt: Prisma.sql`${new Date(paidAt).toISOString()}::text`,
        revived: Prisma.sql`false`,
        lines: ORDER_LINES,
      }),
      eventSql('StockSold', STOCK_MOVED),
    ],
  });
}

/** Nobody can pay any more: the order is cancelled, its stock and promotion go back, its open attempts are closed. */
export function releaseMove(prisma: PrismaClient, newId: NewId, { orderId, proof }: ReleaseCommand) {
  return move(prisma, newId, {
    orderId,
    to: 'cancelled',
    set: Prisma.sql`closed_at = clock_timestamp()`,
    also: Prisma.sql`, ${settleHolds('release')}, ${settlePromotions('release', newId)},
      settled AS (
        UPDATE payments p SET status = 'closed' FROM moved
        WHERE p.order_id = moved.order_id AND p.status IN ('creating', 'pending', 'failed')),
      ${FORGET_PAYERS}`,
    fact: { proof },
    events: [
      eventSql('OrderCancelled', {
        ...OF_ORDER,
        reason: Prisma.sql`m.close_reason`,
        proof: Prisma.sql`${proof}::text`,
      }),
      eventSql('StockReturned', { ...STOCK_MOVED, reason: Prisma.sql`'released'::text` }),
    ],
  });
}

/** The window is over, or somebody asked: from here on only the gateway's answer decides. The stock is still held. */
export function closingMove(
  prisma: PrismaClient,
  newId: NewId,
  command: { orderId: string; reason: CloseReason; note: string | null },
) {
  const { orderId, reason, note } = command;
  return move(prisma, newId, {
    orderId,
    to: 'closing',
    set: Prisma.sql`close_reason = ${reason}`,
    also: Prisma.empty,
    fact: note === null ? { reason } : { reason, note },
    events: [eventSql('OrderClosing', { ...OF_ORDER, reason: Prisma.sql`m.close_reason` })],
  });
}

/** Locks the order, moves it if the table allows, and writes everything that goes with it: one statement, one transaction. */
async function move(prisma: PrismaClient, newId: NewId, change: Move): Promise<MoveOutcome> {
  const { orderId, to } = change;
  const [row] = await prisma.$queryRaw<{ status: OrderStatus; moved: boolean }[]>`
    WITH standing AS (SELECT id, status FROM orders WHERE id = ${orderId} FOR UPDATE),
    moved AS (
      UPDATE orders o SET status = ${to}, ${change.set} FROM standing s
      WHERE o.id = s.id AND s.status = ANY(${statesBefore(to)}::text[])
      RETURNING o.id AS order_id, s.status AS "from", o.buyer_id, o.store_id, o.referrer_id, o.close_reason, o.currency)
    ${change.also},
    told AS (
      INSERT INTO order_facts (order_id, kind, what, data)
      SELECT m.order_id, 'state', ${to}, jsonb_build_object('from', m."from") || ${JSON.stringify(change.fact)}::jsonb
      FROM moved m),
    announced AS (${announceFrom(Prisma.sql`moved`, newId, change.events)})
    SELECT status, EXISTS (SELECT 1 FROM moved) AS moved FROM standing`;
  if (!row) throw new Error(`the order ${orderId} is not in the database`);
  if (row.moved) return { t: 'done' };
  return row.status === to ? { t: 'already' } : { t: 'refused', status: row.status };
}
