import { createNewId } from '../../src/adapters/ids/ulid';
import { PrismaCatalogue } from '../../src/adapters/store/prisma/catalogue';
import { createPrisma } from '../../src/adapters/store/prisma/client';
import { PrismaStockStore } from '../../src/adapters/store/prisma/stock-store';
import { createTestDatabase } from '../support/database';
import { stockStoreSuite } from './stock-store.suite';

stockStoreSuite('PostgreSQL', async () => {
  const database = await createTestDatabase('stock store');
  const prisma = createPrisma(database.url);
  const newId = createNewId(Date.now);
  const catalogue = new PrismaCatalogue(prisma, newId);
  return {
    store: new PrismaStockStore(prisma),
    addSku: async ({ available, unlimited = false }) => {
      const id = newId('sku');
      const price = { minor: 100, currency: 'CNY' };
      await catalogue.create({
        id,
        productId: 'prod_x',
        title: 'X',
        price,
        onShelf: true,
        initialStock: available,
        unlimited,
      });
      return id;
    },
    ledgerSum: async (skuId) => {
      const { _sum } = await prisma.stockLedger.aggregate({
        where: { skuId },
        _sum: { availableDelta: true, reservedDelta: true, soldDelta: true },
      });
      return { available: _sum.availableDelta ?? 0, reserved: _sum.reservedDelta ?? 0, sold: _sum.soldDelta ?? 0 };
    },
    close: async () => {
      await prisma.$disconnect();
      await database.drop();
    },
  };
});
