import { createSealer } from '../../src/adapters/crypto/node/sealer';
import { createFormCheck } from '../../src/adapters/forms/ajv/form-check';
import { createNewId } from '../../src/adapters/ids/ulid';
import { PrismaCatalogue } from '../../src/adapters/store/prisma/catalogue';
import { createPrisma } from '../../src/adapters/store/prisma/client';
import { PrismaOrderStore } from '../../src/adapters/store/prisma/order-store';
import { PrismaPromotionStore } from '../../src/adapters/store/prisma/promotion-store';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { expectBooksBalance } from '../support/invariants';
import { holdOrder } from '../support/lock';
import { expectSellingBooksBalance } from '../support/selling-books';

const PRICE = { minor: 1000, currency: 'CNY' };
const HOUR_MS = 3_600_000;

describe('orders that share statements', () => {
  const sent: string[] = [];
  const failed: unknown[] = [];
  const newId = createNewId(Date.now);
  let database: TestDatabase;
  let prisma: ReturnType<typeof createPrisma>;
  let orders: PrismaOrderStore;
  let replica: PrismaOrderStore;
  beforeAll(async () => {
    database = await createTestDatabase('move batches');
    prisma = createPrisma(database.url, (sql, run) => {
      sent.push(sql);
      return run().catch((error: unknown) => {
        failed.push(error);
        throw error;
      });
    });
    const context = { newId, now: Date.now, forms: createFormCheck(), sealer: createSealer([]), self: 'test' };
    orders = new PrismaOrderStore(prisma, context);
    replica = new PrismaOrderStore(prisma, context);
  });
  afterAll(async () => {
    await prisma.$disconnect();
    await database.drop();
  });
  afterEach(async () => {
    await expectBooksBalance({ prisma });
    await expectSellingBooksBalance({ prisma });
  });

  async function sku(): Promise<string> {
    const id = newId('sku');
    const product = { productId: newId('product'), title: 'Tea', onShelf: true };
    const created = { id, ...product, price: PRICE, unlimited: false, initialStock: 1_000 };
    await new PrismaCatalogue(prisma, newId).create(created);
    return id;
  }

  async function promotion(): Promise<string> {
    const id = newId('promotion');
    const times = {
      startsAt: new Date(Date.now() - HOUR_MS).toISOString(),
      endsAt: new Date(Date.now() + HOUR_MS).toISOString(),
    };
    const bounds = { skuIds: [], storeIds: [], perBuyerLimit: null, totalQuota: null, counts: 'units' } as const;
    await new PrismaPromotionStore(prisma).create({
      id,
      name: 'June',
      discountBasisPoints: 1_000,
      ...times,
      ...bounds,
    });
    return id;
  }

  interface Placed {
    readonly orderId: string;
    readonly paymentId: string;
  }

  /** Orders of one unit of each SKU, for four buyers in turn. */
  async function placed(
    count: number,
    skuIds: readonly string[],
    promotionIds: readonly string[] = [],
  ): Promise<Placed[]> {
    const lines = skuIds.map((skuId) => ({ skuId, quantity: 1 }));
    const results = await Promise.all(
      Array.from({ length: count }, (_, index) => {
        const promotionId = promotionIds[index % promotionIds.length] ?? null;
        const draft = {
          buyerId: `buyer_${index % 4}`,
          lines,
          payWith: 'wechat',
          paymentWindowSeconds: 600,
          promotionId,
        } as const;
        return orders.place({ orderId: newId('order'), draft, startIntent: false });
      }),
    );
    return results.map((result) => {
      if (result.t !== 'placed') throw new Error(`an order was not placed: ${result.t}`);
      return { orderId: result.order.id, paymentId: result.order.payment?.id ?? '' };
    });
  }

  const confirm = ({ orderId, paymentId }: Placed, transactionId = `t-${orderId}`, store = orders) =>
    store.confirm({ orderId, paymentId, paid: { transactionId, amount: PRICE, paidAt: '2026-01-01T00:00:00.000Z' } });
  const giveBack = ({ orderId }: Placed, store = orders) => store.release({ orderId, proof: 'ack' });
  const close = ({ orderId }: Placed) => orders.beginClosing(orderId, 'payment_window_over', null);

  /** Statements that this sends. */
  async function statementsOf(work: () => Promise<unknown>): Promise<number> {
    sent.length = 0;
    await work();
    return sent.length;
  }

  /** The types of the events told of an order, in the feed's order. */
  const eventsOf = async ({ orderId }: Placed): Promise<string[]> =>
    (await prisma.outbox.findMany({ where: { orderId }, orderBy: { id: 'asc' } })).map(({ type }) => type).sort();

  it('share one statement, and each is told, sold and counted for itself', async () => {
    const skuIds = [await sku(), await sku()];
    const promotionIds = [await promotion(), await promotion()];
    const all = await placed(40, skuIds, promotionIds);
    expect(await statementsOf(() => Promise.all(all.map((order) => confirm(order))))).toBe(1);
    const counters = await prisma.stock.findMany({ where: { skuId: { in: skuIds } } });
    expect(counters.map(({ reserved, sold }) => ({ reserved, sold }))).toEqual([
      { reserved: 0, sold: 40 },
      { reserved: 0, sold: 40 },
    ]);
    const uses = await prisma.promotionUse.findMany({ where: { promotionId: { in: promotionIds } } });
    expect(uses.map(({ held, used }) => ({ held, used }))).toEqual([
      { held: 0, used: 40 },
      { held: 0, used: 40 },
    ]);
    for (const order of all) {
      expect(await eventsOf(order)).toEqual([
        ...['OrderPaid', 'OrderPlaced', 'PromotionConfirmed', 'PromotionHeld', 'StockHeld', 'StockSold'],
      ]);
      const { payment } = (await orders.find(order.orderId)) ?? {};
      expect(payment).toMatchObject({ status: 'paid', transactionId: `t-${order.orderId}` });
    }
    const [sold] = await prisma.outbox.findMany({ where: { orderId: all[7]?.orderId ?? '', type: 'StockSold' } });
    const lines = [...skuIds].sort().map((skuId) => ({ skuId, quantity: 1 }));
    expect(sold?.payload).toEqual({ orderId: all[7]?.orderId, lines });
  });

  it('closed and released: one statement each, stock and promotions are back', async () => {
    const skuIds = [await sku()];
    const promotionIds = [await promotion()];
    const all = await placed(40, skuIds, promotionIds);
    expect(await statementsOf(() => Promise.all(all.map(close)))).toBe(1);
    expect(await statementsOf(() => Promise.all(all.map((order) => giveBack(order))))).toBe(1);
    const [counters] = await prisma.stock.findMany({ where: { skuId: { in: skuIds } } });
    expect(counters).toMatchObject({ available: 1_000, reserved: 0, sold: 0 });
    const [use] = await prisma.promotionUse.findMany({ where: { promotionId: { in: promotionIds } } });
    expect(use).toMatchObject({ held: 0, used: 0 });
    for (const order of all) expect((await eventsOf(order)).filter((type) => type === 'StockReturned')).toHaveLength(1);
  });

  it('one that nobody can write sinks nobody but itself', async () => {
    const all = await placed(6, [await sku()]);
    const [bad] = all as [Placed];
    const outcomes = await Promise.allSettled(
      all.map((order) => confirm(order, order === bad ? 'a text with \u0000 in it' : undefined)),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', ...Array<string>(5).fill('fulfilled')]);
    expect(await orders.progress(bad.orderId)).toMatchObject({ status: 'awaiting_payment' });
    expect(await eventsOf(bad)).toEqual(['OrderPlaced', 'StockHeld']);
  });

  it('an order that is not there fails alone; one that has ended is told how', async () => {
    const [paid, cancelled, open] = (await placed(3, [await sku()])) as [Placed, Placed, Placed];
    await confirm(paid);
    await close(cancelled);
    await giveBack(cancelled);
    const gone = { orderId: newId('order'), paymentId: newId('payment') };
    const outcomes = await Promise.allSettled([paid, cancelled, open, gone].map((order) => confirm(order)));
    expect(outcomes).toMatchObject([
      { value: { t: 'already' } },
      { value: { t: 'refused', status: 'cancelled' } },
      { value: { t: 'done' } },
      { reason: { message: `the order ${gone.orderId} is not in the database` } },
    ]);
  });

  it('an order twice in one batch is moved once; the second hears that it is so', async () => {
    const [order] = (await placed(1, [await sku()])) as [Placed];
    const outcomes = await Promise.all([confirm(order, 't-first'), confirm(order, 't-second')]);
    expect(outcomes).toEqual([{ t: 'done' }, { t: 'already' }]);
    expect((await orders.find(order.orderId))?.payment?.transactionId).toBe('t-first');
    expect(await eventsOf(order)).toEqual(['OrderPaid', 'OrderPlaced', 'StockHeld', 'StockSold']);
  });

  it('an order whose row somebody keeps locked is refused alone, and can be confirmed later', async () => {
    const all = await placed(3, [await sku()]);
    const [stuck] = all as [Placed];
    const release = await holdOrder(database.url, stuck.orderId);
    try {
      const outcomes = await Promise.allSettled(all.map((order) => confirm(order)));
      expect(outcomes).toMatchObject([
        { reason: { code: 'too_busy' } },
        { value: { t: 'done' } },
        { value: { t: 'done' } },
      ]);
    } finally {
      await release();
    }
    expect(await confirm(stuck)).toEqual({ t: 'done' });
  });

  it('one that took the last unit and is placed once more without a key is answered as placed', async () => {
    const skuId = await sku();
    await placed(999, [skuId]);
    const draft = { buyerId: 'buyer_1', lines: [{ skuId, quantity: 1 }], payWith: null, paymentWindowSeconds: 600 };
    const last = { orderId: newId('order'), draft, startIntent: false };
    expect(await orders.place(last)).toMatchObject({ t: 'placed', order: { id: last.orderId } });
    const others = { ...last, orderId: newId('order') };
    expect(await Promise.all([orders.place(last), orders.place(others)])).toMatchObject([
      { t: 'placed', order: { id: last.orderId } },
      { t: 'short' },
    ]);
    expect(await prisma.stock.findUnique({ where: { skuId } })).toMatchObject({ available: 0, reserved: 1_000 });
  });

  it('a mark for manual handling stops its own order only', async () => {
    const all = await placed(3, [await sku()]);
    const [, marked] = all as [Placed, Placed];
    await Promise.all(all.map(close));
    await prisma.order.update({ where: { id: marked.orderId }, data: { manualSince: new Date() } });
    expect((await Promise.all(all.map((order) => giveBack(order)))).map(({ t }) => t)).toEqual([
      'done',
      'held',
      'done',
    ]);
  });

  it('two replicas that sell, give back and place the same SKUs in every order never deadlock', async () => {
    const skuIds = [await sku(), await sku(), await sku()];
    const promotionIds = [await promotion(), await promotion()];
    failed.length = 0;
    for (let round = 0; round < 10; round += 1) {
      const sold = await placed(24, skuIds, promotionIds);
      const back = await placed(24, [...skuIds].reverse(), promotionIds);
      await Promise.all(back.map(close));
      await Promise.all([
        ...sold.map((order, index) => confirm(order, undefined, index % 2 === 0 ? orders : replica)),
        ...[...back].reverse().map((order, index) => giveBack(order, index % 2 === 0 ? replica : orders)),
        placed(24, skuIds, promotionIds),
      ]);
    }
    // A batch that was part of a deadlock is repeated one by one: only its statement tells.
    expect(failed).toEqual([]);
  });
});
