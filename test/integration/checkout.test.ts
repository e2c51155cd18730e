import { type HoldfastError } from '../../src/domain/errors';
import { type Answer } from '../support/api-client';
import { Carts } from '../support/carts';
import { expectBooksBalance, untilStatus } from '../support/invariants';
import { holdLock, lockWaiters } from '../support/lock';
import { until } from '../support/until';
import { openWorld, type World } from '../support/world';

const PRICE = 1999;

describe('checkout on real orders', () => {
  let world: World;
  let carts: Carts;
  beforeAll(async () => {
    world = await openWorld('checkout');
    carts = new Carts(world);
  });
  afterAll(() => world.close());
  afterEach(() => expectBooksBalance(world));

  const ordersOf = (buyerId: string) => world.prisma.order.count({ where: { buyerId } });
  const untilWaiting = (sessions: number) =>
    until(`${sessions} sessions wait`, async () => {
      const waiting = await lockWaiters(world.prisma);
      return waiting.length >= sessions && waiting;
    });

  it('three SKUs of two products → one order with two children, which are paid with it; the cart is empty', async () => {
    const buyerId = carts.newBuyer();
    const productId = `prod_${buyerId}`;
    const sku = { title: 'Tea', productId, price: { minor: PRICE, currency: 'CNY' }, initialStock: 10 };
    const [a, b] = [`sku_${buyerId}_a`, `sku_${buyerId}_b`];
    for (const id of [a, b]) await world.api.call('POST', '/v1/skus', { ...sku, id });
    const c = await world.api.addSku(10, 5);
    for (const [skuId, quantity] of [
      [a, 1],
      [c, 4],
      [b, 2],
    ] as const)
      await carts.put(buyerId, skuId, quantity);
    const { status, body } = await carts.checkout(buyerId, undefined, { payWith: 'wechat' });
    expect(status).toBe(201);
    expect(await carts.contents(buyerId)).toEqual({});
    expect(await world.sandbox.pay(body.payment?.merchantNo ?? '')).toMatchObject({ accepted: true });
    const paid = await untilStatus(world, body.id, 'paid');
    expect(paid).toMatchObject({
      amount: { minor: 3 * PRICE + 20, currency: 'CNY' },
      children: [
        {
          productId,
          status: 'paid',
          items: [
            { skuId: a, quantity: 1 },
            { skuId: b, quantity: 2 },
          ],
        },
        { status: 'paid', items: [{ skuId: c, quantity: 4 }] },
      ],
    });
  });

  it('the order has the price of the moment it is placed, and keeps it', async () => {
    const { buyerId, skuId } = await carts.filled(2);
    expect((await carts.read(buyerId)).total).toEqual({ minor: 2 * PRICE, currency: 'CNY' });
    const reprice = (minor: number) =>
      world.api.call('PUT', `/v1/skus/${skuId}`, {
        ...{ title: 'Tea', productId: 'prod_repriced', price: { minor, currency: 'CNY' }, onShelf: true },
      });
    await reprice(7);
    const { body } = await carts.checkout(buyerId);
    expect(body.amount).toEqual({ minor: 14, currency: 'CNY' });
    await reprice(99);
    expect((await world.api.order(body.id)).amount).toEqual({ minor: 14, currency: 'CNY' });
  });

  it('fifty checkouts of one cart at once → one order; the others are told that the cart has changed or is empty', async () => {
    const { buyerId, skuId } = await carts.filled(2);
    const answers = await Promise.all(Array.from({ length: 50 }, () => carts.checkout(buyerId)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    const refusals = answers.filter(({ status }) => status !== 201).map(({ body }) => body.code);
    expect(refusals.filter((code) => code !== 'cart_changed' && code !== 'cart_empty')).toEqual([]);
    expect([await ordersOf(buyerId), await carts.contents(buyerId)]).toEqual([1, {}]);
    expect(await world.api.stock(skuId)).toMatchObject({ available: 98, reserved: 2 });
  });

  it('fifty checkouts under one key → one order, and nobody is told of an empty cart', async () => {
    const { buyerId, skuId } = await carts.filled(2);
    const answers = await Promise.all(Array.from({ length: 50 }, () => carts.checkout(buyerId, `key-${buyerId}`)));
    const placed = answers.filter(({ status }) => status === 201);
    expect(new Set(placed.map(({ body }) => body.id)).size).toBe(1);
    const others = answers.filter(({ status }) => status !== 201).map(({ body }) => body.code);
    expect(others).toEqual(others.map(() => 'request_in_progress'));
    expect((await carts.checkout(buyerId, `key-${buyerId}`)).body).toEqual(placed[0]?.body);
    expect(await ordersOf(buyerId)).toBe(1);
    expect(await world.api.stock(skuId)).toMatchObject({ available: 98, reserved: 2 });
  });

  it('a repeat of the key while the first is under way waits for it', async () => {
    const { buyerId, skuId } = await carts.filled(2);
    const unlock = await holdLock(world.config.databaseUrl, skuId);
    const first = carts.checkout(buyerId, `key-${buyerId}`);
    await untilWaiting(1);
    // The cart is full and the key not to be seen yet: only the transaction itself can tell that this is a repeat.
    const second = carts.checkout(buyerId, `key-${buyerId}`);
    await untilWaiting(2);
    await unlock();
    const [{ body: order }, repeat] = await Promise.all([first, second]);
    expect([repeat.status, repeat.body.id]).toEqual([201, order.id]);
    expect(await ordersOf(buyerId)).toBe(1);
  });

  it('a key counts for its buyer and its body', async () => {
    const { buyerId } = await carts.filled(1);
    const other = await carts.filled(1);
    const key = `key-${buyerId}`;
    const first = await carts.checkout(buyerId, key);
    expect((await carts.checkout(other.buyerId, key)).body.code).toBe('idempotency_key_reused');
    expect((await carts.checkout(buyerId, key, { note: 'x' })).body.code).toBe('idempotency_key_reused');
    await carts.put(buyerId, other.skuId, 3);
    const again = await carts.checkout(buyerId, key);
    expect([again.body, again.headers.get('idempotent-replayed')]).toEqual([first.body, 'true']);
    expect(await carts.contents(buyerId)).toEqual({ [other.skuId]: 3 });
  });

  describe('exactly what was ordered leaves the cart', () => {
    /** What a checkout places, as it has read the cart: the window between its reading and its placing is the test's. */
    async function begun(buyerId: string) {
      const lines = (await world.stores.carts.read(buyerId)).map(({ skuId, quantity }) => ({ skuId, quantity }));
      const draft = { buyerId, lines, payWith: null, paymentWindowSeconds: 600 };
      const placing = { orderId: world.stores.newId('order'), draft, startIntent: true, fromCart: true } as const;
      return { placing, place: () => world.stores.orders.place(placing) };
    }

    it('a line raised between reading and placing keeps the rest, one added stays', async () => {
      const { buyerId, skuId } = await carts.filled(2);
      const added = await world.api.addSku(5);
      const { place } = await begun(buyerId);
      await carts.put(buyerId, skuId, 5);
      await carts.put(buyerId, added, 1);
      expect(await place()).toMatchObject({ t: 'placed', order: { lines: [{ skuId, quantity: 2 }] } });
      expect(await carts.contents(buyerId)).toEqual({ [skuId]: 3, [added]: 1 });
    });

    it.each([
      ['lowered', 1],
      ['taken out', 0],
    ])('a line %s between reading and placing → nothing is placed', async (_name, quantity) => {
      const { buyerId, skuId } = await carts.filled(2);
      const { place } = await begun(buyerId);
      await carts.put(buyerId, skuId, quantity);
      await expect(place()).rejects.toEqual(expect.objectContaining({ code: 'cart_changed' }));
      expect(await ordersOf(buyerId)).toBe(0);
      expect(await carts.contents(buyerId)).toEqual(quantity === 0 ? {} : { [skuId]: quantity });
      expect(await world.api.stock(skuId)).toMatchObject({ available: 100, reserved: 0 });
    });

    it('a line added or raised while the order is being placed waits for it, and stays', async () => {
      const { buyerId, skuId } = await carts.filled(2);
      const added = await world.api.addSku(5);
      const unlock = await holdLock(world.config.databaseUrl, skuId);
      const placing = carts.checkout(buyerId);
      await untilWaiting(1);
      const puts = Promise.all([carts.put(buyerId, skuId, 7), carts.put(buyerId, added, 1)]);
      await untilWaiting(3);
      await unlock();
      expect((await placing).status).toBe(201);
      expect((await puts).map(({ status }) => status)).toEqual([200, 200]);
      expect(await carts.contents(buyerId)).toEqual({ [skuId]: 7, [added]: 1 });
      expect(await world.api.stock(skuId)).toMatchObject({ available: 98, reserved: 2 });
    });

    it('a placing that is repeated because its answer was lost takes nothing more', async () => {
      const { buyerId, skuId } = await carts.filled(2);
      const { placing, place } = await begun(buyerId);
      await place();
      await carts.put(buyerId, skuId, 2);
      expect(await place()).toMatchObject({ t: 'placed', order: { id: placing.orderId } });
      expect(await carts.contents(buyerId)).toEqual({ [skuId]: 2 });
    });

    it('a placing that dies before its commit leaves the cart full and no order; the key places it later', async () => {
      const { buyerId, skuId } = await carts.filled(2);
      const unlock = await holdLock(world.config.databaseUrl, skuId);
      const dying = carts.checkout(buyerId, `key-${buyerId}`);
      const [session] = await untilWaiting(1);
      await world.prisma.$executeRaw`SELECT pg_terminate_backend(${session}::int)`;
      expect((await dying).status).toBe(503);
      await unlock();
      expect([await ordersOf(buyerId), await carts.contents(buyerId)]).toEqual([0, { [skuId]: 2 }]);
      expect((await carts.checkout(buyerId, `key-${buyerId}`)).status).toBe(201);
      expect([await ordersOf(buyerId), await carts.contents(buyerId)]).toEqual([1, {}]);
    });

    it('several placings of one cart in one transaction are judged in the order of arrival', async () => {
      const { buyerId, skuId } = await carts.filled(5);
      const blocker = await world.api.addSku(10);
      const unlock = await holdLock(world.config.databaseUrl, blocker);
      const place = (lines: { skuId: string; quantity: number }[], cart: object = { fromCart: true }) =>
        world.stores.orders
          .place({
            orderId: world.stores.newId('order'),
            draft: { buyerId, lines, payWith: null, paymentWindowSeconds: 600 },
            startIntent: true,
            ...cart,
          })
          .catch((error: unknown) => error as HoldfastError);
      // Both lanes are busy, so that what comes now shares a transaction.
      const busy = [];
      for (let lane = 1; lane <= 2; lane += 1) {
        busy.push(place([{ skuId: blocker, quantity: 1 }], {}));
        await untilWaiting(lane);
      }
      const answers = [2, 200, 2, 2, 1].map((quantity) => place([{ skuId, quantity }]));
      await unlock();
      await Promise.all(busy);
      expect((await Promise.all(answers)).map((each) => ('t' in each ? each.t : each.code))).toEqual([
        'placed',
        'cart_changed',
        'placed',
        'cart_changed',
        'placed',
      ]);
      // Decided together, not put right by the database, which would have had each tried alone.
      const [shared] = await world.prisma.$queryRaw<{ transactions: number }[]>`
        SELECT count(DISTINCT xmin::text)::int AS transactions FROM orders
        WHERE id IN (SELECT order_id FROM order_lines WHERE sku_id = ${skuId})`;
      expect(shared).toEqual({ transactions: 1 });
      expect(await carts.contents(buyerId)).toEqual({});
    });
  });

  it('carts of many buyers, checked out at once, share transactions and come out each on its own', async () => {
    const skuIds = [await world.api.addSku(200), await world.api.addSku(200), await world.api.addSku(40)];
    const full = Array.from({ length: 50 }, () => carts.newBuyer());
    await world.prisma.cart.createMany({ data: full.map((buyerId) => ({ buyerId })) });
    await world.prisma.cartLine.createMany({
      data: full.flatMap((buyerId) => skuIds.map((skuId) => ({ buyerId, skuId, quantity: 1 }))),
    });
    const answers = await Promise.all(full.map((buyerId) => carts.checkout(buyerId)));
    const statuses = answers.map(({ status }) => status).toSorted();
    expect(statuses).toEqual([...Array.from({ length: 40 }, () => 201), ...Array.from({ length: 10 }, () => 409)]);
    for (const [index, buyerId] of full.entries()) {
      const placed = answers[index]?.status === 201;
      expect(Object.keys(await carts.contents(buyerId))).toHaveLength(placed ? 0 : 3);
      expect(await ordersOf(buyerId)).toBe(placed ? 1 : 0);
    }
  });

  it('changes, checkouts and clearings of one cart at once never deadlock, and orders hold what left it', async () => {
    const buyerId = carts.newBuyer();
    const skuIds = await Promise.all([1, 2, 3, 4].map(() => world.api.addSku(10_000)));
    const act = (n: number): Promise<Answer<object>> => {
      if (n % 7 === 3) return world.api.call('DELETE', `/v1/carts/${buyerId}`);
      if (n % 3 === 1) return carts.checkout(buyerId);
      return carts.put(buyerId, skuIds[(n * 5) % 4] ?? '', n % 6);
    };
    const answers = await Promise.all(Array.from({ length: 60 }, (_, n) => act(n)));
    const odd = answers.filter(({ status, body }) => status >= 400 && !/^cart_/.test(body.code ?? ''));
    expect(odd).toEqual([]);
    const placed = answers.filter(({ status }) => status === 201).length;
    expect(await ordersOf(buyerId)).toBe(placed);
    expect(placed).toBeGreaterThan(0);
  });
});
