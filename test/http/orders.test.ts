import { type Response } from 'supertest';
import { HoldfastError } from '../../src/domain/errors';
import { type Order } from '../../src/domain/order';
import { orderDetailSchema } from '../../src/http/schemas/orders';
import { stored } from './support/fakes';
import { harness, PLACE } from './support/harness';

const TEA = { minor: 1999, currency: 'CNY' };

describe('POST /v1/orders', () => {
  it('answers 201 with the order as the contract has it, and where it is', async () => {
    const { as, started } = await harness();
    const answer = await as('orders')
      .post('/v1/orders')
      .send({ ...PLACE, storeId: 'store_1', note: '两盒茶 🍵' });
    expect(answer.status).toBe(201);
    expect(answer.headers.location).toBe(`/v1/orders/${answer.body.id}`);
    expect(answer.headers).not.toHaveProperty('idempotent-replayed');
    expect(answer.body).toEqual({
      id: answer.body.id,
      status: 'awaiting_payment',
      buyerId: 'buyer_1',
      amount: { minor: 3998, currency: 'CNY' },
      lines: [
        {
          skuId: 'sku_tea',
          title: 'Tea',
          quantity: 2,
          unitPrice: TEA,
          discountBasisPoints: 0,
          amount: { minor: 3998, currency: 'CNY' },
        },
      ],
      children: [
        {
          id: `chd_${answer.body.id}`,
          productId: 'prod_tea',
          status: 'awaiting_payment',
          lines: ['sku_tea'],
          items: [{ skuId: 'sku_tea', quantity: 2 }],
          amount: { minor: 3998, currency: 'CNY' },
        },
      ],
      payBy: '2026-01-01T00:30:00.000Z',
      payment: null,
      refundedAmount: { minor: 0, currency: 'CNY' },
      storeId: 'store_1',
      referrerId: null,
      promotionId: null,
      note: '两盒茶 🍵',
      createdAt: '2026-01-01T00:00:00.000Z',
      paidAt: null,
      closedAt: null,
      closeReason: null,
    });
    expect(started).toMatchObject([{ kind: 'order', id: answer.body.id }]);
  });

  it('refuses a gateway that is not configured here, and places nothing', async () => {
    const { as, orders, started } = await harness();
    const answer = await as('orders')
      .post('/v1/orders')
      .send({ ...PLACE, payWith: 'stripe' });
    expect([answer.status, answer.body.code]).toEqual([422, 'gateway_not_available']);
    expect(answer.body.errors).toMatchObject([{ path: 'payWith' }]);
    expect([orders.placings, started]).toEqual([[], []]);
  });

  it('places what was asked for, with the default window and a start intent', async () => {
    const { as, orders } = await harness();
    await as('orders').post('/v1/orders').send(PLACE);
    await as('orders')
      .post('/v1/orders')
      .send({ ...PLACE, paymentWindowSeconds: 60, referrerId: 'buyer_9' });
    const nothing = { payWith: null, storeId: null, referrerId: null, note: null };
    expect(orders.placings).toMatchObject([
      { startIntent: true, draft: { ...PLACE, ...nothing, paymentWindowSeconds: 1800 } },
      { startIntent: true, draft: { ...PLACE, ...nothing, paymentWindowSeconds: 60, referrerId: 'buyer_9' } },
    ]);
  });

  it('waits for the gateway and answers with what it said, which is also what a repeat gets', async () => {
    const waited: string[] = [];
    const { as, orders, started } = await harness({
      paymentAnswered: (id) => {
        waited.push(id);
        const order = orders.orders.get(id);
        if (order?.payment) {
          const payment = { ...order.payment, status: 'pending' as const, codeUrl: 'weixin://pay/1' };
          orders.orders.set(id, { ...order, payment });
        }
        return Promise.resolve();
      },
    });
    const place = () =>
      as('orders')
        .post('/v1/orders')
        .set('Idempotency-Key', 'once')
        .send({ ...PLACE, payWith: 'wechat' });

    const first = await place();
    const second = await place();

    expect(first.body.payment).toEqual({
      id: `pay_${first.body.id}`,
      gateway: 'wechat',
      status: 'pending',
      merchantNo: `pay_${first.body.id}`,
      payUrl: null,
      codeUrl: 'weixin://pay/1',
    });
    expect(second.status).toBe(201);
    expect(second.headers['idempotent-replayed']).toBe('true');
    expect(second.text).toBe(first.text);
    expect(waited).toEqual([first.body.id]);
    expect(started).toMatchObject([{ kind: 'order', id: first.body.id }]);
    expect(orders.remembered.map(({ order }) => order.id)).toEqual([first.body.id]);
  });

  it('in a rush answers at once, complete as it stands, and leaves the start to the starter', async () => {
    const waited: string[] = [];
    let [inside, later] = [0, 0];
    const { as, orders, started } = await harness({
      rush: { enter: () => (inside += 1) > 0, leave: () => (inside -= 1) },
      startLater: () => (later += 1),
      paymentAnswered: (id) => Promise.resolve(void waited.push(id)),
    });
    const answer = await as('orders')
      .post('/v1/orders')
      .set('Idempotency-Key', 'once')
      .send({ ...PLACE, payWith: 'wechat' });
    expect([answer.status, answer.body.payment.status]).toEqual([201, 'creating']);
    expect(orders.placings).toMatchObject([{ startIntent: true, inRush: true }]);
    expect([waited, started, orders.remembered, inside, later]).toEqual([[], [], [], 0, 1]);
  });

  it('in a rush leaves the start to the starter, too, where the placing ended nobody knows how', async () => {
    let later = 0;
    const { as, orders } = await harness({
      rush: { enter: () => true, leave: () => undefined },
      startLater: () => (later += 1),
    });
    jest.spyOn(orders, 'place').mockRejectedValue(new Error('the connection was lost'));
    expect((await as('orders').post('/v1/orders').send(PLACE)).status).toBe(500);
    expect(later).toBe(1);
  });

  it('counts a refused placing out of the rush again', async () => {
    let inside = 0;
    const { as } = await harness({ rush: { enter: () => (inside += 1) > 1, leave: () => (inside -= 1) } });
    const answer = await as('orders')
      .post('/v1/orders')
      .send({ ...PLACE, lines: [{ skuId: 'sku_none', quantity: 1 }] });
    expect([answer.status, inside]).toEqual([404, 0]);
  });

  it.each([
    ['sold_out', true],
    ['out_of_stock', false],
  ] as const)('refused with %s it leaves the rush once: refused in memory: %s', async (code, inMemory) => {
    const left: (boolean | undefined)[] = [];
    const { as, orders } = await harness({
      rush: { enter: () => false, leave: (refused) => void left.push(refused) },
    });
    orders.place = () => Promise.reject(new HoldfastError(code, undefined, { shortages: [] }));
    expect((await as('orders').post('/v1/orders').send(PLACE)).status).toBe(409);
    expect(left).toEqual([inMemory]);
  });

  it('answers with the order as it was held when waiting, reading or remembering fails', async () => {
    const { as, orders, log } = await harness({ paymentAnswered: () => Promise.reject(new Error('gone')) });
    orders.rememberAnswer = () => Promise.reject(new Error('gone too'));
    const answer = await as('orders')
      .post('/v1/orders')
      .set('Idempotency-Key', 'k')
      .send({ ...PLACE, payWith: 'wechat' });
    expect(answer.status).toBe(201);
    expect(answer.body.payment.status).toBe('creating');
    expect(log.filter((line) => JSON.parse(line).level === 50)).toHaveLength(2);
  });

  it('takes a body that says the same in another order for the same', async () => {
    const { as } = await harness();
    const post = (body: string) =>
      as('orders').post('/v1/orders').set('Idempotency-Key', 'k').set('Content-Type', 'application/json').send(body);
    const first = await post('{"buyerId":"b","lines":[{"skuId":"sku_tea","quantity":2}]}');
    const second = await post('{ "lines": [ {"quantity": 2, "skuId": "sku_tea"} ], "buyerId": "b" }');
    expect(second.headers['idempotent-replayed']).toBe('true');
    expect(second.body).toEqual(first.body);
  });

  it('keeps the keys of two clients apart', async () => {
    const { as, orders, deps } = await harness();
    await as('orders').post('/v1/orders').set('Idempotency-Key', 'k').send(PLACE);
    expect(orders.placings[0]?.idempotency).toEqual({
      client: deps.apiKeys.find(({ scopes }) => scopes.includes('orders'))?.digest,
      key: 'k',
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it('says what is short, also to a repeat', async () => {
    const { as, started } = await harness();
    const lines = [{ skuId: 'sku_tea', quantity: 101 }];
    const place = () =>
      as('orders')
        .post('/v1/orders')
        .set('Idempotency-Key', 'k')
        .send({ ...PLACE, lines });
    for (const answer of [await place(), await place()]) {
      expect(answer.status).toBe(409);
      expect(answer.body).toMatchObject({
        code: 'out_of_stock',
        shortages: [{ skuId: 'sku_tea', requested: 101, available: 100 }],
      });
    }
    expect(started).toEqual([]);
  });

  it('tells the second of two requests under way to come back', async () => {
    const { as, orders } = await harness();
    orders.place = () => Promise.resolve({ t: 'inProgress' });
    const answer = await as('orders').post('/v1/orders').set('Idempotency-Key', 'k').send(PLACE);
    expect(answer.status).toBe(409);
    expect(answer.headers['retry-after']).toBe('1');
    expect(answer.body.code).toBe('request_in_progress');
  });

  it('names its busyness, and when to come back', async () => {
    const { as, orders } = await harness();
    orders.place = () => Promise.reject(new HoldfastError('too_busy', undefined, { retryAfterSeconds: 7 }));
    const answer = await as('orders').post('/v1/orders').send(PLACE);
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '7']);
  });

  it('groups lines of one product into one child order', async () => {
    const { as, orders } = await harness();
    const line = (skuId: string, productId: string, childId: string) => ({
      skuId,
      productId,
      childId,
      title: skuId,
      quantity: 1,
      unitPrice: TEA,
      discountBasisPoints: 0,
      amount: TEA,
    });
    const lines = [line('a', 'p', 'c1'), line('b', 'q', 'c2'), line('c', 'p', 'c1')];
    orders.orders.set('ord_1', stored({ lines, status: 'paid' }));
    const { body } = await as('read').get('/v1/orders/ord_1');
    expect(body.children).toEqual([
      {
        id: 'c1',
        productId: 'p',
        status: 'paid',
        lines: ['a', 'c'],
        items: [
          { skuId: 'a', quantity: 1 },
          { skuId: 'c', quantity: 1 },
        ],
        amount: { minor: 3998, currency: 'CNY' },
      },
      {
        id: 'c2',
        productId: 'q',
        status: 'paid',
        lines: ['b'],
        items: [{ skuId: 'b', quantity: 1 }],
        amount: TEA,
      },
    ]);
  });
});

describe('GET /v1/orders', () => {
  it.each(['orders', 'read', 'operate'] as const)('may be read with the scope %s', async (scope) => {
    const { as, orders } = await harness();
    orders.orders.set('ord_1', stored());
    const answer = await as(scope).get('/v1/orders/ord_1');
    expect(answer.status).toBe(200);
    expect(() => orderDetailSchema.parse(answer.body)).not.toThrow();
  });

  it('pages by cursor, and filters by buyer and status', async () => {
    const { as, orders } = await harness();
    for (const id of ['ord_1', 'ord_2', 'ord_3']) orders.orders.set(id, stored({ id }));
    orders.orders.set('ord_4', stored({ id: 'ord_4', status: 'paid', buyerId: 'buyer_2' }));
    const idsOf = ({ body }: Response) => body.items.map(({ id }: Order) => id);

    const first = await as('read').get('/v1/orders?limit=3');
    const second = await as('read').get(`/v1/orders?limit=3&cursor=${first.body.nextCursor}`);

    expect([idsOf(first), idsOf(second)]).toEqual([['ord_4', 'ord_3', 'ord_2'], ['ord_1']]);
    expect(second.body.nextCursor).toBeNull();
    expect(idsOf(await as('read').get('/v1/orders?status=paid'))).toEqual(['ord_4']);
    expect(idsOf(await as('read').get('/v1/orders?buyerId=buyer_1'))).toEqual(['ord_3', 'ord_2', 'ord_1']);
  });

  it('asks for 20 where nobody says how many', async () => {
    const asked: unknown[] = [];
    const { as, orders } = await harness();
    orders.list = (query) => {
      asked.push(query);
      return Promise.resolve({ items: [], nextCursor: null });
    };
    await as('read').get('/v1/orders');
    expect(asked).toEqual([{ cursor: null, limit: 20 }]);
  });

  it('tells the facts of an order, and an order without any from one that is not there', async () => {
    const { as, orders } = await harness();
    const fact = { at: '2026-01-01T00:00:00.000Z', kind: 'state', what: 'placed', data: { from: 'placing' } } as const;
    orders.facts.set('ord_1', [fact]);
    orders.orders.set('ord_2', stored({ id: 'ord_2' }));
    expect((await as('operate').get('/v1/orders/ord_1/timeline')).body).toEqual({ items: [fact] });
    expect((await as('operate').get('/v1/orders/ord_2/timeline')).body).toEqual({ items: [] });
    expect((await as('operate').get('/v1/orders/ord_3/timeline')).status).toBe(404);
  });
});
