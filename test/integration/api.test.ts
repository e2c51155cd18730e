import { digestOf } from '../../src/config';
import { HOSTILE_REQUESTS, type HostileContext } from '../http/hostile-requests';
import { send } from '../http/support/raw-request';
import { expectBooksBalance, untilStatus } from '../support/invariants';
import { openWorld, type World } from '../support/world';

interface OrderPage {
  readonly items: readonly { readonly id: string }[];
  readonly nextCursor: string | null;
}

describe('the HTTP API on the real components', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld('api');
  });
  afterAll(() => world.close());
  afterEach(() => expectBooksBalance(world));

  const lines = (skuId: string, quantity = 1) => [{ skuId, quantity }];

  describe('Idempotency-Key', () => {
    it('the same key and body: one order, the same answer', async () => {
      const skuId = await world.api.addSku(10);
      const first = await world.api.place({ lines: lines(skuId) }, 'key-same');
      const again = await world.api.place({ lines: lines(skuId) }, 'key-same');
      expect(first.status).toBe(201);
      expect(again.status).toBe(201);
      expect(again.body).toEqual(first.body);
      expect(again.headers.get('idempotent-replayed')).toBe('true');
      expect(await world.api.stock(skuId)).toMatchObject({ available: 9, reserved: 1 });
    });

    it('the same answer also after the order has moved on', async () => {
      const skuId = await world.api.addSku(10);
      const first = await world.api.place({ lines: lines(skuId) }, 'key-later');
      await world.api.cancel(first.body.id);
      expect((await world.api.place({ lines: lines(skuId) }, 'key-later')).body).toEqual(first.body);
    });

    it('another body → 422', async () => {
      const skuId = await world.api.addSku(10);
      await world.api.place({ lines: lines(skuId) }, 'key-other');
      expect(await world.api.place({ lines: lines(skuId, 2) }, 'key-other')).toMatchObject({
        status: 422,
        body: { code: 'idempotency_key_reused' },
      });
      expect(await world.api.stock(skuId)).toMatchObject({ reserved: 1 });
    });

    it('twenty at once: one order; the others get it or are told that it is in progress', async () => {
      const skuId = await world.api.addSku(50);
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => world.api.place({ lines: lines(skuId) }, 'key-twenty')),
      );
      expect(await world.api.stock(skuId)).toMatchObject({ available: 49, reserved: 1 });
      const placed = answers.filter(({ status }) => status === 201);
      expect(new Set(placed.map(({ body }) => body.id)).size).toBe(1);
      const others = answers.filter(({ status }) => status !== 201);
      expect(others.map(({ status, body }) => [status, body.code])).toEqual(
        others.map(() => [409, 'request_in_progress']),
      );
    });

    it('a refusal is an answer too', async () => {
      const skuId = await world.api.addSku(1);
      const first = await world.api.place({ lines: lines(skuId, 2) }, 'key-short');
      expect(first).toMatchObject({
        status: 409,
        body: { code: 'out_of_stock', shortages: [{ skuId, requested: 2, available: 1 }] },
      });
      await world.api.call('POST', `/v1/skus/${skuId}/stock`, { delta: 10, reason: 'delivery' });
      const again = await world.api.place({ lines: lines(skuId, 2) }, 'key-short');
      expect(again).toMatchObject({ status: 409, body: { code: 'out_of_stock', shortages: [{ available: 1 }] } });
      expect(await world.prisma.order.count({ where: { lines: { some: { skuId } } } })).toBe(0);
    });

    it('a request that changed nothing can be repeated once its fault is mended', async () => {
      const id = world.stores.newId('sku');
      expect((await world.api.place({ lines: lines(id) }, 'key-mended')).body.code).toBe('sku_not_found');
      await world.api.call('POST', '/v1/skus', {
        id,
        title: 'Tea',
        price: { minor: 1, currency: 'CNY' },
        initialStock: 1,
      });
      expect((await world.api.place({ lines: lines(id) }, 'key-mended')).status).toBe(201);
    });

    it('stock: the same key adjusts once', async () => {
      const skuId = await world.api.addSku(10);
      const adjust = () =>
        world.api.call(
          'POST',
          `/v1/skus/${skuId}/stock`,
          { delta: -3, reason: 'broken' },
          { 'idempotency-key': 'key-stock' },
        );
      const answers = [await adjust(), await adjust()];
      expect(answers.map(({ body }) => body)).toEqual([answers[0]?.body, answers[0]?.body]);
      expect(await world.api.stock(skuId)).toMatchObject({ available: 7 });
    });
  });

  it('prices are frozen when the order is placed', async () => {
    const skuId = await world.api.addSku(10, 1999);
    const { body: order } = await world.api.place({ lines: lines(skuId, 2) });
    const sku = { title: 'Tea', productId: 'prod_x', price: { minor: 5, currency: 'CNY' }, onShelf: false };
    expect((await world.api.call('PUT', `/v1/skus/${skuId}`, sku)).status).toBe(200);
    expect((await world.api.order(order.id)).amount).toEqual({ minor: 3998, currency: 'CNY' });
    expect((await world.api.place({ lines: lines(skuId) })).body.code).toBe('sku_off_shelf');
  });

  it('lists by buyer and state, page by page, newest first', async () => {
    const skuId = await world.api.addSku(10);
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1)
      ids.unshift((await world.api.place({ buyerId: 'buyer_list', payWith: null, lines: lines(skuId) })).body.id);
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const path: string = `/v1/orders?buyerId=buyer_list&status=awaiting_payment&limit=2${cursor && `&cursor=${cursor}`}`;
      const page: OrderPage = (await world.api.call<OrderPage>('GET', path)).body;
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(ids);
  });

  it('one order that cannot be sold sinks none of those that share its transaction', async () => {
    const [good, scarce] = [await world.api.addSku(100), await world.api.addSku(1)];
    const asked = Array.from({ length: 30 }, (_, n) => [lines(good), lines('sku_nowhere'), lines(scarce)][n % 3] ?? []);
    const answers = await Promise.all(asked.map((each) => world.api.place({ payWith: null, lines: each })));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((_, n) => n % 3 === 0)).toEqual(Array.from({ length: 10 }, () => 201));
    expect(statuses.filter((_, n) => n % 3 === 1)).toEqual(Array.from({ length: 10 }, () => 404));
    expect(statuses.filter((_, n) => n % 3 === 2).toSorted()).toEqual([201, ...Array.from({ length: 9 }, () => 409)]);
  });

  it('a stop drains: what was answered goes on after the next start', async () => {
    const skuId = await world.api.addSku(10);
    const placing = Promise.all(
      Array.from({ length: 10 }, () => world.api.place({ lines: lines(skuId), paymentWindowSeconds: 600 })),
    );
    const placed = await placing;
    await world.restart();
    for (const { body } of placed) {
      await world.sandbox.pay(body.payment?.merchantNo ?? '');
      await untilStatus(world, body.id, 'paid');
    }
    expect(await world.api.stock(skuId)).toMatchObject({ available: 0, reserved: 0, sold: 10 });
  });

  it('says what is missing when it is not ready', async () => {
    expect((await world.api.call('GET', '/readyz')).status).toBe(200);
    expect((await world.api.call('GET', '/healthz')).status).toBe(200);
  });
});

describe('hostile requests on the real components', () => {
  const KEYS = { orders: 'k-orders', catalog: 'k-catalog', read: 'k-read', operate: 'k-operate' } as const;
  let world: World;
  let context: HostileContext;
  beforeAll(async () => {
    const scopes = Object.entries(KEYS).map(([scope, key]) => ({
      digest: digestOf(key),
      scopes: [scope as keyof typeof KEYS],
    }));
    world = await openWorld('hostile', { apiKeys: scopes });
    context = { keys: KEYS, skuId: await world.api.addSku(1000), run: world.taskQueue };
  });
  afterAll(() => world.close());

  it.each(HOSTILE_REQUESTS.map((row) => [row.name, row] as const))('%s', async (_name, row) => {
    if (row.before) expect((await send(world.config.port, row.before(context))).status).toBeLessThan(300);
    const answer = await send(world.config.port, row.build(context));
    expect(answer.status).toBe(row.status);
    if (row.code) expect(JSON.parse(answer.text)).toMatchObject({ code: row.code, status: row.status });
  });
});
