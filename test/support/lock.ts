import { openTransaction } from './open-transaction';
import { until } from './until';
import { type World } from './world';

/** Locks a SKU's counters, which holds whoever wants to move them; the function it answers lets go. */
export function holdLock(databaseUrl: string, skuId: string): Promise<() => Promise<void>> {
  return hold(databaseUrl, 'SELECT 1 FROM stock WHERE sku_id = $1 FOR UPDATE', [skuId]);
}

/** Locks an order's row, which holds whoever wants to move it. */
export function holdOrder(databaseUrl: string, orderId: string): Promise<() => Promise<void>> {
  return hold(databaseUrl, 'SELECT 1 FROM orders WHERE id = $1 FOR UPDATE', [orderId]);
}

/** Locks a buyer's points account, made if there was none. */
export function holdAccount(databaseUrl: string, buyerId: string): Promise<() => Promise<void>> {
  // The row that a conflict updates is locked, so one statement makes the account and holds it.
  const statement =
    'INSERT INTO points_accounts (buyer_id) VALUES ($1) ON CONFLICT (buyer_id) DO UPDATE SET buyer_id = $1';
  return hold(databaseUrl, statement, [buyerId]);
}

async function hold(databaseUrl: string, statement: string, values: string[]): Promise<() => Promise<void>> {
  return (await openTransaction(databaseUrl, statement, values)).rollback;
}

/** Server processes of the sessions in this test's database that wait for another's lock. */
export async function lockWaiters(prisma: World['prisma']): Promise<number[]> {
  const rows = await prisma.$queryRaw<{ pid: number }[]>`
    SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' ORDER BY query_start`;
  return rows.map(({ pid }) => pid);
}

/** Waits until so many statements wait for a lock; `about`: only those with this in their text. */
export function untilLockWaits(prisma: World['prisma'], statements: number, about = '') {
  return until(`${statements} statements wait for a lock`, async () => {
    const [row] = await prisma.$queryRaw<{ waiting: number }[]>`
      SELECT count(*)::int AS waiting FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock' AND strpos(query, ${about}) > 0`;
    return row?.waiting === statements;
  });
}
