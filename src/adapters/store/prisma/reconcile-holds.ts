import { type NewId } from '../../../domain/ids';
import { isSettled, type OrderStatus } from '../../../domain/order-status';
import { type Finding } from '../../../domain/reconcile';
import { type Sql, TRANSACTION_LIMITS } from './client';
import { announceFrom, eventSql } from './events';
import { Prisma, type PrismaClient } from './generated/client';
import { settlePromotions } from './promotion-statements';
import { type Compared, floorOf, inOrder, num, type Slice, type Stage, within } from './reconcile-pages';
import { settleHolds, STOCK_MOVED } from './stock-statements';

/** Orders against what is held for them. */
export function holdStages(prisma: PrismaClient, underWayMs: number): Stage[] {
  return [
    { kind: 'order', page: 200, read: (slice) => orders(prisma, slice, underWayMs) },
    { kind: 'payment', page: 200, read: (slice) => points(prisma, slice, underWayMs) },
  ];
}

interface HoldRow {
  readonly id: string;
  readonly status: OrderStatus;
  /** SKUs of its lines by what the ledger has of them. */
  readonly missing: string[];
  readonly unsettled: string[];
  readonly confirmed: boolean;
  readonly released: boolean;
  readonly revived: boolean;
  readonly promotion_unsettled: boolean;
}

/** All open orders, and those that may have been settled within the window. */
async function orders(prisma: PrismaClient, slice: Slice, underWayMs: number): Promise<Compared[]> {
  const key = Prisma.sql`o.id`;
  const worth = Prisma.sql`o.id >= ${floorOf('order', slice)} OR o.status IN ('awaiting_payment', 'closing')`;
  const rows = await prisma.$queryRaw<HoldRow[]>`
    SELECT o.id, o.status, l.missing, l.unsettled, l.confirmed, l.released,
      EXISTS (SELECT 1 FROM stock_ledger WHERE reference = o.id || '#revival') AS revived,
      EXISTS (
        SELECT 1 FROM promotion_ledger h WHERE h.reference = o.id AND h.kind = 'hold' AND NOT EXISTS (
          SELECT 1 FROM promotion_ledger e WHERE e.reference = o.id AND e.kind IN ('confirm', 'release'))) AS promotion_unsettled
    FROM (
      SELECT id, status FROM orders o
      WHERE ${within(key, slice, worth)} AND o.created_at < ${before(underWayMs)} ${inOrder(key, slice)}) o
    CROSS JOIN LATERAL (
      SELECT
        coalesce(array_agg(DISTINCT l.sku_id) FILTER (WHERE h.id IS NULL), '{}') AS missing,
        coalesce(array_agg(DISTINCT l.sku_id) FILTER (WHERE h.id IS NOT NULL AND c.id IS NULL AND r.id IS NULL), '{}') AS unsettled,
        coalesce(bool_or(c.id IS NOT NULL), false) AS confirmed, coalesce(bool_or(r.id IS NOT NULL), false) AS released
      FROM order_lines l
      LEFT JOIN stock_ledger h ON h.reference = l.order_id AND h.sku_id = l.sku_id AND h.kind = 'hold'
      LEFT JOIN stock_ledger c ON c.reference = l.order_id AND c.sku_id = l.sku_id AND c.kind = 'confirm'
      LEFT JOIN stock_ledger r ON r.reference = l.order_id AND r.sku_id = l.sku_id AND r.kind = 'release'
      WHERE l.order_id = o.id) l
    ORDER BY o.id`;
  return rows.map((row) => ({ key: row.id, findings: judge(row) }));
}

function judge(row: HoldRow): Finding[] {
  const { id, status, missing, unsettled, promotion_unsettled: promotion } = row;
  const subject = { kind: 'order', id } as const;
  const found = { orderId: id, status };
  const open = !isSettled(status);
  const sold = !open && status !== 'cancelled' && status !== 'rejected';
  if (missing.length > 0 && (open || sold))
    return [{ code: 'hold_missing', subject, found: { ...found, skuIds: missing } }];
  const { confirmed, released } = row;
  const otherwise = sold ? released && !row.revived : confirmed || (open && released);
  if (otherwise) return [{ code: 'settled_otherwise', subject, found: { ...found, confirmed, released } }];
  if (open || (unsettled.length === 0 && !promotion)) return [];
  return [{ code: 'hold_left', subject, found: { ...found, skuIds: unsettled, promotion } }];
}

/** Points that are still set aside for an attempt at the gateway `points` that nobody can pay any more. */
async function points(prisma: PrismaClient, slice: Slice, underWayMs: number): Promise<Compared[]> {
  const key = Prisma.sql`p.id`;
  const worth = Prisma.sql`p.id >= ${floorOf('payment', slice)}`;
  const rows = await prisma.$queryRaw<{ id: string; order_id: string; merchant_no: string; held: bigint }[]>`
    SELECT p.id, p.order_id, p.merchant_no, l.held FROM (
      SELECT * FROM payments p
      WHERE p.gateway = 'points' AND p.status = 'closed' AND ${within(key, slice, worth)}
        AND p.created_at < ${before(underWayMs)} ${inOrder(key, slice)}) p
    CROSS JOIN LATERAL (
      SELECT coalesce(-sum(delta), 0)::bigint AS held FROM points_ledger
      WHERE merchant_no = p.merchant_no AND kind IN ('hold', 'release')) l
    ORDER BY p.id`;
  return rows.map(({ id, order_id: orderId, merchant_no: merchantNo, held }) => {
    const found = { orderId, merchantNo, points: num(held) };
    const left: Finding = { code: 'points_left', subject: { kind: 'payment', id }, found };
    return { key: id, findings: held > 0n ? [left] : [] };
  });
}

/** The time before which something is no longer simply under way. */
export function before(ms: number): Prisma.Sql {
  return Prisma.sql`clock_timestamp() - make_interval(secs => ${ms / 1000})`;
}

/** What settled the order once more, for the holds that it left: under its row lock, and of each hold once. */
export function settleHold(prisma: PrismaClient, newId: NewId, orderId: string): Promise<boolean> {
  return prisma.$transaction(async (tx) => {
    const [order] = await tx.$queryRaw<{ status: OrderStatus }[]>`
      SELECT status FROM orders WHERE id = ${orderId} FOR UPDATE`;
    if (!order || !isSettled(order.status)) return false;
    const released = order.status === 'cancelled' || order.status === 'rejected';
    return (await settle(tx, newId, orderId, released ? 'release' : 'confirm')) > 0;
  }, TRANSACTION_LIMITS);
}

async function settle(tx: Sql, newId: NewId, orderId: string, kind: 'confirm' | 'release'): Promise<number> {
  const fields = { orderId: Prisma.sql`m.order_id`, lines: Prisma.sql`m.lines` };
  const event =
    kind === 'confirm'
      ? eventSql('StockSold', fields)
      : eventSql('StockReturned', { ...fields, reason: Prisma.sql`'released'::text` });
  const told = Prisma.sql`(SELECT moved.*, s.lines FROM moved JOIN stock_moved s ON s.reference = moved.order_id)`;
  const eventIds = [newId('event'), newId('event')];
  const [row] = await tx.$queryRaw<{ settled: number }[]>`
    WITH moved AS (SELECT ${orderId}::text AS order_id, ${eventIds}::text[] AS event_ids),
    ${settleHolds(kind)}, ${STOCK_MOVED}, ${settlePromotions(kind, 2)},
    announced AS (${announceFrom(told, [event])})
    SELECT ((SELECT count(*) FROM entered) + (SELECT count(*) FROM promotion_entered))::int AS settled`;
  return row?.settled ?? 0;
}
