import { type CloseReason } from '../../../domain/order-status';
import { type ConfirmCommand, type ReleaseCommand } from '../../../ports/order-store';
import { eventSql } from './events';
import { Prisma } from './generated/client';
import { type MoveKind } from './move-batch';
import { settlePromotions } from './promotion-statements';
import { settleHolds, STOCK_MOVED } from './stock-statements';

const MOVED = Prisma.sql`moved`;

/** `moved`, with what became of each order's stock. */
const MOVED_WITH_STOCK = Prisma.sql`(
  SELECT moved.*, coalesce(s.lines, '[]') AS stock_lines FROM moved LEFT JOIN stock_moved s ON s.reference = moved.order_id)`;

const OF_ORDER = { orderId: Prisma.sql`m.order_id`, buyerId: Prisma.sql`m.buyer_id` };
const OF_STOCK = { orderId: Prisma.sql`m.order_id`, lines: Prisma.sql`m.stock_lines` };

/** The order's lines, as events tell them. */
const ORDER_LINES = Prisma.sql`(
  SELECT jsonb_agg(jsonb_build_object('childId', l.child_id, 'skuId', l.sku_id, 'productId', l.product_id,
    'quantity', l.quantity, 'amount', jsonb_build_object('minor', l.amount, 'currency', m.currency)) ORDER BY l.position)
  FROM order_lines l WHERE l.order_id = m.order_id)`;

/** No attempt of the order is offered any more, so nobody needs to know who would have paid it. */
const FORGET_PAYERS = Prisma.sql`
  unchosen AS (DELETE FROM payment_choices c USING moved WHERE c.order_id = moved.order_id)`;

/** A settled order tells of itself, of its stock and, where it has one, of its promotion. */
const SETTLED = { eventIds: 3, promotionEventAt: 3 };

/** The money is in: the order is paid, its stock is sold, its promotion used, its attempt names the transaction. */
export const CONFIRM: MoveKind<ConfirmCommand> = {
  to: 'paid',
  columns: Prisma.sql`, payment_id text, transaction_id text, amount jsonb, paid_at timestamptz`,
  values: ({ paymentId, paid: { transactionId, amount, paidAt } }) => ({
    payment_id: paymentId,
    transaction_id: transactionId,
    amount,
    paid_at: paidAt,
  }),
  set: Prisma.sql`paid_at = a.paid_at, close_reason = NULL`,
  unlessManual: false,
  also: Prisma.sql`, ${settleHolds('confirm')}, ${STOCK_MOVED}, ${settlePromotions('confirm', SETTLED.promotionEventAt)},
      settled AS (
        UPDATE payments p SET status = 'paid', transaction_id = moved.transaction_id, paid_at = moved.paid_at
        FROM moved WHERE p.id = moved.payment_id AND p.order_id = moved.order_id),
      ${FORGET_PAYERS}`,
  told: MOVED_WITH_STOCK,
  fact: ({ paymentId, paid: { transactionId, amount, paidAt } }) => ({ paymentId, transactionId, amount, paidAt }),
  events: [
    eventSql('OrderPaid', {
      ...OF_ORDER,
      storeId: Prisma.sql`m.store_id`,
      referrerId: Prisma.sql`m.referrer_id`,
      gateway: Prisma.sql`(SELECT gateway FROM payments WHERE id = m.payment_id)`,
      paymentId: Prisma.sql`m.payment_id`,
      transactionId: Prisma.sql`m.transaction_id`,
      amount: Prisma.sql`m.amount`,
      paidAt: Prisma.sql`to_char(m.paid_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`,
      revived: Prisma.sql`false`,
      lines: ORDER_LINES,
    }),
    eventSql('StockSold', OF_STOCK),
  ],
  eventIds: SETTLED.eventIds,
};

/** Nobody can pay any more: the order is cancelled, its stock and promotion go back, its open attempts are closed. */
export const RELEASE: MoveKind<ReleaseCommand> = {
  to: 'cancelled',
  columns: Prisma.sql`, proof text`,
  values: ({ proof }) => ({ proof }),
  set: Prisma.sql`closed_at = clock_timestamp()`,
  unlessManual: true,
  also: Prisma.sql`, ${settleHolds('release')}, ${STOCK_MOVED}, ${settlePromotions('release', SETTLED.promotionEventAt)},
      settled AS (
        UPDATE payments p SET status = 'closed' FROM moved
        WHERE p.order_id = moved.order_id AND p.status IN ('creating', 'pending', 'failed')),
      ${FORGET_PAYERS}`,
  told: MOVED_WITH_STOCK,
  fact: ({ proof }) => ({ proof }),
  events: [
    eventSql('OrderCancelled', {
      ...OF_ORDER,
      reason: Prisma.sql`m.close_reason`,
      proof: Prisma.sql`m.proof`,
    }),
    eventSql('StockReturned', { ...OF_STOCK, reason: Prisma.sql`'released'::text` }),
  ],
  eventIds: SETTLED.eventIds,
};

export interface ClosingCommand {
  readonly orderId: string;
  readonly reason: CloseReason;
  readonly note: string | null;
}

/** The window is over, or somebody asked: from here on only the gateway's answer decides. The stock is still held. */
export const BEGIN_CLOSING: MoveKind<ClosingCommand> = {
  to: 'closing',
  columns: Prisma.sql`, reason text`,
  values: ({ reason }) => ({ reason }),
  set: Prisma.sql`close_reason = a.reason`,
  unlessManual: false,
  also: Prisma.empty,
  told: MOVED,
  fact: ({ reason, note }) => (note === null ? { reason } : { reason, note }),
  events: [eventSql('OrderClosing', { ...OF_ORDER, reason: Prisma.sql`m.close_reason` })],
  eventIds: 1,
};
