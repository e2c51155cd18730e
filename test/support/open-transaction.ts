import { Client } from 'pg';

/** A transaction of the test's own that is held open, with what it locks. End it by one of the two. */
export interface OpenTransaction {
  commit(): Promise<void>;
  rollback(): Promise<void>;
}

/** Runs a statement in a transaction and leaves that open. */
export async function openTransaction(
  databaseUrl: string,
  sql: string,
  values: unknown[] = [],
): Promise<OpenTransaction> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query('BEGIN');
  await client.query(sql, values);
  const end = async (how: 'COMMIT' | 'ROLLBACK'): Promise<void> => {
    await client.query(how);
    await client.end();
  };
  return { commit: () => end('COMMIT'), rollback: () => end('ROLLBACK') };
}
