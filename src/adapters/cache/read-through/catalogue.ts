import {
  type AdjustedSku,
  type Catalogue,
  type NewSku,
  type Page,
  type Sku,
  type SkuChange,
  type SkuQuery,
} from '../../../ports/catalogue';
import { type IdempotencyKey, type KeyRefusal } from '../../../ports/idempotency';
import { type Logger } from '../../../ports/logger';
import { type SkuCache, type SkuReader } from '../../../ports/sku-cache';
import { type AdjustRequest } from '../../../ports/stock-store';

export interface CachedCatalogueDeps {
  readonly cache: SkuCache;
  readonly skus: SkuReader;
  readonly log: Logger;
}

/** How many SKUs were found in the cache, and how many had to be read, since the process began. */
export interface CacheCounts {
  readonly hit: number;
  readonly miss: number;
}

/**
 * A catalogue whose SKUs are read from a cache. Contract:
 * 1. A read never fails for the cache's sake: what isn't found, or can't be asked for, comes from PostgreSQL.
 * 2. What a miss has read is kept. Those who miss the same SKUs at once share one reading.
 * 3. What is changed through this catalogue is read anew at once, so that whoever changed it sees the change.
 * 4. Counters of orders placed meanwhile follow with their events; no answer is older than the cache's own limit.
 */
export class CachedCatalogue implements Catalogue {
  private readonly readings = new Map<string, Promise<readonly Sku[]>>();
  private hit = 0;
  private miss = 0;

  constructor(
    private readonly catalogue: Catalogue,
    private readonly deps: CachedCatalogueDeps,
  ) {}

  counts(): CacheCounts {
    return { hit: this.hit, miss: this.miss };
  }

  async find(id: string): Promise<Sku | null> {
    return (await this.many([id])).get(id) ?? null;
  }

  async list(query: SkuQuery): Promise<Page<Sku>> {
    const { items, nextCursor } = await this.deps.skus.page(query);
    const ids = items.map(({ id }) => id);
    const skus = await this.many(ids);
    return { items: ids.flatMap((id) => skus.get(id) ?? []), nextCursor };
  }

  create(sku: NewSku): Promise<Sku | 'exists'> {
    return this.catalogue.create(sku);
  }

  async update(id: string, change: SkuChange): Promise<Sku | null> {
    const changed = await this.catalogue.update(id, change);
    if (changed) await this.refresh(id);
    return changed;
  }

  async adjustStock(request: AdjustRequest, key: IdempotencyKey | null): Promise<AdjustedSku | KeyRefusal> {
    const outcome = await this.catalogue.adjustStock(request, key);
    if (outcome.t === 'adjusted') await this.refresh(request.skuId);
    return outcome;
  }

  /** The change is made: nothing that goes wrong here may say otherwise. Its event refreshes, too. */
  private async refresh(id: string): Promise<void> {
    await this.read([id]).catch((error: unknown) => {
      this.deps.log.warn({ ids: [id], err: error }, 'not read anew after a change');
    });
  }

  private async many(ids: readonly string[]): Promise<ReadonlyMap<string, Sku>> {
    if (ids.length === 0) return new Map();
    const found = await this.deps.cache.find(ids).catch(() => new Map<string, Sku>());
    const missing = ids.filter((id) => !found.has(id));
    this.hit += ids.length - missing.length;
    this.miss += missing.length;
    if (missing.length === 0) return found;
    return new Map([...found, ...(await this.sharedReading(missing)).map((sku) => [sku.id, sku] as const)]);
  }

  private sharedReading(ids: readonly string[]): Promise<readonly Sku[]> {
    // Ids hold no white space.
    const name = ids.join(' ');
    const underWay = this.readings.get(name);
    if (underWay) return underWay;
    const reading = this.read(ids).finally(() => this.readings.delete(name));
    this.readings.set(name, reading);
    return reading;
  }

  /** Reads and keeps. What can't be kept is read again by whoever asks next. */
  private async read(ids: readonly string[]): Promise<readonly Sku[]> {
    const reading = await this.deps.skus.read(ids);
    await this.deps.cache.keep(reading).catch((error: unknown) => {
      this.deps.log.debug({ ids, err: error }, 'not kept in the cache');
    });
    return reading.skus;
  }
}
