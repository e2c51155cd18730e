import { createNewId } from '../../src/adapters/ids/ulid';
import { PrismaCatalogue } from '../../src/adapters/store/prisma/catalogue';
import { createPrisma } from '../../src/adapters/store/prisma/client';
import { PrismaOrderStore } from '../../src/adapters/store/prisma/order-store';
import { PrismaStockStore } from '../../src/adapters/store/prisma/stock-store';
import { HoldfastError } from '../../src/domain/errors';
import { type MoveOutcome } from '../../src/ports/order-store';
import { type HoldOutcome, type SettleOutcome, type StockStore } from '../../src/ports/stock-store';
import { createTestDatabase } from '../support/database';
import { stockStoreSuite } from './stock-store.suite';

/** The path that orders take, held to the same contract: placed in shared transactions, settled by their state changes. */
class OrdersAsStock implements StockStore {
  readonly restock: StockStore['restock'];
  readonly adjust: StockStore['adjust'];
  readonly counters: StockStore['counters'];

  constructor(
    private readonly orders: PrismaOrderStore,
    stock: PrismaStockStore,
  ) {
    this.restock = (request) => stock.restock(request);
    this.adjust = (request) => stock.adjust(request);
    this.counters = (skuId) => stock.counters(skuId);
  }

  async hold({ orderId, lines }: Parameters<StockStore['hold']>[0]): Promise<HoldOutcome> {
    const draft = { buyerId: 'buyer_1', lines, payWith: null, paymentWindowSeconds: 600 };
    try {
      const result = await this.orders.place({ orderId, draft, startIntent: false });
      if (result.t === 'short') return { t: 'short', shortages: result.shortages };
      return { t: 'held' };
    } catch (error) {
      if (!(error instanceof HoldfastError) || error.code !== 'sku_not_found') throw error;
      return {
        t: 'short',
        shortages: lines.map(({ skuId, quantity }) => ({ skuId, requested: quantity, available: 0 })),
      };
    }
  }

  confirm(orderId: string): Promise<SettleOutcome> {
    const paid = {
      transactionId: `t-${orderId}`,
      amount: { minor: 1, currency: 'CNY' },
      paidAt: new Date().toISOString(),
    };
    return settled(orderId, this.orders, () => this.orders.confirm({ orderId, paymentId: 'none', paid }));
  }

  release(orderId: string): Promise<SettleOutcome> {
    return settled(orderId, this.orders, async () => {
      await this.orders.beginClosing(orderId, 'buyer_cancelled', null);
      return this.orders.release({ orderId, proof: 'neverOffered' });
    });
  }
}

async function settled(
  orderId: string,
  orders: PrismaOrderStore,
  move: () => Promise<MoveOutcome>,
): Promise<SettleOutcome> {
  if (!(await orders.progress(orderId))) return 'notHeld';
  const { t } = await move();
  return t === 'refused' ? 'conflict' : t;
}

stockStoreSuite('PostgreSQL, as orders are placed and settled', async () => {
  const database = await createTestDatabase('order store');
  const prisma = createPrisma(database.url);
  const newId = createNewId(Date.now);
  const catalogue = new PrismaCatalogue(prisma, newId);
  const orders = new PrismaOrderStore(prisma, { newId, now: Date.now });
  return {
    store: new OrdersAsStock(orders, new PrismaStockStore(prisma)),
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
