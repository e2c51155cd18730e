import { createPrisma } from '../../src/adapters/store/prisma/client';
import { type PrismaClient } from '../../src/adapters/store/prisma/generated/client';
import { openStores, type Stores } from '../../src/main/stores';
import { createTestDatabase, type TestDatabase } from '../support/database';

describe('OrderStore.addAttempt', () => {
  let database: TestDatabase;
  let stores: Stores;
  let prisma: PrismaClient;
  beforeAll(async () => {
    database = await createTestDatabase('add_attempt');
    stores = openStores(database.url, { now: Date.now, dataKeys: [] });
    prisma = createPrisma(database.url);
  });
  afterAll(async () => {
    await stores.close();
    await prisma.$disconnect();
    await database.drop();
  });

  async function placed(payWith: 'wechat' | null) {
    const [skuId, orderId] = [stores.newId('sku'), stores.newId('order')];
    const price = { minor: 1000, currency: 'CNY' };
    const sku = { id: skuId, productId: 'prod', title: 'Tea', price, onShelf: true, initialStock: 5, unlimited: false };
    await stores.catalogue.create(sku);
    const draft = { buyerId: 'b', lines: [{ skuId, quantity: 1 }], payWith, paymentWindowSeconds: 600 };
    const result = await stores.orders.place({ orderId, draft, startIntent: false });
    return { orderId, first: (result.t === 'placed' ? result.order.payment?.id : null) ?? '' };
  }
  const next = (orderId: string, closed?: string | null) => ({
    ...{ orderId, paymentId: stores.newId('payment'), gateway: 'alipay' as const },
    ...(closed !== undefined && { closed }),
  });
  const standings = async (orderId: string) =>
    Object.fromEntries((await prisma.payment.findMany({ where: { orderId } })).map(({ id, status }) => [id, status]));

  it('the first one of an order', async () => {
    const { orderId } = await placed(null);
    const asked = next(orderId, null);
    const added = { t: 'added', attempt: { id: asked.paymentId, gateway: 'alipay', status: 'creating' } };
    expect(await stores.orders.addAttempt(asked)).toMatchObject(added);
    // A repeat knows no more than the first time.
    expect(await stores.orders.addAttempt(asked)).toMatchObject(added);
    expect(await standings(orderId)).toEqual({ [asked.paymentId]: 'creating' });
  });

  it('after the one that is proved closed, which is marked so', async () => {
    const { orderId, first } = await placed('wechat');
    const asked = next(orderId, first);
    expect(await stores.orders.addAttempt(asked)).toMatchObject({ t: 'added' });
    expect(await standings(orderId)).toEqual({ [first]: 'closed', [asked.paymentId]: 'creating' });
  });

  it.each(['creating', 'pending', 'failed'])(
    'none beside one that is %s and that nobody proved closed',
    async (status) => {
      const { orderId, first } = await placed('wechat');
      await prisma.payment.update({ where: { id: first }, data: { status } });
      const standing = { t: 'standing', attempt: { id: first, gateway: 'wechat', status } };
      expect(await stores.orders.addAttempt(next(orderId, null))).toMatchObject(standing);
      expect(await standings(orderId)).toEqual({ [first]: status });
    },
  );

  it('none beside another than the one that is proved closed; that one is marked, so that each is asked about once', async () => {
    const { orderId, first } = await placed('wechat');
    const second = stores.newId('payment');
    const row = await prisma.payment.findUniqueOrThrow({ where: { id: first } });
    await prisma.payment.create({ data: { ...row, id: second, merchantNo: second, attempt: 2 } });
    expect(await stores.orders.addAttempt(next(orderId, second))).toMatchObject({
      t: 'standing',
      attempt: { id: first },
    });
    expect(await standings(orderId)).toEqual({ [first]: 'creating', [second]: 'closed' });
    expect(await stores.orders.addAttempt(next(orderId, first))).toMatchObject({ t: 'added' });
  });

  it('a command from before it said which one was closed: all of them', async () => {
    const { orderId, first } = await placed('wechat');
    expect(await stores.orders.addAttempt(next(orderId))).toMatchObject({ t: 'added' });
    expect(await standings(orderId)).toMatchObject({ [first]: 'closed' });
  });

  it('null where the order waits for no payment any more', async () => {
    const { orderId, first } = await placed('wechat');
    await stores.orders.beginClosing(orderId, 'buyer_cancelled', null);
    expect(await stores.orders.addAttempt(next(orderId, first))).toBeNull();
    expect(await standings(orderId)).toEqual({ [first]: 'creating' });
  });
});
