import { skuCacheSuite } from '../../contract/sku-cache.suite';
import { MemorySkuCache } from '../../support/memory-sku-cache';

const PAST_ANY_LIFE_MS = 3_600_000;

skuCacheSuite('in memory, as the unit tests use it', () => {
  let now = 0;
  return Promise.resolve({
    cache: new MemorySkuCache(() => now),
    outlive: () => Promise.resolve(void (now += PAST_ANY_LIFE_MS)),
    close: () => Promise.resolve(),
  });
});
