import { CONSUMER_NAMES } from '../../src/consumers/names';
import { type OrderJson } from '../support/api-client';
import { expectBooksBalance, untilStatus } from '../support/invariants';
import { AMQP_URL, describeWithRabbit, openRabbit, type RabbitUnderTest } from '../support/rabbit';
import { describeWithRedis, openRedisKeys, REDIS_URL, type RedisKeys } from '../support/redis';
import { expectSellingBooksBalance } from '../support/selling-books';
import { type ShareSystem, startShareSystem } from '../support/share-system';
import { orderPaid } from '../support/some-events';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy';
import { sendEverythingTwice, type Twice, untilAllIsHandled } from '../support/twice';
import { until } from '../support/until';
import { openWorld, type World } from '../support/world';

const PRICE = 1_000;
const POISON = 'evt_poison_';
/** 2.5 %. */
const BASIS_POINTS = 250;

describeWithRedis('consumers', () => {
  describeWithRabbit('on the real broker and Redis', () => {
    let [rabbit, keys, shares, proxy, world, twice]: [RabbitUnderTest, RedisKeys, ShareSystem, TcpProxy, World, Twice] =
      [] as never;
    let buyers = 0;
    beforeAll(async () => {
      rabbit = openRabbit();
      keys = openRedisKeys();
      shares = await startShareSystem();
      const { hostname, port } = new URL(REDIS_URL);
      proxy = await startTcpProxy({ host: hostname, port: Number(port || 6379) });
      world = await openWorld('consumers', {
        config: {
          amqp: { url: AMQP_URL, prefix: rabbit.prefix },
          redis: { url: `redis://127.0.0.1:${proxy.port}`, prefix: keys.prefix },
          consumers: { run: CONSUMER_NAMES, pointsEarnBasisPoints: BASIS_POINTS, profitShareUrl: shares.url },
        },
      });
      twice = await sendEverythingTwice(rabbit, { except: POISON });
    });
    afterAll(async () => {
      await twice.stop();
      await world.close();
      await rabbit.close(...CONSUMER_NAMES);
      await Promise.all([keys.close(), shares.close(), proxy.close()]);
    });
    afterEach(async () => {
      await expectBooksBalance(world);
      await expectSellingBooksBalance(world);
    });

    const place = async (order: Partial<Parameters<World['api']['place']>[0]> & { referrerId?: string } = {}) => {
      const buyerId = `buyer_consumers_${(buyers += 1)}`;
      const skuId = await world.api.addSku(10, PRICE);
      const answer = await world.api.place({ buyerId, lines: [{ skuId, quantity: 4 }], ...order });
      expect(answer.status).toBe(201);
      return { ...answer.body, buyerId, skuId };
    };

    const pay = async ({ id, payment }: OrderJson): Promise<void> => {
      expect(await world.sandbox.pay(payment?.merchantNo ?? '')).toMatchObject({ accepted: true });
      await untilStatus(world, id, 'paid');
    };

    const ledgerOf = async (buyerId: string) => {
      const rows = await world.prisma.pointsEntry.findMany({ where: { buyerId }, orderBy: { id: 'asc' } });
      return rows.map(({ kind, delta, reference }) => ({ kind, delta: Number(delta), reference }));
    };

    const untilHandled = (): Promise<void> =>
      untilAllIsHandled(world, twice, async () => {
        const fence = await place({ referrerId: 'buyer_fence' });
        await pay(fence);
        return fence.id;
      });

    it('an order paid, every event delivered twice, a report’s answer lost → each consumer acted exactly once', async () => {
      const [first, second] = [await world.api.addSku(10, PRICE), await world.api.addSku(10, 2 * PRICE)];
      shares.loseNextAnswer();
      const order = await place({
        lines: [
          { skuId: first, quantity: 2 },
          { skuId: second, quantity: 1 },
        ],
        referrerId: 'buyer_9',
      });
      await pay(order);
      await untilHandled();

      const notices = await world.prisma.shippingNotice.findMany({ where: { orderId: order.id } });
      const children = notices.map(({ children }) => children as { lines: unknown }[]);
      expect(children.map((each) => each.map(({ lines }) => lines))).toEqual([
        [[{ skuId: first, quantity: 2 }], [{ skuId: second, quantity: 1 }]],
      ]);
      expect(await ledgerOf(order.buyerId)).toEqual([{ kind: 'earn', delta: 100, reference: order.id }]);
      const reports = shares.requests.filter(({ key }) => key === order.id);
      expect(reports).toHaveLength(2);
      expect(reports[0]).toEqual(reports[1]);
      expect(reports[0]?.body).toMatchObject({
        orderId: order.id,
        referrerId: 'buyer_9',
        amount: { minor: 4 * PRICE, currency: 'CNY' },
        lines: [
          { skuId: first, quantity: 2, amount: { minor: 2 * PRICE } },
          { skuId: second, quantity: 1, amount: { minor: 2 * PRICE } },
        ],
      });
      const share = await world.prisma.profitShare.findUniqueOrThrow({ where: { orderId: order.id } });
      expect(share.reportedAt).not.toBeNull();
    });

    it('refunded in two parts and in full, every event delivered twice → exactly what was earned is taken back', async () => {
      const order = await place();
      await pay(order);
      const refund = async (amount?: number) => {
        const body = { reason: 'faulty', ...(amount === undefined ? {} : { amount }) };
        const path = `/v1/orders/${order.id}/refunds`;
        const headers = { 'idempotency-key': `${order.id}-${amount ?? 'rest'}` };
        const answer = await world.api.call<{ id: string }>('POST', path, body, headers);
        expect(answer.status).toBe(201);
        await until('the refund is settled', async () => {
          const row = await world.prisma.refund.findUniqueOrThrow({ where: { id: answer.body.id } });
          return row.status === 'succeeded';
        });
        return answer.body.id;
      };
      // 99 and 1 % of the points: 24.75 and 75.25, rounded in the buyer's favour until the last of it goes back.
      const parts = [await refund(990), await refund(1_010), await refund()];
      await untilStatus(world, order.id, 'refunded');
      await untilHandled();
      expect(await ledgerOf(order.buyerId)).toEqual([
        { kind: 'earn', delta: 100, reference: order.id },
        { kind: 'take_back', delta: -24, reference: parts[0] },
        { kind: 'take_back', delta: -26, reference: parts[1] },
        { kind: 'take_back', delta: -50, reference: parts[2] },
      ]);
      const moved = (await world.api.timeline(order.id)).filter(({ kind }) => kind === 'points');
      expect(moved.map(({ what, data }) => [what, data['delta']])).toEqual([
        ['earn', 100],
        ['take_back', -24],
        ['take_back', -26],
        ['take_back', -50],
      ]);
    });

    it('an order paid with points earns none', async () => {
      const buyerId = `buyer_consumers_${(buyers += 1)}`;
      await world.api.call('POST', `/v1/buyers/${buyerId}/points`, { delta: 4 * PRICE, reason: 'gift' });
      const order = await place({ buyerId, payWith: 'points' });
      await untilStatus(world, order.id, 'paid');
      await untilHandled();
      const kinds = (await ledgerOf(buyerId)).map(({ kind }) => kind);
      expect(kinds).toEqual(expect.arrayContaining(['adjust', 'spend']));
      expect(kinds).not.toContain('earn');
    });

    it('a poisonous event goes to the dead letters of those who asked for it, and the next one is handled', async () => {
      const poison = { ...orderPaid(), id: `${POISON}1`, data: {} };
      await rabbit.send('order.paid', poison);
      await rabbit.send('stock.held', { ...poison, id: `${POISON}2`, type: 'StockHeld' });
      for (const name of CONSUMER_NAMES)
        await until(`${name} has set it aside`, async () => (await rabbit.dead(name)) > 0);
      await untilHandled();
      expect(await world.prisma.consumerEvent.count({ where: { eventId: { startsWith: POISON } } })).toBe(0);
    });

    describe('the SKU cache', () => {
      const kept = async (skuId: string): Promise<number | null> => {
        const [key] = await keys.redis.keys(`${keys.prefix}:sku:*${skuId}`);
        const json = key === undefined ? null : await keys.redis.hget(key, 'sku');
        return json === null ? null : (JSON.parse(json) as { stock: { available: number } }).stock.available;
      };
      const isKept = (skuId: string, available: number) =>
        until(`${available} of ${skuId} are kept`, async () => (await kept(skuId)) === available);

      it('follows the stock: held, sold, given back, adjusted, without anybody reading it', async () => {
        const { skuId, ...order } = await place();
        await isKept(skuId, 6);
        await world.api.cancel(order.id);
        await isKept(skuId, 10);
        await world.api.call('POST', `/v1/skus/${skuId}/stock`, { delta: 5, reason: 'count' });
        await isKept(skuId, 15);
        expect(await world.api.stock(skuId)).toMatchObject({ available: 15, reserved: 0 });
      });

      it('flushed → read from PostgreSQL, kept again', async () => {
        const { skuId } = await place();
        await isKept(skuId, 6);
        await keys.flush();
        expect(await world.api.stock(skuId)).toMatchObject({ available: 6, reserved: 4 });
        expect(await kept(skuId)).toBe(6);
      });

      it('an answer comes from the cache, not from PostgreSQL', async () => {
        const { skuId } = await place();
        await isKept(skuId, 6);
        await untilHandled();
        await world.prisma.$executeRaw`UPDATE skus SET title = 'changed behind its back' WHERE id = ${skuId}`;
        const { body } = await world.api.call<{ title: string }>('GET', `/v1/skus/${skuId}`);
        expect(body.title).toBe('Tea');
        // Through the API, it is seen at once.
        const change = {
          title: 'Green tea',
          productId: `prod_${skuId.slice(4)}`,
          price: { minor: 5, currency: 'CNY' },
        };
        const put = await world.api.call('PUT', `/v1/skus/${skuId}`, { ...change, onShelf: true });
        expect(put.status).toBe(200);
        const { body: after } = await world.api.call<{ title: string }>('GET', `/v1/skus/${skuId}`);
        expect(after.title).toBe('Green tea');
      });

      it('Redis away → SKUs are read and orders taken; back → what it missed is doubtful', async () => {
        const { skuId } = await place();
        await isKept(skuId, 6);
        proxy.cut();
        expect(await world.api.stock(skuId)).toMatchObject({ available: 6 });
        const missed = await world.api.place({ lines: [{ skuId, quantity: 1 }] });
        expect(missed.status).toBe(201);
        expect(await world.api.stock(skuId)).toMatchObject({ available: 5 });
        await untilHandled();
        // Everything about the order passed the cache by: what it has is of before.
        expect(await kept(skuId)).toBe(6);
        proxy.mend();
        const other = await place();
        await until('the cache is asked again', async () => {
          await world.api.stock(other.skuId);
          return (await kept(other.skuId)) !== null;
        });
        await isKept((await place()).skuId, 6);
        expect(await world.api.stock(skuId)).toMatchObject({ available: 5, reserved: 5 });
      });
    });
  });
});

describe('consumers where there is neither a broker nor a cache', () => {
  it('read the feed themselves: an order paid is shipped, shared and earns points, its refund takes them back', async () => {
    const world = await openWorld('consumers-feed', {
      config: { consumers: { run: CONSUMER_NAMES, pointsEarnBasisPoints: BASIS_POINTS, profitShareUrl: null } },
    });
    const lines = [{ skuId: await world.api.addSku(10, PRICE), quantity: 4 }];
    const order = { buyerId: 'buyer_feed', lines, referrerId: 'buyer_9' };
    const { id, payment } = (await world.api.place(order)).body;
    await world.sandbox.pay(payment?.merchantNo ?? '');
    await untilStatus(world, id, 'paid');
    const balance = async () =>
      (await world.api.call<{ balance: number }>('GET', '/v1/buyers/buyer_feed/points')).body.balance;
    await until('points are earned', async () => (await balance()) === 100);
    const where = { orderId: id };
    await until('the warehouse is told', () => world.prisma.shippingNotice.findUnique({ where }));
    const share = await until('the share is entered', () => world.prisma.profitShare.findUnique({ where }));
    expect(share).toMatchObject({ referrerId: 'buyer_9', reportedAt: null });
    const refund = { amount: PRICE, reason: 'faulty' };
    await world.api.call('POST', `/v1/orders/${id}/refunds`, refund, { 'idempotency-key': 'a-quarter' });
    await until('a quarter of them is taken back', async () => (await balance()) === 75);
    await world.close();
  });
});
