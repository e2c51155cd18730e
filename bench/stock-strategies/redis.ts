import { randomUUID } from 'node:crypto';
import Redis from 'ioredis';
import { redisMissing, redisUrl } from '../lib/brokers';
import { type Stage } from '../lib/stage';
import { type Hold, inTransaction, recordHold } from '../skeletons/books';
import { groundOf, openBooks, read, take } from './postgres';
import { soldIs, type Strategy } from './strategy';

/** A lock outlives its holder by so much when that dies. */
const LOCK_MS = 5_000;
/** Whoever finds it locked looks again after 1 ms to this. */
const SPIN_MS = 4;

/** A lock is given back by its holder only: whoever came too late must not open another's. */
const UNLOCK = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`;

/** The articles' codes: what is left, or -2 short, -3 not initialised. The order's mark makes a repeat harmless. */
const DEDUCT = `
  local left = redis.call('HGET', KEYS[1], 'available')
  if not left then return -3 end
  if redis.call('EXISTS', KEYS[2]) == 1 then return tonumber(left) end
  if tonumber(left) < tonumber(ARGV[1]) then return -2 end
  redis.call('HINCRBY', KEYS[1], 'reserved', ARGV[1])
  redis.call('SET', KEYS[2], ARGV[1], 'EX', 1800)
  redis.call('XADD', KEYS[3], '*', 'order', ARGV[2], 'quantity', ARGV[1])
  return redis.call('HINCRBY', KEYS[1], 'available', -ARGV[1])`;

export const redisLock: Strategy = {
  name: 'Redis lock',
  note: '`SET NX PX` around read and write in PostgreSQL, given back by its owner only. The articles: a distributed lock keeps concurrent deductions right. (Not by itself: one that expires under its holder is no lock; the CHECK on the row is.)',
  missing: redisMissing,
  open: async (stage) => {
    const { redis, prefix } = await openRedis(stage);
    const pool = await openBooks(stage);
    let retries = 0;
    const hold = async (wanted: Hold): Promise<boolean> => {
      const key = `${prefix}lock:${wanted.skuId}`;
      const token = randomUUID();
      while ((await redis.set(key, token, 'PX', LOCK_MS, 'NX')) === null) {
        retries += 1;
        await new Promise((resolve) => setTimeout(resolve, 1 + Math.random() * (SPIN_MS - 1)));
      }
      try {
        return await inTransaction(pool, async (tx) => {
          if ((await read(tx, wanted.skuId, '')).available < wanted.quantity) return false;
          await take(tx, wanted);
          return recordHold(tx, wanted);
        });
      } finally {
        await redis.eval(UNLOCK, 1, key, token);
      }
    };
    return { ...groundOf(pool, hold), retries: () => retries };
  },
};

export const redisLua: Strategy = {
  name: 'Redis Lua',
  note: 'Counters and a stream as ledger in one script, nothing in PostgreSQL: not durable beyond Redis’ own promise, and no order row. The articles: one thread makes it safe and quick, and it is a double-edged sword.',
  missing: redisMissing,
  open: async (stage) => {
    const { redis, prefix } = await openRedis(stage);
    const sha = (await redis.script('LOAD', DEDUCT)) as string;
    let shelves = 0;
    const counters = (skuId: string): string => `${prefix}stock:${skuId}`;
    const ledger = (skuId: string): string => `${prefix}ledger:${skuId}`;
    return {
      stock: async (units) => {
        shelves += 1;
        const skuId = `sku_${shelves}`;
        await redis.hset(counters(skuId), { available: units, reserved: 0 });
        return skuId;
      },
      hold: async ({ id, skuId, quantity }) =>
        ((await redis.evalsha(
          sha,
          3,
          counters(skuId),
          `${prefix}order:${id}`,
          ledger(skuId),
          quantity,
          id,
        )) as number) >= 0,
      checks: async (skuId, units, held) => {
        const { available, reserved } = await redis.hgetall(counters(skuId));
        const entries = await redis.xlen(ledger(skuId));
        return [
          soldIs(units, held, Number(available), Number(reserved)),
          {
            name: 'counters equal the ledger',
            ok: entries === held,
            found: entries === held ? 'yes' : `${entries} rows for ${held}`,
          },
        ];
      },
    };
  },
};

/** A connection with keys of its own, which are gone afterwards. */
async function openRedis(stage: Stage): Promise<{ redis: Redis; prefix: string }> {
  const redis = new Redis(redisUrl());
  const prefix = `holdfast-bench:${randomUUID()}:`;
  stage.add(async () => {
    await deleteKeys(redis, prefix);
    await redis.quit();
  });
  await redis.ping();
  return { redis, prefix };
}

/** Keys looked at in one step of the sweep. */
const STEP = 5_000;

async function deleteKeys(redis: Redis, prefix: string): Promise<void> {
  let cursor = '0';
  do {
    const [next, keys] = await redis.scan(cursor, 'MATCH', `${prefix}*`, 'COUNT', STEP);
    if (keys.length > 0) await redis.unlink(...keys);
    cursor = next;
  } while (cursor !== '0');
}
