import { type StockLine } from '../../../domain/stock';
import { type Sql } from './client';

/**
 * Locks the buyers' carts in the order of their ids and reads the lines as they are once locked. Comes before every other
 * lock of a placing; whatever else changes a cart locks it too. The cart's own row is the lock: lines come and go, and
 * locking those that there are would let two that add what the other holds wait for each other.
 */
export async function lockCarts(tx: Sql, buyerIds: readonly string[]): Promise<Map<string, StockLine[]>> {
  const carts = new Map<string, StockLine[]>(buyerIds.map((buyerId) => [buyerId, []]));
  if (buyerIds.length === 0) return carts;
  await tx.$queryRaw`SELECT 1 FROM carts WHERE buyer_id = ANY(${[...buyerIds]}::text[]) ORDER BY buyer_id FOR UPDATE`;
  const rows = await tx.cartLine.findMany({ where: { buyerId: { in: [...buyerIds] } } });
  for (const { buyerId, skuId, quantity } of rows) carts.get(buyerId)?.push({ skuId, quantity });
  return carts;
}

/** An order whose lines came out of its buyer's cart. */
export interface CartOrder {
  readonly buyerId: string;
  readonly lines: readonly StockLine[];
}

/**
 * Takes out of the carts exactly what was ordered: a line raised since stays with the rest of it, one used up goes. The
 * carts must be locked and cover the orders.
 */
export async function takeFromCarts(tx: Sql, orders: readonly CartOrder[]): Promise<void> {
  const taken = orders.flatMap(({ buyerId, lines }) =>
    lines.map(({ skuId, quantity }) => ({ buyer_id: buyerId, sku_id: skuId, quantity })),
  );
  if (taken.length === 0) return;
  await tx.$executeRaw`
    WITH taken AS (
      SELECT buyer_id, sku_id, sum(quantity)::int AS quantity
      FROM jsonb_to_recordset(${JSON.stringify(taken)}::jsonb) AS r(buyer_id text, sku_id text, quantity int)
      GROUP BY buyer_id, sku_id),
    used_up AS (
      DELETE FROM cart_lines c USING taken t
      WHERE (c.buyer_id, c.sku_id) = (t.buyer_id, t.sku_id) AND c.quantity = t.quantity)
    UPDATE cart_lines c SET quantity = c.quantity - t.quantity
    FROM taken t WHERE (c.buyer_id, c.sku_id) = (t.buyer_id, t.sku_id) AND c.quantity <> t.quantity`;
}
