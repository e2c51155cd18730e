import { createNewId } from '../../src/adapters/ids/ulid';
import { PrismaCatalogue } from '../../src/adapters/store/prisma/catalogue';
import { createPrisma } from '../../src/adapters/store/prisma/client';
import { PrismaStockStore } from '../../src/adapters/store/prisma/stock-store';
import { createTestDatabase } from '../support/database';
import { holdLock, untilLockWaits } from '../support/lock';
import { prismaStockUnderTest } from './prisma-stock-under-test';
import { stockStoreSuite } from './stock-store.suite';

stockStoreSuite('PostgreSQL', () => prismaStockUnderTest('stock store', (prisma) => new PrismaStockStore(prisma)));

it('StockStore: an order that two replicas hold at once, neither seeing the other’s row, is held once', async () => {
  const database = await createTestDatabase('two replicas hold');
  const replicas = [createPrisma(database.url), createPrisma(database.url)] as const;
  const newId = createNewId(Date.now);
  const skuId = newId('sku');
  try {
    const product = { productId: 'prod_x', title: 'X', price: { minor: 100, currency: 'CNY' } };
    const shelf = { onShelf: true, initialStock: 10, unlimited: false };
    await new PrismaCatalogue(replicas[0], newId).create({ id: skuId, ...product, ...shelf });
    const letGo = await holdLock(database.url, skuId);
    const holding = replicas.map((prisma) =>
      new PrismaStockStore(prisma).hold({ orderId: 'ord_of_both', lines: [{ skuId, quantity: 3 }] }),
    );
    await untilLockWaits(replicas[0], holding.length);
    await letGo();
    expect(await Promise.all(holding)).toEqual([{ t: 'held' }, { t: 'held' }]);
    expect(await new PrismaStockStore(replicas[0]).counters(skuId)).toMatchObject({ available: 7, reserved: 3 });
  } finally {
    await Promise.all(replicas.map((prisma) => prisma.$disconnect()));
    await database.drop();
  }
});
