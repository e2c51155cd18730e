import { type World } from './world';

/** Promotions and points beside the stock: counters equal their ledgers, and no order's rows contradict its state. */
export async function expectSellingBooksBalance({ prisma }: Pick<World, 'prisma'>): Promise<void> {
  const uses = await prisma.$queryRaw`
    SELECT u.promotion_id, u.held, u.used FROM promotion_use u
    LEFT JOIN (SELECT promotion_id, sum(held_delta) h, sum(used_delta) d FROM promotion_ledger GROUP BY promotion_id) l USING (promotion_id)
    WHERE (u.held, u.used) IS DISTINCT FROM (coalesce(l.h, 0), coalesce(l.d, 0))`;
  const buyers = await prisma.$queryRaw`
    SELECT b.promotion_id, b.buyer_id, b.held, b.used FROM promotion_buyers b
    LEFT JOIN (SELECT promotion_id, buyer_id, sum(held_delta) h, sum(used_delta) d FROM promotion_ledger
               GROUP BY promotion_id, buyer_id) l USING (promotion_id, buyer_id)
    WHERE (b.held, b.used) IS DISTINCT FROM (coalesce(l.h, 0), coalesce(l.d, 0))`;
  const contradicting = await prisma.$queryRaw`
    SELECT o.id, o.status, array_agg(l.kind ORDER BY l.id) AS kinds FROM orders o
    LEFT JOIN promotion_ledger l ON l.order_id = o.id
    WHERE o.promotion_id IS NOT NULL GROUP BY o.id, o.status
    HAVING array_remove(array_agg(l.kind ORDER BY l.kind), NULL) IS DISTINCT FROM CASE o.status
      WHEN 'paid' THEN CASE WHEN bool_or(l.reference LIKE '%#revival') THEN ARRAY['confirm', 'hold', 'hold', 'release']
                       ELSE ARRAY['confirm', 'hold'] END
      WHEN 'refunding' THEN ARRAY['confirm', 'hold']
      WHEN 'refunded' THEN ARRAY['confirm', 'hold'] WHEN 'cancelled' THEN ARRAY['hold', 'release']
      WHEN 'rejected' THEN ARRAY[]::text[] ELSE ARRAY['hold'] END`;
  const accounts = await prisma.$queryRaw`
    SELECT a.buyer_id, a.balance, a.held FROM points_accounts a
    LEFT JOIN (SELECT buyer_id, sum(delta) b, -sum(delta) FILTER (WHERE kind IN ('hold', 'release')) h
               FROM points_ledger GROUP BY buyer_id) l USING (buyer_id)
    WHERE (a.balance, a.held) IS DISTINCT FROM (coalesce(l.b, 0), coalesce(l.h, 0))`;
  expect({ uses, buyers, contradicting, accounts }).toEqual({ uses: [], buyers: [], contradicting: [], accounts: [] });
}
