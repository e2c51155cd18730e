import { type Pool } from 'pg';
import { openPool } from '../../bench/lib/pool';
import { BOOKS, holdAlone, holdTogether, recordHold, settleAlone } from '../../bench/skeletons/books';
import { skeletonBooks, stockShelf } from '../../bench/shops/skeleton';
import { countersAre } from '../../bench/stock-strategies/strategy';
import { type Check } from '../../bench/lib/report/model';
import { createTestDatabase, type TestDatabase } from '../support/database';

/** The benchmarks' proof against overselling, proved by strategies that oversell. */
describe('the checks after a stock strategy', () => {
  let database: TestDatabase;
  let pool: Pool;
  let sku: string;

  beforeAll(async () => {
    database = await createTestDatabase('bench-oversell');
    // Beside the product's tables of the same names.
    pool = openPool({ connectionString: database.url, options: '-c search_path=bench' });
    await pool.query('CREATE SCHEMA bench');
    await pool.query(BOOKS);
  });

  beforeEach(async () => {
    await pool.query('TRUNCATE stock, orders, ledger');
    [sku = ''] = await stockShelf(pool, 1, 2);
  });

  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  const hold = (id: string, quantity = 1) => ({ id, buyerId: 'b', skuId: sku, quantity });

  async function broken(units: number, held: number): Promise<string[]> {
    const checks: Check[] = [await countersAre(pool, sku, units, held), ...(await skeletonBooks(pool))];
    return checks.filter(({ ok }) => !ok).map(({ name }) => name);
  }

  it('find nothing wrong with holds, sales and returns that are right', async () => {
    expect(await holdAlone(pool, hold('a'))).toBe(true);
    expect(await holdTogether(pool, [hold('b'), hold('c')])).toEqual([true, false]);
    expect(await holdAlone(pool, hold('d'))).toBe(false);
    expect(await broken(2, 2)).toEqual([]);
    await settleAlone(pool, 'confirm', 'a');
    await settleAlone(pool, 'release', 'b');
    expect((await skeletonBooks(pool)).every(({ ok }) => ok)).toBe(true);
  });

  it('see an update that was lost between two who had read the same', async () => {
    const [one, other] = [await pool.connect(), await pool.connect()];
    const seen = await Promise.all([one, other].map((c) => c.query('SELECT available, reserved FROM stock')));
    const writes = seen.map(({ rows: [row] }, index) => async () => {
      const client = index === 0 ? one : other;
      await client.query('UPDATE stock SET available = $1, reserved = $2', [row.available - 1, row.reserved + 1]);
      await recordHold(client, hold(`lost-${index}`));
    });
    for (const write of writes) await write();
    one.release();
    other.release();
    expect(await broken(2, 2)).toEqual(['counters are what was answered', 'counters equal the ledger']);
  });

  it('see an order that was answered but not written', async () => {
    await holdAlone(pool, hold('a'));
    expect(await broken(2, 2)).toEqual(['counters are what was answered']);
  });

  it('see an order without its ledger row', async () => {
    await holdAlone(pool, hold('a'));
    await pool.query('DELETE FROM ledger');
    expect(await broken(2, 1)).toEqual(['counters equal the ledger', 'orders equal the ledger']);
  });
});
