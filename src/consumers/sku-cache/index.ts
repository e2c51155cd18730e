import { type EventEnvelope } from '../../domain/events';
import { type EventConsumer } from '../../ports/event-consumer';
import { type Logger } from '../../ports/logger';
import { type SkuCache, type SkuReader } from '../../ports/sku-cache';
import { type ConsumerName } from '../names';

export const SKU_CACHE = 'sku-cache' satisfies ConsumerName;

const TYPES = ['StockHeld', 'StockSold', 'StockReturned', 'StockAdjusted', 'SkuCreated', 'SkuChanged'] as const;
type SkuEvent = (typeof TYPES)[number];

export interface SkuCacheDeps {
  readonly cache: SkuCache;
  readonly skus: SkuReader;
  readonly log: Logger;
}

/**
 * Reads the SKUs that an event concerns anew and keeps them. A repeat reads them once more, which is harmless, so nothing
 * is noted. While the cache is away events pass by; whatever is kept is taken for doubtful before the next refresh then,
 * and once at the start, for nobody knows what passed by before it.
 */
export function skuCache({ cache, skus, log }: SkuCacheDeps): EventConsumer<SkuEvent> {
  let missed = true;
  return {
    name: SKU_CACHE,
    types: TYPES,
    handle: async (event) => {
      const reading = await skus.read(skuIdsOf(event));
      try {
        if (missed) await cache.doubt(reading.ticket);
        await cache.keep(reading);
        missed = false;
      } catch (error) {
        missed = true;
        log.warn({ consumer: SKU_CACHE, eventId: event.id, err: error }, 'not refreshed; all is doubtful from here on');
      }
    },
  };
}

function skuIdsOf({ data }: EventEnvelope<SkuEvent>): string[] {
  return 'lines' in data ? data.lines.map(({ skuId }) => skuId) : [data.skuId];
}
