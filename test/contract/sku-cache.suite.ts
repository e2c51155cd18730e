import { type Sku } from '../../src/ports/catalogue';
import { type SkuCache } from '../../src/ports/sku-cache';

export interface SkuCacheUnderTest {
  readonly cache: SkuCache;
  /** Waits, or turns its clock, until what is kept now has outlived its time. */
  outlive(): Promise<void>;
  close(): Promise<void>;
}

let skus = 0;

/** A SKU that no other test has, with so many units available. */
export function someSku(available = 1): Sku {
  skus += 1;
  return {
    id: `sku_${process.pid}_${skus}`,
    productId: 'prod_tea',
    title: 'Tea “No. 1”\n茶',
    price: { minor: 1999, currency: 'CNY' },
    onShelf: true,
    onSale: false,
    requiredForm: ['recipient', { name: 'engraving', schema: { type: 'string', maxLength: 20 } }],
    stock: { available, reserved: 2, sold: 3, unlimited: false },
  };
}

/** The same SKU with other counters. */
export function withAvailable(sku: Sku, available: number): Sku {
  return { ...sku, stock: { ...sku.stock, available } };
}

/** The port's numbered contract; every adapter passes it. */
export function skuCacheSuite(name: string, open: () => Promise<SkuCacheUnderTest>): void {
  describe(`SkuCache: ${name}`, () => {
    let under: SkuCacheUnderTest;
    beforeEach(async () => {
      under = await open();
    });
    afterEach(() => under.close());

    const found = async (...ids: string[]): Promise<Sku[]> => [...(await under.cache.find(ids)).values()];

    it('1. finds what was kept, whole, and nothing else', async () => {
      const [one, two, other] = [someSku(), someSku(), someSku()];
      await under.cache.keep({ ticket: 1, skus: [one, two] });
      expect(await under.cache.find([two.id, other.id, one.id])).toEqual(
        new Map([
          [two.id, two],
          [one.id, one],
        ]),
      );
      expect(await found()).toEqual([]);
      await under.cache.keep({ ticket: 2, skus: [] });
      expect(await found(one.id)).toEqual([one]);
    });

    it('2. an earlier reading never replaces a later one; a later one does', async () => {
      const sku = someSku(10);
      await under.cache.keep({ ticket: 5, skus: [sku] });
      await under.cache.keep({ ticket: 4, skus: [withAvailable(sku, 11)] });
      expect(await found(sku.id)).toEqual([sku]);
      await under.cache.keep({ ticket: 10, skus: [withAvailable(sku, 9)] });
      expect(await found(sku.id)).toEqual([withAvailable(sku, 9)]);
    });

    it('2. each SKU of a reading is judged by itself', async () => {
      const [early, late] = [someSku(), someSku()];
      await under.cache.keep({ ticket: 7, skus: [late] });
      await under.cache.keep({ ticket: 6, skus: [early, withAvailable(late, 99)] });
      expect(await found(early.id, late.id)).toEqual([early, late]);
    });

    it('3. what was read before a doubt is not found, though it be kept again; what was read since is', async () => {
      const [before, since] = [someSku(), someSku()];
      await under.cache.keep({ ticket: 20, skus: [before] });
      await under.cache.doubt(21);
      expect(await found(before.id)).toEqual([]);
      await under.cache.keep({ ticket: 20, skus: [before] });
      expect(await found(before.id)).toEqual([]);
      await under.cache.keep({ ticket: 21, skus: [before, since] });
      expect(await found(before.id, since.id)).toEqual([before, since]);
    });

    it('3. an earlier doubt takes nothing back of a later one', async () => {
      const sku = someSku();
      await under.cache.doubt(30);
      await under.cache.doubt(10);
      await under.cache.keep({ ticket: 29, skus: [sku] });
      expect(await found(sku.id)).toEqual([]);
    });

    it('4. what was kept is gone after its time, and may be kept anew', async () => {
      const sku = someSku();
      await under.cache.keep({ ticket: 40, skus: [sku] });
      await under.outlive();
      expect(await found(sku.id)).toEqual([]);
      await under.cache.keep({ ticket: 41, skus: [sku] });
      expect(await found(sku.id)).toEqual([sku]);
    });
  });
}
