import { type Pool } from 'pg';
import { type Shop } from '../shops/shop';

/** Some seconds' work for PostgreSQL. */
const PER_STATEMENT = 50_000;

/**
 * The past in bulk: paid orders with everything that placing, paying and confirming write of one. One SKU sold them all:
 * rows that nobody touches any more may lie where they like.
 */
export async function fillWithOldOrders({ pool, stock }: Pick<Shop, 'pool' | 'stock'>, orders: number): Promise<void> {
  const [skuId = ''] = await stock(1, orders);
  for (let from = 1; from <= orders; from += PER_STATEMENT) {
    await fill(pool, skuId, from, Math.min(from + PER_STATEMENT - 1, orders));
  }
  // What a bulk load leaves to do is none of the past's cost: a past that grew has been vacuumed and written out long since.
  await pool.query('VACUUM ANALYZE orders, order_lines, payments, stock_ledger, order_facts, idempotency_records');
  await pool.query('CHECKPOINT');
}

/** Ids as ours are made, from before all others. */
const ID = `'00' || lpad(n::text, 24, '0')`;

/** Their events are not among what is left of them: those that everybody has had may be deleted. */
async function fill(pool: Pool, skuId: string, from: number, to: number): Promise<void> {
  const old = `FROM (SELECT n, 'ord_' || ${ID} AS id, ${ID} AS rest FROM generate_series(${from}, ${to}) n) s`;
  const at = `timestamptz '2026-01-01T00:00:00Z' + n * interval '1 second'`;
  for (const sql of [
    `INSERT INTO orders (id, buyer_id, status, amount, currency, pay_with, payment_window_seconds, pay_by, created_at, paid_at)
     SELECT id, 'buyer_' || n % 1000, 'paid', 1999, 'CNY', 'wechat', 1800, ${at}, ${at}, ${at} ${old}`,
    `INSERT INTO order_lines (order_id, position, child_id, sku_id, product_id, title, quantity, unit_price, amount)
     SELECT id, 0, 'chd_' || rest, '${skuId}', 'prod_old', 'Tea', 1, 1999, 1999 ${old}`,
    `INSERT INTO payments (id, order_id, attempt, gateway, status, merchant_no, amount, currency, expires_at, paid_at)
     SELECT 'pay_' || rest, id, 1, 'wechat', 'paid', 'pay_' || rest, 1999, 'CNY', ${at}, ${at} ${old}`,
    `INSERT INTO stock_ledger (reference, order_id, sku_id, kind, quantity, available_delta, reserved_delta, sold_delta, created_at)
     SELECT id, id, '${skuId}', 'hold', 1, -1, 1, 0, ${at} ${old}`,
    `INSERT INTO stock_ledger (reference, order_id, sku_id, kind, quantity, available_delta, reserved_delta, sold_delta, created_at)
     SELECT id, id, '${skuId}', 'confirm', 1, 0, -1, 1, ${at} ${old}`,
    `INSERT INTO order_facts (order_id, kind, what, data, at) SELECT id, 'state', 'paid', '{}', ${at} ${old}`,
    `INSERT INTO idempotency_records (client, key, fingerprint, resource_id, outcome, answer_due, created_at)
     SELECT 'old', id, 'old', id, '{}', ${at}, ${at} ${old}`,
    `UPDATE stock SET available = available - ${to - from + 1}, sold = sold + ${to - from + 1} WHERE sku_id = '${skuId}'`,
  ]) {
    await pool.query(sql);
  }
}
