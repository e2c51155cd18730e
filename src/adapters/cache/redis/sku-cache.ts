import { createHash } from 'node:crypto';
import { type Sku } from '../../../ports/catalogue';
import { type ScriptRunner } from '../../../ports/script-runner';
import { type ReadTicket, type SkuCache, type SkuReading } from '../../../ports/sku-cache';
import { DOUBT, FIND, KEEP } from './scripts';

export interface RedisSkuCacheOptions {
  readonly redis: Pick<ScriptRunner, 'run'>;
  /** First part of every key. Deployments that share a server take different ones, or different database numbers. */
  readonly prefix: string;
  /** How long what was kept stays, milliseconds: no answer is older, whatever was missed. */
  readonly lifeMs: number;
}

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

/** SKUs as hashes in Redis, `<prefix>:sku:<shape>:<id>`. */
export function createRedisSkuCache({ redis: { run }, prefix, lifeMs }: RedisSkuCacheOptions): SkuCache {
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
  };
}
