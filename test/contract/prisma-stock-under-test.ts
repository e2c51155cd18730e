import { createNewId } from '../../src/adapters/ids/ulid';
import { PrismaCatalogue } from '../../src/adapters/store/prisma/catalogue';
import { createPrisma } from '../../src/adapters/store/prisma/client';
import { type PrismaClient } from '../../src/adapters/store/prisma/generated/client';
import { type NewId } from '../../src/domain/ids';
import { type StockStore } from '../../src/ports/stock-store';
import { createTestDatabase } from '../support/database';
import { type StockUnderTest } from './stock-store.suite';

/** What the suite needs around a store over a database of its own. */
export async function prismaStockUnderTest(
  label: string,
  storeOver: (prisma: PrismaClient, newId: NewId) => StockStore,
): Promise<StockUnderTest> {
  const database = await createTestDatabase(label);
  const prisma = createPrisma(database.url);
  const newId = createNewId(Date.now);
  const catalogue = new PrismaCatalogue(prisma, newId);
  return {
    store: storeOver(prisma, newId),
    addSku: async ({ available, unlimited = false }) => {
      const id = newId('sku');
      const price = { minor: 100, currency: 'CNY' };
      await catalogue.create({
        ...{ id, price, unlimited, productId: 'prod_x', title: 'X' },
        onShelf: true,
        initialStock: available,
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
}
