import { Client } from 'pg';
import { createNewId } from '../../src/adapters/ids/ulid';
import { createPrisma } from '../../src/adapters/store/prisma/client';
import { PrismaConsoleReads } from '../../src/adapters/store/prisma/console-reads';
import { PrismaReconcileReads } from '../../src/adapters/store/prisma/reconcile-reads';
import { readTimeline } from '../../src/adapters/store/prisma/timeline';
import { type Scope } from '../../src/ports/reconciliation';
import { createTestDatabase, type TestDatabase } from '../support/database';

const PAGE: Scope = {
  t: 'page',
  after: null,
  window: { from: '2026-01-01T00:00:00.000Z', to: '2026-01-02T00:00:00.000Z' },
};
const FIRST = { cursor: null, limit: 20 };

/** Tables that grow without end: whoever reads them by something else than their key needs an index for it. */
describe('the plan of a statement', () => {
  const sent: string[] = [];
  let database: TestDatabase;
  let prisma: ReturnType<typeof createPrisma>;
  let server: Client;
  let console: PrismaConsoleReads;
  let reconcile: PrismaReconcileReads;
  beforeAll(async () => {
    database = await createTestDatabase('query plans');
    prisma = createPrisma(database.url, (sql, run) => {
      sent.push(sql);
      return run();
    });
    // As the service's own connections are set.
    server = new Client({ connectionString: database.url, options: '-c enable_seqscan=off' });
    await server.connect();
    console = new PrismaConsoleReads(prisma);
    const newId = createNewId(Date.now);
    reconcile = new PrismaReconcileReads(prisma, { newId, now: Date.now, underWayMs: 0, overdueMs: 0 });
  });
  afterAll(async () => {
    await server.end();
    await prisma.$disconnect();
    await database.drop();
  });

  /** Plans of what is sent about a table, whatever its parameters. */
  async function plansOf(read: () => Promise<unknown>, table: string): Promise<string> {
    sent.length = 0;
    await read();
    const about = sent.filter((sql) => sql.includes(table));
    expect(about).not.toEqual([]);
    const plans: string[] = [];
    for (const sql of about) {
      const { rows } = await server.query<{ 'QUERY PLAN': string }>(`EXPLAIN (GENERIC_PLAN) ${sql}`);
      plans.push(...rows.map((row) => row['QUERY PLAN']));
    }
    return plans.join('\n');
  }

  it.each([
    ['counters against their ledger', () => reconcile.examine('counters', PAGE)],
    ['the sum of a SKU’s ledger', () => console.ledgerSums('sku_1')],
    ['a page of a SKU’s ledger', () => console.ledger('sku_1', FIRST)],
  ])('%s goes by the SKU', async (_what, read) => {
    const plans = await plansOf(read, 'stock_ledger');
    expect(plans).toMatch(/stock_ledger_sku_id_id_idx/);
    expect(plans).toMatch(/Index Cond: .*sku_id/);
  });

  it('an order’s rows of the ledger go by its id, those of its refunds too', async () => {
    const plans = await plansOf(() => readTimeline(prisma, 'ord_1'), 'stock_ledger');
    expect(plans).toMatch(/BitmapOr/);
    expect(plans).toMatch(/stock_ledger_reference_sku_id_kind_key/);
    expect(plans).toMatch(/stock_ledger_of_order/);
  });

  it('attempts are held against what was told and refunded of their order alone', async () => {
    const plans = await plansOf(() => reconcile.attempts(PAGE), 'webhook_inbox');
    expect(plans).toMatch(/webhook_inbox_order_id_idx/);
    expect(plans).toMatch(/refunds_order_id_idx/);
  });

  it('late money is found among the few that are late', async () => {
    const plans = await plansOf(() => reconcile.openProcesses(PAGE), 'webhook_inbox');
    expect(plans).toMatch(/webhook_inbox_late_idx/);
  });
});
