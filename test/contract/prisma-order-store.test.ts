import { createSealer } from '../../src/adapters/crypto/node/sealer';
import { createFormCheck } from '../../src/adapters/forms/ajv/form-check';
import { PrismaOrderStore } from '../../src/adapters/store/prisma/order-store';
import { PrismaStockStore } from '../../src/adapters/store/prisma/stock-store';
import { HoldfastError } from '../../src/domain/errors';
import { type ReleaseOutcome } from '../../src/ports/order-store';
import { type HoldOutcome, type SettleOutcome, type StockStore } from '../../src/ports/stock-store';
import { prismaStockUnderTest } from './prisma-stock-under-test';
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
  move: () => Promise<ReleaseOutcome>,
): Promise<SettleOutcome> {
  if (!(await orders.progress(orderId))) return 'notHeld';
  const { t } = await move();
  return t === 'done' || t === 'already' ? t : 'conflict';
}

stockStoreSuite('PostgreSQL, as orders are placed and settled', () =>
  prismaStockUnderTest('order store', (prisma, newId) => {
    const context = { newId, now: Date.now, forms: createFormCheck(), sealer: createSealer([]), self: 'test' };
    return new OrdersAsStock(new PrismaOrderStore(prisma, context), new PrismaStockStore(prisma));
  }),
);
