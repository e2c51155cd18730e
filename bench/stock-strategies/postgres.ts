import { type Pool, type PoolClient } from 'pg';
import { openPool } from '../lib/pool';
import { type Stage } from '../lib/stage';
import { skeletonBooks, stockShelf } from '../shops/skeleton';
import { BareBatcher } from '../skeletons/batcher';
import {
  BOOKS,
  type Hold,
  holdAlone,
  holdAtOnce,
  holdTogether,
  inTransaction,
  POOL_SIZE,
  recordEntry,
  recordHold,
  takeWhereEnough,
} from '../skeletons/books';
import { always, countersAre, type Ground, type Strategy } from './strategy';

let opened = 0;

/** A database with the skeletons' books, and a pool of the size that Holdfast has. */
export async function openBooks(stage: Stage): Promise<Pool> {
  opened += 1;
  const pool = openPool({ connectionString: await stage.postgres.url(`strategy_${opened}`), max: POOL_SIZE });
  stage.add(() => pool.end());
  await pool.query(BOOKS);
  return pool;
}

export function groundOf(pool: Pool, hold: Ground['hold']): Ground {
  return {
    stock: async (units) => (await stockShelf(pool, 1, units))[0] ?? '',
    hold,
    checks: async (skuId, units, held) => [await countersAre(pool, skuId, units, held), ...(await skeletonBooks(pool))],
  };
}

function strategy(name: string, note: string, hold: (pool: Pool) => Ground['hold']): Strategy {
  return {
    name,
    note,
    missing: always,
    open: async (stage) => {
      const pool = await openBooks(stage);
      return groundOf(pool, hold(pool));
    },
  };
}

export const conditionalUpdate = strategy(
  'conditional UPDATE',
  '`SET num = num - ? WHERE num >= ?` in a transaction with the order. The articles: safe because an UPDATE holds the row’s lock, and under many buyers the bottleneck because it does.',
  (pool) => (hold) => holdAlone(pool, hold),
);

export const conditionalUpdateAlone = strategy(
  'conditional UPDATE, no order',
  'The same without the order row: what `Holdfast, hold` is compared with, which writes none either.',
  (pool) => (hold) => inTransaction(pool, async (tx) => (await takeWhereEnough(tx, hold)) && recordEntry(tx, hold)),
);

export const selectForUpdate = strategy(
  'SELECT FOR UPDATE',
  'Locks the row, reads it, then writes. The articles: the pessimistic lock is for low concurrency and high safety; one took 200 orders a second with it.',
  (pool) => (hold) => inTransaction(pool, async (tx) => (await enoughWhenLocked(tx, hold)) && recordHold(tx, hold)),
);

export const oneStatement = strategy(
  'one statement',
  'Counters, order and ledger in one CTE: one round trip, and the row’s lock for no longer than that. The articles don’t have it.',
  (pool) => (hold) => holdAtOnce(pool, hold),
);

export const groupCommit = strategy(
  'group commit, bare',
  'One statement takes for all who wait. The articles have it inside a patched database (AliSQL’s queue before the row); here it stands before any PostgreSQL.',
  (pool) => {
    const batcher = new BareBatcher((holds: readonly Hold[]) => holdTogether(pool, holds));
    return (hold) => batcher.submit(hold);
  },
);

export const groupCommitAlone = strategy(
  'group commit, bare, no order',
  'The same without the order rows: what `Holdfast, hold` is compared with, which writes none either.',
  (pool) => {
    const batcher = new BareBatcher((holds: readonly Hold[]) => holdTogether(pool, holds, false));
    return (hold) => batcher.submit(hold);
  },
);

/** Reads without a lock and writes where nobody has written meanwhile; whoever was late begins again. */
export const optimisticVersion: Strategy = {
  name: 'optimistic version',
  note: '`WHERE version = ?`, tried again until it takes. The articles: the optimistic lock is for high concurrency.',
  missing: always,
  open: async (stage) => {
    const pool = await openBooks(stage);
    let retries = 0;
    const hold = async (wanted: Hold): Promise<boolean> => {
      for (;;) {
        let late = false;
        const held = await inTransaction(pool, async (tx) => {
          const seen = await read(tx, wanted.skuId, '');
          if (seen.available < wanted.quantity) return false;
          late = !(await writeUnchanged(tx, wanted, seen.version));
          return !late && recordHold(tx, wanted);
        });
        if (!late) return held;
        retries += 1;
      }
    };
    return { ...groundOf(pool, hold), retries: () => retries };
  },
};

async function enoughWhenLocked(tx: PoolClient, hold: Hold): Promise<boolean> {
  const { available } = await read(tx, hold.skuId, 'FOR UPDATE');
  if (available < hold.quantity) return false;
  await take(tx, hold);
  return true;
}

/** The SKU's counters as this transaction sees them. */
export async function read(
  tx: PoolClient,
  skuId: string,
  lock: '' | 'FOR UPDATE',
): Promise<{ available: number; version: number }> {
  const { rows } = await tx.query<{ available: number; version: number }>({
    name: `read ${lock}`,
    text: `SELECT available, version FROM stock WHERE sku_id = $1 ${lock}`,
    values: [skuId],
  });
  return rows[0] ?? { available: 0, version: 0 };
}

/** Takes the units without asking whether they are there: the caller holds a lock that makes its look at them good. */
export async function take(tx: PoolClient, { skuId, quantity }: Hold): Promise<void> {
  await tx.query({
    name: 'take-blindly',
    text: 'UPDATE stock SET available = available - $2, reserved = reserved + $2 WHERE sku_id = $1',
    values: [skuId, quantity],
  });
}

async function writeUnchanged(tx: PoolClient, { skuId, quantity }: Hold, version: number): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: 'take-unchanged',
    text: `UPDATE stock SET available = available - $2, reserved = reserved + $2, version = version + 1
           WHERE sku_id = $1 AND version = $3`,
    values: [skuId, quantity, version],
  });
  return rowCount === 1;
}
