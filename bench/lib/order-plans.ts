import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, type Pool } from 'pg';
import { applyMigrations } from '../../src/adapters/store/prisma/migrate';
import { inheritedEnvironment } from '../../src/config';
import { type PaymentChoice } from '../../src/domain/payment';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/main/local/postgres';
import { openStores, type Stores } from '../../src/main/stores';
import { type Teardown } from '../../src/main/teardown';
import { fillWithOldOrders } from '../curves/old-orders';
import { putOnShelf } from '../shops/holdfast';
import { openPool } from './pool';
import { explainEverything, ranIn, type Statement, statementsOf } from './plans';

/** A PostgreSQL whose log can be read. */
export interface Explaining {
  readonly postgres: EmbeddedPostgres;
  readonly logFile: string;
}

export async function openExplaining(teardown: Teardown): Promise<Explaining> {
  const dir = await mkdtemp(join(tmpdir(), 'holdfast-plans-'));
  teardown.add(() => rm(dir, { recursive: true, force: true }));
  await chmod(dir, 0o711); // as root, PostgreSQL runs as another user and has to pass
  const options = { dataDir: dir, env: inheritedEnvironment(), throwAway: true };
  const postgres = await startEmbeddedPostgres({ ...options, log: () => undefined });
  teardown.add(() => postgres.stop());
  return { postgres, logFile: join(dir, 'logs', 'postgres.log') };
}

/** A full batch of placings. */
const ORDERS = 128;
const SKUS = 8;
/** Enough for a median, and for the plans of prepared statements to settle. */
const ROUNDS = 8;
const LEASE_MS = 15_000;

/** Runs something with stores whose statements are known by the step's name. */
type Step = <T>(name: string, run: (stores: Stores) => Promise<T>) => Promise<T>;

/** What API, worker and dispatchers ask of the database for a batch of orders: half of them are paid, half are not. */
async function round(step: Step, skuIds: readonly string[]): Promise<void> {
  const ids = await step('place a batch', (stores) => placeAll(stores, skuIds));
  await step('place a batch, locked first', (stores) => placeAll(stores, skuIds, { method: 'native', payerId: null }));
  const standing = await step('read the progress', ({ orders }) => Promise.all(ids.map((id) => orders.progress(id))));
  const attempts = standing.flatMap((order, index) => {
    const [orderId, payment] = [ids[index], order?.payment];
    return orderId !== undefined && payment ? [{ orderId, payment }] : [];
  });
  const due = attempts.map(({ orderId, payment }, index) => {
    const paid = { transactionId: `t_${payment.id}`, amount: payment.amount, paidAt: new Date().toISOString() };
    return { orderId, paymentId: payment.id, merchantNo: payment.merchantNo, paid, isPaid: index % 2 === 0 };
  });
  const paying = due.filter(({ isPaid }) => isPaid);
  await step('store a notification', async ({ inbox }) => {
    for (const { merchantNo, paid } of paying)
      await inbox.store({ gateway: 'wechat', eventId: `e_${merchantNo}`, merchantNo, paid });
  });
  const told = await step('claim the inbox', ({ inbox }) => inbox.claim(100, LEASE_MS));
  await step('mark the inbox', ({ inbox }) => inbox.delivered(told.map(({ inboxId }) => inboxId)));
  await step('confirm a batch', ({ orders }) =>
    Promise.all(paying.map(({ orderId, paymentId, paid }) => orders.confirm({ orderId, paymentId, paid }))),
  );
  const unpaid = due.filter(({ isPaid }) => !isPaid);
  await step('begin to close, release a batch', async ({ orders }) => {
    await Promise.all(unpaid.map(({ orderId }) => orders.beginClosing(orderId, 'payment_window_over', null)));
    await Promise.all(unpaid.map(({ orderId }) => orders.release({ orderId, proof: 'ack' })));
  });
  await step('release what a rush kept', ({ intents }) => intents.release());
  await step('attend, and look who does', async ({ intents }) => {
    await intents.attend();
    await intents.attendance(ORDERS);
  });
  const starting = await step('claim start intents', ({ intents }) => intents.claim(2 * ORDERS, 0));
  await step('drop start intents', ({ intents }) => intents.done(starting));
  await step('give events positions', ({ events }) => events.sequence());
}

/** A chosen way to pay is kept beside the order, which then is none that is placed at once. */
async function placeAll(
  { orders, newId }: Stores,
  skuIds: readonly string[],
  choice?: PaymentChoice,
): Promise<string[]> {
  const ids = Array.from({ length: ORDERS }, () => newId('order'));
  const place = (orderId: string, index: number) => {
    const lines = [{ skuId: skuIds[index % skuIds.length] ?? '', quantity: 1 }];
    const draft = { buyerId: `buyer_${index}`, lines, payWith: 'wechat', paymentWindowSeconds: 600 } as const;
    const idempotency = { client: 'plans', key: orderId, fingerprint: orderId };
    return orders.place({ orderId, draft, startIntent: true, idempotency, ...(choice && { choice }) });
  };
  await Promise.all(ids.map(place));
  return ids;
}

/** Statements of all steps, by their text, in a fresh database with so many old orders, and with what `more` adds to them. */
export async function plansWith(
  { postgres, logFile }: Explaining,
  old: number,
  more?: (pool: Pool) => Promise<void>,
): Promise<Map<string, Statement>> {
  const database = `plans_${old}`;
  const url = await postgres.url(database);
  await applyMigrations({ databaseUrl: url });
  const pool = openPool({ connectionString: url });
  if (old > 0) await fillWithOldOrders({ pool, stock: (skus, units) => putOnShelf(pool, skus, units) }, old);
  await more?.(pool);
  const skuIds = await putOnShelf(pool, SKUS, 2 * ORDERS * ROUNDS);
  await pool.end();
  const admin = new Client({ connectionString: postgres.adminUrl });
  await admin.connect();
  await explainEverything(admin, database).finally(() => admin.end());
  const opened = new Map<string, Stores>();
  const step: Step = (name, run) => {
    const known = opened.get(name);
    const named = `${url}?application_name=${encodeURIComponent(name)}`;
    const stores = known ?? openStores(named, { now: Date.now, dataKeys: [] });
    opened.set(name, stores);
    return run(stores);
  };
  for (let count = 0; count < ROUNDS; count += 1) await round(step, skuIds);
  await Promise.all([...opened.values()].map((stores) => stores.close()));
  return statementsOf((await ranIn(logFile)).filter((ran) => ran.database === database));
}
