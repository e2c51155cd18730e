import { type Pool, type PoolClient } from 'pg';

/**
 * The least that a shop must write to be honest: an order row, a ledger row per movement, and the SKU's counters, which the
 * database does not let go below zero. One line an order. The skeletons' and the stock strategies' common ground.
 */
export const BOOKS = `
  CREATE TABLE stock (
    sku_id text PRIMARY KEY, price bigint NOT NULL,
    available int NOT NULL CHECK (available >= 0), reserved int NOT NULL DEFAULT 0 CHECK (reserved >= 0),
    sold int NOT NULL DEFAULT 0, version int NOT NULL DEFAULT 0
  ) WITH (fillfactor = 50);
  CREATE TABLE orders (
    id text PRIMARY KEY, buyer_id text NOT NULL, sku_id text NOT NULL, quantity int NOT NULL, amount bigint NOT NULL,
    status text NOT NULL, pay_by timestamptz NOT NULL, created_at timestamptz NOT NULL DEFAULT clock_timestamp()
  );
  CREATE TABLE ledger (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, order_id text NOT NULL, sku_id text NOT NULL, kind text NOT NULL,
    quantity int NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp(), UNIQUE (order_id, sku_id, kind)
  )`;

export interface Hold {
  readonly id: string;
  readonly buyerId: string;
  readonly skuId: string;
  readonly quantity: number;
}

/** Connections of a skeleton's process: as many as Holdfast's has. */
export const POOL_SIZE = 10;

/** Runs `body` in a transaction of its own; false from it rolls back. */
export async function inTransaction(pool: Pool, body: (tx: PoolClient) => Promise<boolean>): Promise<boolean> {
  const tx = await pool.connect();
  try {
    await tx.query('BEGIN');
    const done = await body(tx);
    await tx.query(done ? 'COMMIT' : 'ROLLBACK');
    return done;
  } catch (error) {
    await tx.query('ROLLBACK');
    throw error;
  } finally {
    tx.release();
  }
}

/** One order by the conditional UPDATE, in a transaction of its own. False: short. */
export function holdAlone(pool: Pool, hold: Hold): Promise<boolean> {
  return inTransaction(pool, async (tx) => (await takeWhereEnough(tx, hold)) && recordHold(tx, hold));
}

/** `num = num - ? … num >= ?`: the row's lock is held from here to the commit. */
export async function takeWhereEnough(tx: PoolClient, { skuId, quantity }: Hold): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: 'take',
    text: 'UPDATE stock SET available = available - $2, reserved = reserved + $2 WHERE sku_id = $1 AND available >= $2',
    values: [skuId, quantity],
  });
  return rowCount === 1;
}

/** The order and its ledger row: what every strategy writes besides the counters. */
export async function recordHold(tx: PoolClient, hold: Hold): Promise<true> {
  const { id, buyerId, skuId, quantity } = hold;
  await tx.query({
    name: 'order',
    text: `INSERT INTO orders (id, buyer_id, sku_id, quantity, amount, status, pay_by)
           SELECT $1, $2, $3, $4::int, price * $4::int, 'awaiting_payment', now() + interval '30 minutes' FROM stock WHERE sku_id = $3`,
    values: [id, buyerId, skuId, quantity],
  });
  return recordEntry(tx, hold);
}

/** The ledger row alone: of a hold whose order somebody else writes. */
export async function recordEntry(tx: PoolClient, { id, skuId, quantity }: Hold): Promise<true> {
  await tx.query({
    name: 'entry',
    text: `INSERT INTO ledger (order_id, sku_id, kind, quantity) VALUES ($1, $2, 'hold', $3)`,
    values: [id, skuId, quantity],
  });
  return true;
}

/** The same in one statement, and one round trip. */
export async function holdAtOnce(pool: Pool, { id, buyerId, skuId, quantity }: Hold): Promise<boolean> {
  const { rowCount } = await pool.query({
    name: 'hold-at-once',
    text: `
      WITH taken AS (
        UPDATE stock SET available = available - $4, reserved = reserved + $4 WHERE sku_id = $3 AND available >= $4
        RETURNING price),
      ordered AS (
        INSERT INTO orders (id, buyer_id, sku_id, quantity, amount, status, pay_by)
        SELECT $1, $2, $3, $4::int, price * $4::int, 'awaiting_payment', now() + interval '30 minutes' FROM taken)
      INSERT INTO ledger (order_id, sku_id, kind, quantity) SELECT $1, $3, 'hold', $4::int FROM taken`,
    values: [id, buyerId, skuId, quantity],
  });
  return rowCount === 1;
}

/**
 * Many orders in one statement, each all or nothing: who comes first is served first, and whoever does not fit into what
 * is left with all before them is refused. Answers in the order of asking. `withOrders`: or else the holds alone.
 */
export async function holdTogether(pool: Pool, holds: readonly Hold[], withOrders = true): Promise<boolean[]> {
  const { rows } = await pool.query<{ id: string }>({
    name: withOrders ? 'hold-together' : 'enter-together',
    text: `
      WITH asked AS (
        SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::int[]) WITH ORDINALITY
          AS t(id, buyer_id, sku_id, quantity, turn)),
      locked AS (SELECT sku_id, price, available FROM stock WHERE sku_id = ANY($3) ORDER BY sku_id FOR UPDATE),
      held AS (
        SELECT * FROM (
          SELECT a.*, l.price, l.available, sum(a.quantity) OVER (PARTITION BY a.sku_id ORDER BY a.turn) AS wanted
          FROM asked a JOIN locked l USING (sku_id)) r
        WHERE wanted <= available),
      counted AS (
        UPDATE stock s SET available = s.available - h.units, reserved = s.reserved + h.units
        FROM (SELECT sku_id, sum(quantity)::int AS units FROM held GROUP BY sku_id) h WHERE s.sku_id = h.sku_id),
      ordered AS (
        INSERT INTO orders (id, buyer_id, sku_id, quantity, amount, status, pay_by)
        SELECT id, buyer_id, sku_id, quantity, price * quantity, 'awaiting_payment', now() + interval '30 minutes' FROM held
        WHERE ${withOrders}),
      entered AS (
        INSERT INTO ledger (order_id, sku_id, kind, quantity) SELECT id, sku_id, 'hold', quantity FROM held)
      SELECT id FROM held`,
    values: [
      holds.map(({ id }) => id),
      holds.map(({ buyerId }) => buyerId),
      holds.map(({ skuId }) => skuId),
      holds.map(({ quantity }) => quantity),
    ],
  });
  const held = new Set(rows.map(({ id }) => id));
  return holds.map(({ id }) => held.has(id));
}

/** What settling a hold does to the order and to the counters. */
const SETTLED = {
  confirm: { status: 'paid', counter: 'sold' },
  release: { status: 'cancelled', counter: 'available' },
} as const;

/** One order's hold becomes a sale, or goes back, in a transaction of its own. Nothing happens to a settled one. */
export function settleAlone(pool: Pool, kind: keyof typeof SETTLED, orderId: string): Promise<boolean> {
  const { status, counter } = SETTLED[kind];
  return inTransaction(pool, async (tx) => {
    const { rows } = await tx.query<{ sku_id: string; quantity: number }>({
      name: `settle-${kind}`,
      text: `UPDATE orders SET status = '${status}' WHERE id = $1 AND status = 'awaiting_payment' RETURNING sku_id, quantity`,
      values: [orderId],
    });
    const [order] = rows;
    if (!order) return false;
    await tx.query({
      name: `enter-${kind}`,
      text: `INSERT INTO ledger (order_id, sku_id, kind, quantity) VALUES ($1, $2, '${kind}', $3)`,
      values: [orderId, order.sku_id, order.quantity],
    });
    await tx.query({
      name: `count-${kind}`,
      text: `UPDATE stock SET reserved = reserved - $2, ${counter} = ${counter} + $2 WHERE sku_id = $1`,
      values: [order.sku_id, order.quantity],
    });
    return true;
  });
}

/** Many orders' holds become sales in one statement. */
export async function confirmTogether(pool: Pool, orderIds: readonly string[]): Promise<boolean[]> {
  const { rows } = await pool.query<{ order_id: string }>({
    name: 'confirm-together',
    text: `
      WITH moved AS (
        UPDATE orders SET status = 'paid' WHERE id = ANY($1) AND status = 'awaiting_payment' RETURNING id, sku_id, quantity),
      entered AS (
        INSERT INTO ledger (order_id, sku_id, kind, quantity) SELECT id, sku_id, 'confirm', quantity FROM moved
        RETURNING order_id, sku_id, quantity),
      locked AS (SELECT sku_id FROM stock WHERE sku_id IN (SELECT sku_id FROM entered) ORDER BY sku_id FOR UPDATE),
      counted AS (
        UPDATE stock s SET reserved = s.reserved - e.units, sold = s.sold + e.units
        FROM (SELECT sku_id, sum(quantity)::int AS units FROM entered JOIN locked USING (sku_id) GROUP BY sku_id) e
        WHERE s.sku_id = e.sku_id)
      SELECT order_id FROM entered`,
    values: [orderIds],
  });
  const moved = new Set(rows.map(({ order_id }) => order_id));
  return orderIds.map((id) => moved.has(id));
}
