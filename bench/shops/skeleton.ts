import { type Pool } from 'pg';
import { Connection } from 'rabbitmq-client';
import { type CpuReader, namedCpu, processCpu } from '../lib/cpu';
import { amqpUrl } from '../lib/brokers';
import { openPool } from '../lib/pool';
import { type Stage } from '../lib/stage';
import { BOOKS } from '../skeletons/books';
import { READY } from '../skeletons/settings';
import { type Count, nothingWrong, type Shop } from './shop';
import { Workflows } from './workflows';

/** Bare Temporal in a process of its own, with a database and a Temporal server of its own. */
export async function openBareTemporal(stage: Stage): Promise<Shop> {
  const database = await skeletonDatabase(stage, 'bare_temporal');
  const server = await stage.temporal();
  const workflows = await Workflows.of(stage, server, 'bareOrder');
  const program = await stage.program({
    name: 'bare-temporal',
    file: 'bench/skeletons/bare-temporal.ts',
    env: { DATABASE_URL: database.url, TEMPORAL_ADDRESS: server.address },
    ready: READY,
  });
  return {
    ...skeletonShop(database.pool, program.url),
    name: 'bare Temporal',
    note: 'skeleton: hold in the API’s transaction, eager start, worker in the same process, local activities; no gateway, no signature, no idempotency key, no starter, no events',
    cpu: {
      node: program.cpu,
      temporal: processCpu(server.pid),
      postgresql: stage.postgresCpu,
    },
    workflows: (atLeast) => workflows.count(atLeast),
    history: (orderId) => workflows.history(orderId),
  };
}

/** The hand-made service in a process of its own, on RabbitMQ's queues of its own. */
export async function openHandMade(stage: Stage): Promise<Shop> {
  const database = await skeletonDatabase(stage, 'hand_made');
  const prefix = `holdfast-bench-${process.pid}-${Date.now()}`;
  stage.add(() => deleteQueues(prefix));
  const program = await stage.program({
    name: 'hand-made',
    file: 'bench/skeletons/hand-made.ts',
    env: { DATABASE_URL: database.url, AMQP_URL: amqpUrl(), QUEUE_PREFIX: prefix },
    ready: READY,
  });
  return {
    ...skeletonShop(database.pool, program.url),
    name: 'hand-made',
    note: 'skeleton: PostgreSQL with group commit, RabbitMQ delay queue with publisher confirms; no engine, no gateway, no signature, no idempotency key',
    cpu: { node: program.cpu, postgresql: stage.postgresCpu, rabbitmq: namedCpu('beam.smp') },
    workflows: () => Promise.resolve(null),
    history: () => Promise.resolve(null),
  };
}

/** Says "sold out" to everybody: what Express can refuse at most. */
export async function openExpress409(stage: Stage): Promise<Pick<Shop, 'name' | 'note' | 'urls' | 'cpu'>> {
  const program = await stage.program({
    name: 'express-409',
    file: 'bench/skeletons/express-409.ts',
    env: {},
    ready: READY,
  });
  const cpu: Record<string, CpuReader> = { node: program.cpu };
  return { name: 'Express 409', note: 'floor: parses the body and answers 409 from memory', urls: [program.url], cpu };
}

async function skeletonDatabase(stage: Stage, name: string): Promise<{ url: string; pool: Pool }> {
  const url = await stage.postgres.url(name);
  const pool = openPool({ connectionString: url, max: 2 });
  stage.add(() => pool.end());
  await pool.query(BOOKS);
  return { url, pool };
}

let shelves = 0;

/** What both skeletons have in common: their books and their two calls. */
function skeletonShop(pool: Pool, url: string) {
  return {
    urls: [url],
    headers: {},
    residentMiB: {},
    pool,
    stock: (skus: number, units: number) => stockShelf(pool, skus, units),
    placing: (skuIds: readonly string[], number: number) => ({
      method: 'POST' as const,
      path: '/orders',
      body: JSON.stringify({ buyerId: `buyer_${number}`, skuId: skuIds[number % skuIds.length], quantity: 1 }),
    }),
    keep: ['id'],
    payUrl: url,
    paying: ([id = '']: readonly string[]) => ({ method: 'POST' as const, path: `/orders/${id}/pay`, body: '{}' }),
    count: () => skeletonCount(pool),
    // Both answer only once the workflow is started, or the expiry is with the broker.
    unstarted: () => Promise.resolve(0),
    books: () => skeletonBooks(pool),
  };
}

/** New rows in the skeletons' `stock`; the stock strategies use them too. */
export async function stockShelf(pool: Pool, skus: number, units: number): Promise<string[]> {
  shelves += 1;
  const { rows } = await pool.query<{ sku_id: string }>(
    `INSERT INTO stock (sku_id, price, available) SELECT 'sku_' || $1 || '_' || n, 1999, $3 FROM generate_series(1, $2) n RETURNING sku_id`,
    [shelves, skus, units],
  );
  await pool.query('ANALYZE stock');
  return rows.map(({ sku_id }) => sku_id);
}

async function skeletonCount(pool: Pool): Promise<Count> {
  const { rows } = await pool.query<{ orders: number; paid: number }>(
    `SELECT count(*)::int AS orders, count(*) FILTER (WHERE status = 'paid')::int AS paid FROM orders`,
  );
  return rows[0] ?? { orders: 0, paid: 0 };
}

/** The skeletons' books: counters, ledger and orders say the same. */
export async function skeletonBooks(pool: Pool) {
  return [
    await nothingWrong(
      pool,
      'counters equal the ledger',
      `SELECT s.sku_id FROM stock s LEFT JOIN (
         SELECT sku_id, sum(CASE kind WHEN 'hold' THEN quantity ELSE -quantity END) AS held,
                sum(quantity) FILTER (WHERE kind = 'confirm') AS sold
         FROM ledger GROUP BY sku_id) l USING (sku_id)
       WHERE s.reserved <> coalesce(l.held, 0) OR s.sold <> coalesce(l.sold, 0)`,
    ),
    await nothingWrong(
      pool,
      'orders equal the ledger',
      `SELECT o.id FROM orders o LEFT JOIN ledger l ON l.order_id = o.id GROUP BY o.id, o.status
       HAVING array_remove(array_agg(l.kind ORDER BY l.id), NULL) <> CASE o.status
         WHEN 'paid' THEN ARRAY['hold', 'confirm'] WHEN 'cancelled' THEN ARRAY['hold', 'release'] ELSE ARRAY['hold'] END`,
    ),
  ];
}

async function deleteQueues(prefix: string): Promise<void> {
  const broker = new Connection({ url: amqpUrl() });
  try {
    for (const queue of ['waiting', 'due']) await broker.queueDelete({ queue: `${prefix}.${queue}` });
  } finally {
    await broker.close();
  }
}
