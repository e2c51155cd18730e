import { CachedCatalogue } from '../adapters/cache/read-through/catalogue';
import { createRedisSkuCache } from '../adapters/cache/redis/sku-cache';
import { openRedisScripts } from '../adapters/scripts/redis/runner';
import { type Config } from '../config';
import { type Catalogue } from '../ports/catalogue';
import { type Logger } from '../ports/logger';
import { type SkuCache } from '../ports/sku-cache';
import { type Metrics } from '../telemetry/metrics';
import { type Stores } from './stores';
import { type Teardown } from './teardown';

export interface SkuCacheParts {
  readonly config: Pick<Config, 'redis' | 'timing'>;
  readonly stores: Pick<Stores, 'catalogue' | 'skuReader'>;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly teardown: Teardown;
}

/** The catalogue as it is read here, and what it is read from; without a Redis that is PostgreSQL. */
export interface SkuReads {
  readonly cache: SkuCache | null;
  readonly catalogue: Catalogue;
}

/** Doesn't wait for Redis: SKUs are read whether it is there or not. */
export function openSkuReads({ config: { redis, timing }, stores, metrics, log, teardown }: SkuCacheParts): SkuReads {
  if (!redis) return { cache: null, catalogue: stores.catalogue };
  const { url, prefix } = redis;
  const scripts = openRedisScripts({ url, timeoutMs: timing.skuCacheTimeoutMs, component: 'sku-cache', log });
  teardown.add(() => Promise.resolve(scripts.close()));
  const cache = createRedisSkuCache({ redis: scripts, prefix, lifeMs: timing.skuCacheLifeMs });
  const catalogue = new CachedCatalogue(stores.catalogue, { cache, skus: stores.skuReader, log });
  metrics.gauge('holdfast_sku_cache_asking', '0 while this process spares a Redis that failed', () =>
    Promise.resolve(scripts.asking() ? 1 : 0),
  );
  metrics.gaugePer(
    'outcome',
    'holdfast_sku_reads',
    'SKUs read since the process began: from the cache, or past it',
    () => Object.entries(catalogue.counts()),
  );
  return { cache, catalogue };
}
