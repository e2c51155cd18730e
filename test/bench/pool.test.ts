import { Client } from 'pg';
import { openPool } from '../../bench/lib/pool';
import { testEnvironment } from '../support/environment';

describe('a pool of the benchmarks', () => {
  it('outlives a server that ends its idle connections: the next query has another one', async () => {
    const { adminUrl } = testEnvironment();
    const pool = openPool({ connectionString: adminUrl, max: 1 });
    const admin = new Client({ connectionString: adminUrl });
    await admin.connect();
    try {
      const { rows } = await pool.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      // Not `once` of node:events: it rejects at the error that this is about.
      const gone = new Promise((resolve) => pool.once('remove', resolve));
      await admin.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]);
      await gone;
      expect((await pool.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows).not.toEqual(rows);
    } finally {
      await Promise.all([pool.end(), admin.end()]);
    }
  });
});
