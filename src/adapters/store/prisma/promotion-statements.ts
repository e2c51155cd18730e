import { type PromotionStanding } from '../../../domain/holds';
import { type NewId } from '../../../domain/ids';
import { type Promotion, type PromotionCounts, type PromotionHold, type PromotionUse } from '../../../domain/promotion';
import { type Sql } from './client';
import { announceFrom, eventSql } from './events';
import { Prisma, type Promotion as PromotionRow } from './generated/client';

/** A hold of a promotion and the document that it stands for: the order, or the order's revival. */
export interface PromotionEntry extends PromotionHold {
  readonly reference: string;
  readonly orderId: string;
}

export function toPromotion(row: PromotionRow): Promotion {
  return {
    id: row.id,
    name: row.name,
    startsAt: row.startsAt.toISOString(),
    endsAt: row.endsAt.toISOString(),
    discountBasisPoints: row.discountBasisPoints,
    skuIds: row.skuIds,
    storeIds: row.storeIds,
    perBuyerLimit: row.perBuyerLimit,
    totalQuota: row.totalQuota,
    counts: row.counts as PromotionCounts,
  };
}

/**
 * Locks what is held and used of the promotions, in the order of their ids, and reads them with the buyers' part: whatever
 * changes a promotion or its counters does so behind this lock. Counters of stock are locked before, never after.
 */
export async function lockPromotions(
  tx: Sql,
  promotionIds: readonly string[],
  buyerIds: readonly string[],
): Promise<Map<string, PromotionStanding>> {
  if (promotionIds.length === 0) return new Map();
  const ids = [...new Set(promotionIds)];
  const uses = await tx.$queryRaw<(PromotionUse & { promotion_id: string })[]>`
    SELECT promotion_id, held, used FROM promotion_use
    WHERE promotion_id = ANY(${ids}::text[]) ORDER BY promotion_id FOR UPDATE`;
  const rows = await tx.promotion.findMany({
    where: { id: { in: ids } },
    include: { buyers: { where: { buyerId: { in: [...new Set(buyerIds)] } } } },
  });
  const all = new Map(uses.map(({ promotion_id, held, used }) => [promotion_id, { held, used }]));
  return new Map(
    rows.map((row) => [
      row.id,
      {
        promotion: toPromotion(row),
        all: all.get(row.id) ?? { held: 0, used: 0 },
        buyers: new Map(row.buyers.map(({ buyerId, held, used }) => [buyerId, { held, used }])),
      },
    ]),
  );
}

/** Enters holds of locked promotions and moves the counters by them. */
export async function holdPromotions(tx: Sql, entries: readonly PromotionEntry[]): Promise<void> {
  if (entries.length === 0) return;
  await tx.$executeRaw`
  WITH entered AS (
    INSERT INTO promotion_ledger (reference, order_id, promotion_id, buyer_id, kind, quantity, held_delta, used_delta)
    SELECT r.reference, r."orderId", r."promotionId", r."buyerId", 'hold', r.quantity, r.quantity, 0
    FROM jsonb_to_recordset(${JSON.stringify(entries)}::jsonb)
      AS r(reference text, "orderId" text, "promotionId" text, "buyerId" text, quantity int)
    RETURNING promotion_id, buyer_id, held_delta),
  in_all AS (
    UPDATE promotion_use u SET held = u.held + e.held
    FROM (SELECT promotion_id, sum(held_delta)::int AS held FROM entered GROUP BY promotion_id) e
    WHERE u.promotion_id = e.promotion_id)
  INSERT INTO promotion_buyers AS b (promotion_id, buyer_id, held)
  SELECT promotion_id, buyer_id, sum(held_delta)::int FROM entered GROUP BY promotion_id, buyer_id
  ON CONFLICT (promotion_id, buyer_id) DO UPDATE SET held = b.held + excluded.held`;
}

/**
 * CTEs that settle the promotion holds of the orders in the CTE `moved(order_id, event_ids)`: confirm turns held into used,
 * release gives it back. They wait for the CTE `counted`, so that counters of stock are locked first, as in placing; then the
 * promotions in the order of their ids, behind which their buyers are safe. `eventAt`: which of the ids is its event's.
 */
export function settlePromotions(kind: 'confirm' | 'release', eventAt: number): Prisma.Sql {
  const used = kind === 'confirm' ? Prisma.sql`h.quantity` : Prisma.sql`0`;
  const event = eventSql(kind === 'confirm' ? 'PromotionConfirmed' : 'PromotionReleased', {
    orderId: Prisma.sql`m.order_id`,
    buyerId: Prisma.sql`m.buyer_id`,
    promotionId: Prisma.sql`m.promotion_id`,
    quantity: Prisma.sql`m.quantity`,
  });
  const told = Prisma.sql`(
      SELECT e.*, moved.event_ids FROM promotion_entered e JOIN moved ON moved.order_id = e.reference)`;
  return Prisma.sql`
  promotion_entered AS (
    INSERT INTO promotion_ledger (reference, order_id, promotion_id, buyer_id, kind, quantity, held_delta, used_delta)
    SELECT h.reference, h.order_id, h.promotion_id, h.buyer_id, ${kind}, h.quantity, -h.quantity, ${used}
    FROM promotion_ledger h JOIN moved m ON h.reference = m.order_id
    WHERE h.kind = 'hold' AND (SELECT count(*) FROM counted) >= 0
    ORDER BY h.reference
    ON CONFLICT DO NOTHING
    RETURNING reference, order_id, promotion_id, buyer_id, quantity, held_delta, used_delta),
  promotion_locked AS (
    SELECT promotion_id FROM promotion_use
    WHERE promotion_id IN (SELECT promotion_id FROM promotion_entered) ORDER BY promotion_id FOR UPDATE),
  promotion_counted AS (
    UPDATE promotion_use u SET held = u.held + e.held, used = u.used + e.used
    FROM (
      SELECT promotion_id, sum(held_delta)::int AS held, sum(used_delta)::int AS used
      FROM promotion_locked JOIN promotion_entered USING (promotion_id) GROUP BY promotion_id) e
    WHERE u.promotion_id = e.promotion_id
    RETURNING u.promotion_id),
  promotion_buyer_counted AS (
    UPDATE promotion_buyers b SET held = b.held + e.held, used = b.used + e.used
    FROM (
      SELECT promotion_id, buyer_id, sum(held_delta)::int AS held, sum(used_delta)::int AS used
      FROM promotion_counted JOIN promotion_entered USING (promotion_id) GROUP BY promotion_id, buyer_id) e
    WHERE b.promotion_id = e.promotion_id AND b.buyer_id = e.buyer_id),
  promotion_announced AS (
    ${announceFrom(told, [event], eventAt)})`;
}

/** Turns the hold of that reference into use; its promotion must be locked. */
export async function confirmPromotion(tx: Sql, newId: NewId, reference: string): Promise<void> {
  await tx.$executeRaw`
  WITH moved AS (SELECT ${reference}::text AS order_id, ARRAY[${newId('event')}::text] AS event_ids),
  counted AS (SELECT 1), ${settlePromotions('confirm', 1)} SELECT 1`;
}
