import { createHash } from 'node:crypto';
import { circuitBreaker, CircuitState, ConsecutiveBreaker, handleAll } from 'cockatiel';
import { Redis } from 'ioredis';
import { type Sku } from '../../../ports/catalogue';
import { type Logger } from '../../../ports/logger';
import { type ReadTicket, type SkuCache, type SkuReading } from '../../../ports/sku-cache';
import { DOUBT, FIND, KEEP } from './scripts';

export interface RedisSkuCacheOptions {
  /** `redis://` or `rediss://`; one server or a primary, no cluster: scripts touch several keys. */
  readonly url: string;
  /** First part of every key. Deployments that share a server take different ones, or different database numbers. */
  readonly prefix: string;
  /** How long what was kept stays, milliseconds: no answer is older, whatever was missed. */
  readonly lifeMs: number;
  readonly log: Logger;
}

export interface RedisSkuCache extends SkuCache {
  /** This process asks Redis: false while it spares it after failures. */
  asking(): boolean;
  close(): void;
}

/** Redis answers in under a millisecond; PostgreSQL, which is asked instead, in a few. */
const COMMAND_TIMEOUT_MS = 150;
const CONNECT_TIMEOUT_MS = 2_000;
/** A server that says nothing for that long is gone, though its connection may look alive for minutes. */
const SILENCE_TIMEOUT_MS = 2_000;
const LONGEST_RECONNECT_MS = 2_000;
/** One or two may be a reconnect; five in a row is an outage. */
const FAILURES_TO_OPEN = 5;
const OPEN_FOR_MS = 1_000;
/** A doubt outlives what was read before it, be that kept as late as a life after the doubt. */
const FLOOR_LIVES = 2;

/**
 * What a kept SKU is made of. It is part of the keys, so that two releases that know different fields don't read what the
 * other one kept.
 */
const FIELDS = {
  id: true,
  productId: true,
  title: true,
  price: true,
  onShelf: true,
  onSale: true,
  requiredForm: true,
  stock: true,
} as const satisfies Record<keyof Sku, true>;
const SHAPE = createHash('sha256').update(Object.keys(FIELDS).join()).digest('hex').slice(0, 8);

/** SKUs as hashes in Redis, `<prefix>:sku:<shape>:<id>`. Connects by itself, again and again; until then every call rejects. */
export function openRedisSkuCache({ url, prefix, lifeMs, log }: RedisSkuCacheOptions): RedisSkuCache {
  const redis = connect(url, log);
  const circuit = circuitBreaker(handleAll, {
    halfOpenAfter: OPEN_FOR_MS,
    breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN),
  });
  circuit.onBreak(() => log.warn({ component: 'redis' }, 'not asked for a while: circuit open'));
  circuit.onReset(() => log.info({ component: 'redis' }, 'answers again: circuit closed'));
  const run = (script: string, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown> =>
    circuit
      .execute(() => redis.eval(script, keys.length, ...keys, ...args))
      .catch((error: unknown) => {
        // The driver's own error carries the command with all of its arguments, a password among them.
        throw new Error(`Redis: ${(error as Error).message}`);
      });
  const floor = `${prefix}:sku-floor`;
  const keysOf = (ids: readonly string[]): string[] => ids.map((id) => `${prefix}:sku:${SHAPE}:${id}`);

  return {
    find: async (ids) => {
      const found = (await run(FIND, [floor, ...keysOf(ids)], [])) as (string | null)[];
      return new Map(
        ids.flatMap((id, index) => (found[index] ? [[id, JSON.parse(found[index]) as Sku] as const] : [])),
      );
    },
    keep: async ({ ticket, skus }: SkuReading) => {
      const ids = skus.map(({ id }) => id);
      await run(KEEP, keysOf(ids), [ticket, lifeMs, ...skus.map((sku) => JSON.stringify(sku))]);
    },
    doubt: async (before: ReadTicket) => {
      await run(DOUBT, [floor], [before, FLOOR_LIVES * lifeMs]);
    },
    asking: () => circuit.state !== CircuitState.Open,
    close: () => redis.disconnect(),
  };
}

function connect(url: string, log: Logger): Redis {
  const redis = new Redis(url, {
    commandTimeout: COMMAND_TIMEOUT_MS,
    connectTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: SILENCE_TIMEOUT_MS,
    // What can't be sent now is not worth waiting for: PostgreSQL is asked.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    retryStrategy: (times) => Math.min(times * 100, LONGEST_RECONNECT_MS),
  });
  redis.on('ready', () => log.info({ component: 'redis' }, 'connected'));
  redis.on('error', ({ message }: Error) => log.debug({ component: 'redis', message }, 'no connection; trying again'));
  return redis;
}
