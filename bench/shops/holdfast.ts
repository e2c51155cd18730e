import { randomBytes } from 'node:crypto';
import { type Pool } from 'pg';
import { applyMigrations } from '../../src/adapters/store/prisma/migrate';
import { type GatewayName } from '../../src/domain/payment';
import { freePort } from '../../src/main/local/ports';
import { processCpu } from '../lib/cpu';
import { type PlannedRequest } from '../lib/load/protocol';
import { openPool } from '../lib/pool';
import { type Program, type RestartableProgram, type Stage } from '../lib/stage';
import { PREPARED_GATEWAY, prepareAttempts, signedNotification } from './prepared-payments';
import { type Count, nothingWrong, type OrderShape, type Shop } from './shop';
import { Workflows } from './workflows';

export interface HoldfastOptions {
  /** `apart`: API and worker as they are deployed. `together`: one process, so that starts are eager. */
  readonly processes: 'apart' | 'together';
  /** Replicas of the API; only apart. */
  readonly apis?: number;
  /** Whether a payment sandbox stands in for a gateway, and which gateway the orders are paid with. */
  readonly gateway?: GatewayName;
  /** Attempts that are there already and notifications signed ahead: the gateway is asked nothing, and costs nothing. */
  readonly prepared?: true;
  /** Without consumers of events in the worker: what they do comes after the sale. */
  readonly consumers?: 'none';
  /** Workflows that the worker keeps in memory; its own default otherwise. */
  readonly cachedWorkflows?: number;
}

const KEY = 'key-of-the-benchmarks';
/** Of every SKU, in fen. */
const PRICE = 1999;
/** The line that a process of ours logs once it serves. */
const READY = '"msg":"started"';

let opened = 0;

/** Holdfast as it is deployed, with a database and a Temporal server of its own. */
export async function openHoldfast(stage: Stage, options: HoldfastOptions): Promise<Shop> {
  opened += 1;
  const url = await stage.postgres.url(`holdfast_${opened}`);
  await applyMigrations({ databaseUrl: url });
  const pool = openPool({ connectionString: url, max: 2 });
  stage.add(() => pool.end());
  const server = await stage.temporal();
  const workflows = await Workflows.of(stage, server, 'orderWorkflow');
  const sandbox = options.gateway === undefined ? null : await stage.sandbox();
  const env = {
    DATABASE_URL: url,
    TEMPORAL_ADDRESS: server.address,
    API_KEYS: `${KEY}=orders+catalog+operate+read`,
    DATA_KEYS: `bench=${randomBytes(32).toString('base64')}`,
    // It would fall on whoever is measured at a quarter of an hour.
    RECONCILE_EVERY_SECONDS: '0',
    ...(sandbox && { SANDBOX_URL: sandbox.url }),
    ...(options.prepared && PREPARED_GATEWAY),
    ...(options.consumers && { CONSUMERS: options.consumers }),
    ...(options.cachedWorkflows && { WORKER_CACHED_WORKFLOWS: String(options.cachedWorkflows) }),
  };
  const { urls, cpu, residentMiB, restartWorker } = await startProcesses(stage, options, env);
  return {
    name: nameOf(options),
    note: noteOf(options),
    urls,
    headers: { authorization: `Bearer ${KEY}` },
    cpu: {
      ...cpu,
      temporal: processCpu(server.pid),
      postgresql: stage.postgresCpu,
      ...(sandbox && { sandbox: sandbox.cpu }),
    },
    residentMiB,
    ...(restartWorker && { restartWorker }),
    pool,
    stock: (skus, units) => putOnShelf(pool, skus, units),
    placing: (skuIds, number, shape) => placing(skuIds, number, shape, options.gateway ?? null),
    keep: sandbox ? ['id', 'payment.merchantNo'] : ['id'],
    ...paymentsOf(pool, sandbox?.url ?? null, urls),
    count: () => countOf(pool),
    unstarted: () => unstartedOf(pool, sandbox !== null),
    workflows: (atLeast) => workflows.count(atLeast),
    history: (orderId) => workflows.history(`order:${orderId}`),
    books: () => booksOf(pool),
  };
}

/** Paid at the sandbox, which then notifies; or notified at once of an attempt that was prepared. */
function paymentsOf(
  pool: Pool,
  sandbox: string | null,
  urls: readonly string[],
): Pick<Shop, 'payUrl' | 'paying' | 'prepare'> {
  if (sandbox !== null) {
    return {
      payUrl: sandbox,
      paying: ([, merchantNo = '']) => ({ method: 'POST', path: `/_sandbox/payments/${merchantNo}/pay`, body: '{}' }),
    };
  }
  return {
    payUrl: urls[0] ?? '',
    paying: ([orderId = '']) => signedNotification(orderId, PRICE),
    prepare: (kept) =>
      prepareAttempts(
        pool,
        kept.map(([orderId = '']) => orderId),
      ),
  };
}

function nameOf({ processes, gateway, prepared, consumers }: HoldfastOptions): string {
  const how = prepared ? ', attempt prepared' : gateway === undefined ? '' : `, asking ${gateway}`;
  const who = consumers === undefined && gateway !== undefined ? ', consumers at work' : '';
  return `${processes === 'apart' ? 'Holdfast' : 'Holdfast, one process'}${how}${who}`;
}

type Started = Pick<Shop, 'urls' | 'cpu' | 'residentMiB' | 'restartWorker'>;

async function startProcesses(stage: Stage, options: HoldfastOptions, env: Record<string, string>): Promise<Started> {
  const ports = await Promise.all(Array.from({ length: options.apis ?? 1 }, () => freePort()));
  // The first replica is the one that the gateway's notifications come to.
  const publicUrl = { PUBLIC_URL: `http://127.0.0.1:${ports[0]}` };
  const start = (name: string, file: string, port?: number): Promise<RestartableProgram> =>
    stage.program({
      name: `${name}-${opened}`,
      file,
      env: { ...env, ...publicUrl },
      ready: READY,
      ...(port && { port }),
    });
  if (options.processes === 'together') {
    const service = await start('service', 'bench/shops/holdfast-service.ts', ports[0]);
    return { urls: [service.url], cpu: { node: service.cpu }, residentMiB: { node: service.residentMiB } };
  }
  const worker = await start('worker', 'src/main/worker.ts');
  const apis = await Promise.all(ports.map((port, index) => start(`api-${index + 1}`, 'src/main/api.ts', port)));
  const sum = (read: (api: Program) => number): number => apis.reduce((total, api) => total + read(api), 0);
  return {
    urls: apis.map(({ url }) => url),
    cpu: { api: () => sum(({ cpu }) => cpu()), worker: worker.cpu },
    residentMiB: { api: () => sum(({ residentMiB }) => residentMiB()), worker: worker.residentMiB },
    restartWorker: () => worker.restart(),
  };
}

function noteOf({ processes, apis = 1, gateway, prepared }: HoldfastOptions): string {
  const where = processes === 'apart' ? `${apis} API process(es) and one worker` : 'API and worker in one process';
  if (prepared)
    return `${where}; the attempt is in the database before it is paid, its Stripe notification is signed ahead and verified`;
  return gateway === undefined
    ? where
    : `${where}, ${gateway} at the sandbox: the create, its answer and the notification are signed and verified`;
}

let keys = 0;

function placing(
  skuIds: readonly string[],
  number: number,
  { lines, payable, keyed }: OrderShape,
  gateway: GatewayName | null,
): PlannedRequest {
  const body = {
    buyerId: `buyer_${number}`,
    lines: Array.from({ length: lines }, (_, line) => ({
      skuId: skuIds[(number + line) % skuIds.length],
      quantity: 1,
    })),
    payWith: payable ? gateway : null,
  };
  const request = { method: 'POST', path: '/v1/orders', body: JSON.stringify(body) } as const;
  return keyed ? { ...request, headers: { 'idempotency-key': `bench-${(keys += 1)}` } } : request;
}

let shelves = 0;

/** As the catalogue's own call would, in four statements: a hundred thousand SKUs are no matter of HTTP here. */
export async function putOnShelf(pool: Pool, skus: number, units: number): Promise<string[]> {
  shelves += 1;
  const names = `SELECT $1::text || '_' || n AS name FROM generate_series(1, $2::int) n`;
  const of = [String(shelves), skus];
  await pool.query(`INSERT INTO products (id, title) SELECT 'prod_' || name, 'Tea' FROM (${names}) s`, of);
  const { rows } = await pool.query<{ id: string }>(
    `INSERT INTO skus (id, product_id, title, price, currency)
     SELECT 'sku_' || name, 'prod_' || name, 'Tea', ${PRICE}, 'CNY' FROM (${names}) s RETURNING id`,
    of,
  );
  await pool.query(`INSERT INTO stock (sku_id, available) SELECT 'sku_' || name, $3::int FROM (${names}) s`, [
    ...of,
    units,
  ]);
  await pool.query(
    `INSERT INTO stock_ledger (reference, sku_id, kind, quantity, available_delta, reserved_delta, sold_delta)
     SELECT 'sku_' || name, 'sku_' || name, 'initial', $3::int, $3::int, 0, 0 FROM (${names}) s`,
    [...of, units],
  );
  await pool.query('ANALYZE skus, stock, stock_ledger');
  return rows.map(({ id }) => id);
}

async function countOf(pool: Pool): Promise<Count> {
  const { rows } = await pool.query<Count>(
    `SELECT count(*)::int AS orders, count(*) FILTER (WHERE status = 'paid')::int AS paid FROM orders`,
  );
  return rows[0] ?? { orders: 0, paid: 0 };
}

async function unstartedOf(pool: Pool, payable: boolean): Promise<number> {
  const asked = payable ? ` + (SELECT count(*) FROM payments WHERE status = 'creating')::int` : '';
  const { rows } = await pool.query<{ waiting: number }>(
    `SELECT (SELECT count(*) FROM start_intents WHERE kind = 'order')::int${asked} AS waiting`,
  );
  return rows[0]?.waiting ?? 0;
}

/** Counters equal the ledger, and no order's ledger contradicts its state; the stores alone are checked by it too. */
export async function booksOf(pool: Pool) {
  return [
    await nothingWrong(
      pool,
      'counters equal the ledger',
      `SELECT s.sku_id FROM stock s JOIN (
         SELECT sku_id, sum(available_delta) a, sum(reserved_delta) r, sum(sold_delta) d FROM stock_ledger GROUP BY sku_id) l
         ON l.sku_id = s.sku_id
       WHERE (s.available, s.reserved, s.sold) IS DISTINCT FROM (l.a, l.r, l.d)`,
    ),
    await nothingWrong(
      pool,
      'orders equal the ledger',
      `SELECT o.id FROM orders o LEFT JOIN stock_ledger l ON l.reference = o.id GROUP BY o.id, o.status
       HAVING array_remove(array_agg(DISTINCT l.kind ORDER BY l.kind), NULL) IS DISTINCT FROM CASE o.status
         WHEN 'paid' THEN ARRAY['confirm', 'hold'] WHEN 'cancelled' THEN ARRAY['hold', 'release'] ELSE ARRAY['hold'] END`,
    ),
  ];
}
