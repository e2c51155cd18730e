import { CachedCatalogue } from '../../../src/adapters/cache/read-through/catalogue';
import { type Catalogue, type Sku } from '../../../src/ports/catalogue';
import { createLogger } from '../../../src/telemetry/logger';
import { someSku, withAvailable } from '../../contract/sku-cache.suite';
import { MemorySkuCache } from '../../support/memory-sku-cache';

const PAST_ANY_LIFE_MS = 3_600_000;

/** A catalogue over a cache, with PostgreSQL's readings counted and, where a test wants it, held. */
function setUp(...skus: Sku[]) {
  const rows = new Map(skus.map((sku) => [sku.id, sku]));
  const readings: string[][] = [];
  let [now, tickets, gate] = [0, 0, Promise.resolve()];
  const cache = new MemorySkuCache(() => now);
  const reader = {
    read: async (ids: readonly string[]) => {
      readings.push([...ids]);
      const ticket = (tickets += 1);
      await gate;
      return { ticket, skus: ids.flatMap((id) => rows.get(id) ?? []) };
    },
    page: () => Promise.resolve({ items: [...rows.keys()].map((id) => ({ id })), nextCursor: 'more' }),
  };
  const changed = (id: string): Sku => {
    const sku = withAvailable(rows.get(id) ?? someSku(), 77);
    rows.set(id, sku);
    return sku;
  };
  const catalogue = {
    create: (sku: { id: string }) => Promise.resolve(changed(sku.id)),
    update: (id: string) => Promise.resolve(rows.has(id) ? changed(id) : null),
    adjustStock: ({ skuId }: { skuId: string }) =>
      Promise.resolve(rows.has(skuId) ? { t: 'adjusted', sku: changed(skuId) } : { t: 'notFound' }),
  } as unknown as Catalogue;
  return {
    ...{ cache, rows, readings, reader },
    catalogue: new CachedCatalogue(catalogue, { cache, skus: reader, log: createLogger('silent') }),
    hold: (until: Promise<void>) => void (gate = until),
    outlive: () => void (now += PAST_ANY_LIFE_MS),
  };
}

describe('CachedCatalogue', () => {
  describe('1. a read never fails for the cache’s sake', () => {
    it('the cache is away → PostgreSQL answers, one and many', async () => {
      const [one, two] = [someSku(), someSku()];
      const { catalogue, cache } = setUp(one, two);
      cache.away = true;
      expect(await catalogue.find(one.id)).toEqual(one);
      expect(await catalogue.list({ cursor: null, limit: 2 })).toEqual({ items: [one, two], nextCursor: 'more' });
    });

    it('a SKU that nobody has is nobody’s, whatever is asked', async () => {
      const { catalogue } = setUp();
      expect(await catalogue.find('sku_nowhere')).toBeNull();
      expect(await catalogue.list({ cursor: null, limit: 2 })).toEqual({ items: [], nextCursor: 'more' });
    });
  });

  describe('2. what a miss has read is kept', () => {
    it('read once, found from then on; read again when its time is over', async () => {
      const sku = someSku();
      const { catalogue, readings, outlive } = setUp(sku);
      expect([await catalogue.find(sku.id), await catalogue.find(sku.id)]).toEqual([sku, sku]);
      expect(readings).toHaveLength(1);
      outlive();
      expect(await catalogue.find(sku.id)).toEqual(sku);
      expect(readings).toHaveLength(2);
      expect(catalogue.counts()).toEqual({ hit: 1, miss: 2 });
    });

    it('a page reads those that are missing, in one reading, and keeps its order', async () => {
      const [one, two, three] = [someSku(), someSku(), someSku()];
      const { catalogue, readings } = setUp(one, two, three);
      await catalogue.find(two.id);
      expect((await catalogue.list({ cursor: null, limit: 3 })).items).toEqual([one, two, three]);
      expect(readings).toEqual([[two.id], [one.id, three.id]]);
    });

    it('100 that miss one SKU at once share a reading', async () => {
      const sku = someSku();
      const { catalogue, readings, hold } = setUp(sku);
      let release = (): void => undefined;
      hold(new Promise((resolve) => (release = resolve)));
      const answers = Promise.all(Array.from({ length: 100 }, () => catalogue.find(sku.id)));
      // Every one of them has asked the cache and found nothing before the one reading may end.
      await new Promise((resolve) => setImmediate(resolve));
      release();
      expect(new Set(await answers)).toEqual(new Set([sku]));
      expect(readings).toHaveLength(1);
    });

    it('a reading that fails is not shared with those who come later', async () => {
      const sku = someSku();
      const { catalogue, reader } = setUp(sku);
      const { read } = reader;
      reader.read = () => Promise.reject(new Error('PostgreSQL is away'));
      await expect(catalogue.find(sku.id)).rejects.toThrow('PostgreSQL is away');
      reader.read = read;
      expect(await catalogue.find(sku.id)).toEqual(sku);
    });
  });

  describe('3. whoever changes a SKU sees the change', () => {
    it.each([
      ['changed', (catalogue: Catalogue, id: string) => catalogue.update(id, {} as never)],
      ['adjusted', (catalogue: Catalogue, id: string) => catalogue.adjustStock({ skuId: id } as never, null)],
    ])('%s → the next read has it', async (_what, change) => {
      const sku = someSku(1);
      const { catalogue } = setUp(sku);
      await catalogue.find(sku.id);
      await change(catalogue, sku.id);
      expect((await catalogue.find(sku.id))?.stock.available).toBe(77);
    });

    it('what was refused is not read anew', async () => {
      const { catalogue, readings } = setUp();
      expect(await catalogue.update('sku_nowhere', {} as never)).toBeNull();
      expect(await catalogue.adjustStock({ skuId: 'sku_nowhere' } as never, null)).toEqual({ t: 'notFound' });
      expect(readings).toEqual([]);
    });

    it('a change that was made is answered as made, though reading it anew fails', async () => {
      const sku = someSku(1);
      const { catalogue, reader } = setUp(sku);
      reader.read = () => Promise.reject(new Error('PostgreSQL is away'));
      expect((await catalogue.update(sku.id, {} as never))?.stock.available).toBe(77);
    });
  });
});
