import { type Pool } from 'pg';
import { dwindle } from '../lib/place';
import { type Run } from '../lib/report/model';
import { quiet } from '../lib/rest';
import { type Stage } from '../lib/stage';
import { type Shop } from '../shops/shop';

/** So many intents wait at most: the starter, not the filling, is to be what takes the time. */
const PER_BATCH = 10_000;
/** The first tasks of a hundred thousand: at a hundred a second they take a third of it. */
const FILLED_WITHIN_MS = 3_000_000;
/** Orders that are paid once the worker has come back. */
const PAID_AFTERWARDS = 50;
/** Of few open orders every third at most: the next run is to find some, too. */
const SPARING = 3;
const PRICE = 1999;
/** Ids as ours are made; beside the bulk of `old-orders.ts`, before all others. */
const ID = `'01' || lpad(n::text, 24, '0')`;

/** Orders that wait for their payment, in bulk: rows by SQL, workflows by the product's own starter. */
export async function fillWithOpenOrders(shop: Shop, orders: number): Promise<void> {
  const { name, pool, stock, unstarted } = shop;
  const [skuId = ''] = await stock(1, orders);
  for (let from = 1; from <= orders; from += PER_BATCH) {
    await fill(pool, skuId, from, Math.min(from + PER_BATCH - 1, orders));
    await dwindle(`${name}: open orders without a workflow`, unstarted);
  }
  // Started is not yet run: the first workflow task of each is still to come for many.
  await quiet([shop], FILLED_WITHIN_MS);
  await pool.query('VACUUM ANALYZE orders, order_lines, stock_ledger, start_intents');
}

async function fill(pool: Pool, skuId: string, from: number, to: number): Promise<void> {
  const open = `FROM (SELECT 'ord_' || ${ID} AS id, ${ID} AS rest, n FROM generate_series(${from}, ${to}) n) s`;
  for (const sql of [
    `INSERT INTO orders (id, buyer_id, status, amount, currency, payment_window_seconds, pay_by, created_at)
     SELECT id, 'buyer_' || n % 1000, 'awaiting_payment', ${PRICE}, 'CNY', 86400, now() + interval '1 day', now() ${open}`,
    `INSERT INTO order_lines (order_id, position, child_id, sku_id, product_id, title, quantity, unit_price, amount)
     SELECT id, 0, 'chd_' || rest, '${skuId}', 'prod_open', 'Tea', 1, ${PRICE}, ${PRICE} ${open}`,
    `INSERT INTO stock_ledger (reference, order_id, sku_id, kind, quantity, available_delta, reserved_delta, sold_delta)
     SELECT id, id, '${skuId}', 'hold', 1, -1, 1, 0 ${open}`,
    `UPDATE stock SET available = available - ${to - from + 1}, reserved = reserved + ${to - from + 1} WHERE sku_id = '${skuId}'`,
    `INSERT INTO start_intents (kind, subject_id) SELECT 'order', id ${open}`,
  ]) {
    await pool.query(sql);
  }
}

/** Pays some of the orders that were placed last: their workflows are in the worker's memory. */
export async function payJustPlaced(stage: Stage, shop: Shop): Promise<Paid> {
  const chosen = await idsOf(
    shop,
    `SELECT id FROM orders WHERE status = 'awaiting_payment' AND id NOT LIKE 'ord_01000%' ORDER BY id DESC LIMIT ${PAID_AFTERWARDS}`,
  );
  return pay(stage, shop, chosen, 'just placed');
}

/**
 * Kills the worker, starts it again, and pays some of the orders that were open all the while, spread over all of them:
 * the workflows are in nobody's memory then, and each is read again from its history.
 */
export async function payAfterRestart(stage: Stage, shop: Shop): Promise<Paid> {
  // The payments are not to queue behind the first tasks of all that was just placed.
  await quiet([shop]);
  await shop.restartWorker?.();
  const chosen = await idsOf(
    shop,
    `SELECT id FROM (
       SELECT id, row_number() OVER (ORDER BY id) AS n, count(*) OVER () AS all_of_them FROM orders
       WHERE status = 'awaiting_payment' AND id LIKE 'ord_01000%') open
     WHERE n % greatest(all_of_them / ${PAID_AFTERWARDS}, ${SPARING}) = 0 LIMIT ${PAID_AFTERWARDS}`,
  );
  return pay(stage, shop, chosen, 'after the worker was killed');
}

type Paid = Pick<Run, 'metrics' | 'checks'>;

async function idsOf({ pool }: Shop, sql: string): Promise<string[]> {
  return (await pool.query<{ id: string }>(sql)).rows.map(({ id }) => id);
}

async function pay(stage: Stage, shop: Shop, ids: readonly string[], which: string): Promise<Paid> {
  const chosen = ids.map((id) => [id]);
  await shop.prepare?.(chosen);
  const began = performance.now();
  await stage.load.run({
    ...{ urls: [shop.payUrl], headers: {}, keep: [], requests: chosen.map((each) => shop.paying(each)) },
    pace: { t: 'closed', callers: 5 },
  });
  const unpaid = async () => {
    const { rows } = await shop.pool.query<{ unpaid: number }>(
      `SELECT count(*)::int AS unpaid FROM orders WHERE id = ANY($1) AND status <> 'paid'`,
      [ids],
    );
    return rows[0]?.unpaid ?? NaN;
  };
  await dwindle(`${shop.name}: orders to be paid ${which}`, unpaid);
  const perSecond = (ids.length * 1_000) / (performance.now() - began);
  const paid = ids.length - (await unpaid());
  const check = { name: `paid ${which}`, ok: ids.length > 0 && paid === ids.length, found: `${paid} of ${ids.length}` };
  return { metrics: { [`paid/s ${which}`]: perSecond }, checks: [check] };
}
