import { Pool, type PoolConfig } from 'pg';

/**
 * A pool that survives the end of its idle connections: without a listener, node-postgres ends the whole process on it. `end()`
 * does not wait until the connections are closed, so PostgreSQL, stopped right after, may still find one of them open.
 * Whoever is under a query at that moment gets the error in any case.
 */
export function openPool(config: PoolConfig): Pool {
  const pool = new Pool(config);
  pool.on('error', () => undefined);
  return pool;
}
