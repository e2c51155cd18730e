import { type Money } from '../../src/domain/money';
import { type OrderJson } from '../support/api-client';
import { expectBooksBalance, expectInvariants, untilStatus } from '../support/invariants';
import { AMQP_URL, describeWithRabbit, openRabbit, type RabbitUnderTest } from '../support/rabbit';
import { expectSellingBooksBalance } from '../support/selling-books';
import { sendEverythingTwice, type Twice, untilAllIsHandled } from '../support/twice';
import { openWorld, type World } from '../support/world';

const CONSUMERS = ['shipping-notice', 'points-award', 'profit-share'] as const;
/** One point for a whole unit of the currency. */
const EARN_BASIS_POINTS = 100;
const WINDOW_SECONDS = 2;
const LONG_WINDOW_SECONDS = 600;

interface CartJson {
  readonly total: Money | null;
  readonly lines: readonly { readonly skuId: string; readonly availability: string }[];
}
type CheckedOut = OrderJson & {
  readonly children: readonly {
    readonly productId: string;
    readonly lines: readonly unknown[];
    readonly amount: Money;
  }[];
  readonly lines: readonly { readonly skuId: string; readonly amount: Money }[];
};

/**
 * The shop of the articles, from the cart to the consumers, on the real broker: every event is delivered twice, and each
 * consumer acts once.
 */
describeWithRabbit('a cart of three SKUs with a promotion and buyer fields', () => {
  let world: World;
  let rabbit: RabbitUnderTest;
  let twice: Twice;
  let rounds = 0;
  beforeAll(async () => {
    rabbit = openRabbit();
    world = await openWorld('selling', {
      config: {
        amqp: { url: AMQP_URL, prefix: rabbit.prefix },
        consumers: { run: CONSUMERS, pointsEarnBasisPoints: EARN_BASIS_POINTS, profitShareUrl: null },
      },
    });
    twice = await sendEverythingTwice(rabbit);
  });
  afterAll(async () => {
    await twice.stop();
    await world.close();
    await rabbit.close(...CONSUMERS);
  });
  afterEach(async () => {
    await expectBooksBalance(world);
    await expectSellingBooksBalance(world);
  });

  async function post<T = unknown>(path: string, body: object, method = 'POST'): Promise<T> {
    const answer = await world.api.call<T>(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  /** Three SKUs of two products, one of which asks for fields, and a promotion of 20 % on two of them, for one order a buyer. */
  async function shop() {
    const name = `round${(rounds += 1)}`;
    const sku = (id: string, productId: string, minor: number, requiredForm: readonly string[] = []) =>
      post('/v1/skus', {
        id: `sku_${id}_${name}`,
        title: id,
        productId: `prod_${productId}_${name}`,
        price: { minor, currency: 'CNY' },
        initialStock: 10,
        requiredForm,
      });
    await sku('tea', 'tea', 1999, ['recipient', 'phone']);
    await sku('tin', 'tea', 500);
    await sku('cup', 'cup', 333);
    const [tea, tin, cup] = ['tea', 'tin', 'cup'].map((id) => `sku_${id}_${name}`) as [string, string, string];
    const now = Date.now();
    await post('/v1/promotions', {
      id: `promo_${name}`,
      name,
      startsAt: new Date(now - 1_000).toISOString(),
      endsAt: new Date(now + 3_600_000).toISOString(),
      discountBasisPoints: 2000,
      skuIds: [tea, cup],
      storeIds: ['store_1'],
      perBuyerLimit: 1,
      totalQuota: 1,
    });
    const buyerId = `buyer_${name}`;
    for (const [skuId, quantity] of [
      [tea, 3],
      [tin, 1],
      [cup, 2],
    ] as const)
      await post(`/v1/carts/${buyerId}/lines/${skuId}`, { quantity }, 'PUT');
    return { buyerId, promotionId: `promo_${name}`, tea, tin, cup };
  }

  const checkout = (it: Awaited<ReturnType<typeof shop>>, change: object): Promise<CheckedOut> =>
    post(`/v1/carts/${it.buyerId}/checkout`, {
      payWith: 'wechat',
      promotionId: it.promotionId,
      storeId: 'store_1',
      referrerId: 'buyer_friend',
      form: { [it.tea]: { recipient: 'Li Lei', phone: '13800138000' } },
      shippingAddress: {
        recipient: 'Li Lei',
        phone: '13800138000',
        province: 'Zhejiang',
        city: 'Hangzhou',
        street: '1 West Lake Road',
      },
      ...change,
    });

  const use = async (id: string) =>
    (await world.api.call<{ use: { held: number; used: number } }>('GET', `/v1/promotions/${id}`)).body.use;

  const points = async (buyerId: string) =>
    (await world.api.call<{ balance: number; held: number }>('GET', `/v1/buyers/${buyerId}/points`)).body;

  const untilHandled = async (): Promise<void> => {
    await untilAllIsHandled(world, twice, async () => {
      const fence = { lines: [{ skuId: await world.api.addSku(1), quantity: 1 }], referrerId: 'buyer_friend' };
      const { body } = await world.api.place({ ...fence, buyerId: 'buyer_fence' });
      await world.sandbox.pay(body.payment?.merchantNo ?? '');
      return body.id;
    });
    for (const name of CONSUMERS) expect(await rabbit.dead(name)).toBe(0);
  };

  it('paid → children per product, the cart cleared, and each consumer acts exactly once', async () => {
    const it = await shop();
    const cart = await world.api.call<CartJson>('GET', `/v1/carts/${it.buyerId}`);
    expect(cart.body).toMatchObject({ total: { minor: 7163 }, lines: [{}, {}, {}] });
    const order = await checkout(it, { paymentWindowSeconds: LONG_WINDOW_SECONDS });
    // 3 × 19.99 less 20 % is 47.976; 2 × 3.33 less 20 % is 5.328.
    expect(order.lines.map(({ skuId, amount }) => [skuId, amount.minor])).toEqual([
      [it.tea, 4798],
      [it.tin, 500],
      [it.cup, 533],
    ]);
    expect(order.children.map(({ amount }) => amount.minor)).toEqual([5298, 533]);
    expect((await world.api.call<CartJson>('GET', `/v1/carts/${it.buyerId}`)).body.lines).toEqual([]);
    expect(await world.sandbox.pay(order.payment?.merchantNo ?? '')).toMatchObject({ accepted: true });
    await untilStatus(world, order.id, 'paid');
    await untilHandled();

    expect(await points(it.buyerId)).toMatchObject({ balance: 58, held: 0 });
    const ofOrder = { where: { orderId: order.id } };
    expect(await world.prisma.shippingNotice.count(ofOrder)).toBe(1);
    expect(await world.prisma.profitShare.findMany(ofOrder)).toMatchObject([{ referrerId: 'buyer_friend' }]);
    expect(await use(it.promotionId)).toEqual({ held: 0, used: 1 });
    expect(await world.api.stock(it.tea)).toMatchObject({ available: 7, reserved: 0, sold: 3 });
    await expectInvariants(world);
  });

  it('not paid in time → limit, quota and stock are back, and no consumer acts', async () => {
    const it = await shop();
    const order = await checkout(it, { paymentWindowSeconds: WINDOW_SECONDS });
    expect(await use(it.promotionId)).toEqual({ held: 1, used: 0 });
    await untilStatus(world, order.id, 'cancelled');
    await untilHandled();

    expect(await use(it.promotionId)).toEqual({ held: 0, used: 0 });
    for (const skuId of [it.tea, it.tin, it.cup])
      expect(await world.api.stock(skuId)).toMatchObject({ available: 10, reserved: 0, sold: 0 });
    expect(await points(it.buyerId)).toMatchObject({ balance: 0, held: 0 });
    const ofOrder = { where: { orderId: order.id } };
    expect(await world.prisma.shippingNotice.count(ofOrder)).toBe(0);
    expect(await world.prisma.profitShare.count(ofOrder)).toBe(0);
    await expectInvariants(world);
    // The limit is one per buyer, the quota one in all: both are to be had again.
    await post(`/v1/carts/${it.buyerId}/lines/${it.cup}`, { quantity: 1 }, 'PUT');
    expect((await checkout(it, { payWith: null, form: null })).status).toBe('awaiting_payment');
  });

  it('cancelled, then ordered again for points → limit, quota and stock are back, the points are spent once and earn none', async () => {
    const it = await shop();
    await post(`/v1/buyers/${it.buyerId}/points`, { delta: 6000, reason: 'gift' });
    const order = await checkout(it, { payWith: null, paymentWindowSeconds: LONG_WINDOW_SECONDS });
    expect((await world.api.cancel(order.id)).status).toBe(200);
    await untilStatus(world, order.id, 'cancelled');
    await post(`/v1/carts/${it.buyerId}/lines/${it.cup}`, { quantity: 1 }, 'PUT');
    const paid = await checkout(it, { payWith: 'points', form: null, paymentWindowSeconds: LONG_WINDOW_SECONDS });
    await untilStatus(world, paid.id, 'paid');
    await untilHandled();
    // 2.66 in points, which earn no points.
    expect(await points(it.buyerId)).toMatchObject({ balance: 5734, held: 0 });
    expect(await world.prisma.shippingNotice.count({ where: { orderId: paid.id } })).toBe(1);
  });
});
