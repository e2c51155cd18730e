import { skuCache } from '../../../src/consumers/sku-cache';
import { type Sku } from '../../../src/ports/catalogue';
import { createLogger } from '../../../src/telemetry/logger';
import { someSku, withAvailable } from '../../contract/sku-cache.suite';
import { MemorySkuCache } from '../../support/memory-sku-cache';
import { eventOf } from '../../support/some-events';

/** PostgreSQL as far as these tests need it: SKUs, and tickets that rise. */
function shelf(...skus: Sku[]) {
  const now = new Map(skus.map((sku) => [sku.id, sku]));
  const asked: string[][] = [];
  let tickets = 0;
  return {
    asked,
    set: (sku: Sku) => void now.set(sku.id, sku),
    nextTicket: () => (tickets += 1),
    read: (ids: readonly string[]) => {
      asked.push([...ids]);
      return Promise.resolve({ ticket: (tickets += 1), skus: ids.flatMap((id) => now.get(id) ?? []) });
    },
    page: () => Promise.reject(new Error('not asked for here')),
  };
}

const sold = (...skus: Sku[]) =>
  eventOf('StockSold', { orderId: 'ord_1', lines: skus.map(({ id: skuId }) => ({ skuId, quantity: 1 })) });

describe('the SKU cache’s consumer', () => {
  const setUp = (...skus: Sku[]) => {
    const [cache, rows] = [new MemorySkuCache(), shelf(...skus)];
    return { cache, rows, consumer: skuCache({ cache, skus: rows, log: createLogger('silent') }) };
  };

  it('reads the SKUs of an event anew, in one reading, and keeps them', async () => {
    const [one, two, other] = [someSku(), someSku(), someSku()];
    const { cache, rows, consumer } = setUp(one, two, other);
    await consumer.handle(sold(one, two));
    expect(rows.asked).toEqual([[one.id, two.id]]);
    expect([...(await cache.find([one.id, two.id, other.id])).values()]).toEqual([one, two]);
    const adjusted = { skuId: other.id, delta: 1, reason: 'count', reference: 'adj_1' };
    await consumer.handle(eventOf('StockAdjusted', adjusted));
    expect([...(await cache.find([other.id])).values()]).toEqual([other]);
  });

  it('an event that comes late, or again, keeps what PostgreSQL has now', async () => {
    const sku = someSku(10);
    const { cache, rows, consumer } = setUp(sku);
    const first = sold(sku);
    await consumer.handle(first);
    rows.set(withAvailable(sku, 9));
    await consumer.handle(sold(sku));
    await consumer.handle(first);
    expect((await cache.find([sku.id])).get(sku.id)?.stock.available).toBe(9);
  });

  it('takes what was kept before it began for doubtful, once', async () => {
    const [kept, sku] = [someSku(), someSku()];
    const { cache, rows, consumer } = setUp(kept, sku);
    await cache.keep({ ticket: rows.nextTicket(), skus: [kept] });
    await consumer.handle(sold(sku));
    expect((await cache.find([kept.id])).size).toBe(0);
    await cache.keep({ ticket: rows.nextTicket(), skus: [kept] });
    await consumer.handle(sold(sku));
    expect((await cache.find([kept.id])).size).toBe(1);
  });

  it('while the cache is away events pass by; when it is back, what it kept is doubtful', async () => {
    const [missed, sku] = [someSku(10), someSku()];
    const { cache, rows, consumer } = setUp(missed, sku);
    await consumer.handle(sold(missed));
    rows.set(withAvailable(missed, 9));
    cache.away = true;
    await consumer.handle(sold(missed));
    cache.away = false;
    expect((await cache.find([missed.id])).get(missed.id)?.stock.available).toBe(10);
    await consumer.handle(sold(sku));
    expect((await cache.find([missed.id])).size).toBe(0);
    expect((await cache.find([sku.id])).size).toBe(1);
  });

  it('while PostgreSQL is away the event is refused, to come again', async () => {
    const { consumer, rows } = setUp();
    rows.read = () => Promise.reject(new Error('PostgreSQL is away'));
    await expect(consumer.handle(sold(someSku()))).rejects.toThrow('PostgreSQL is away');
  });
});
