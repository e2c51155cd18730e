import { Client } from 'pg';

/** Locks a SKU's counters, which holds whoever wants to move them; the function it answers lets go. */
export async function holdLock(databaseUrl: string, skuId: string): Promise<() => Promise<void>> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query('BEGIN');
  await client.query('SELECT 1 FROM stock WHERE sku_id = $1 FOR UPDATE', [skuId]);
  return async () => {
    await client.query('ROLLBACK');
    await client.end();
  };
}
