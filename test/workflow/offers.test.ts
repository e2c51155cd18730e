import { orderWorkflowId } from '../../workflows/order/contract';
import { type OrderJson } from '../support/api-client';
import { expectBooksBalance, untilStatus } from '../support/invariants';
import { until } from '../support/until';
import { openWorld, type World } from '../support/world';

const OPENID = 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o';

describe('what is offered to a buyer', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld('offers');
  });
  afterAll(() => world.close());
  afterEach(() => expectBooksBalance(world));

  async function sku(minor: number, currency = 'CNY'): Promise<string> {
    const body = { title: 'Tea', price: { minor, currency }, initialStock: 5 };
    return (await world.api.call<{ id: string }>('POST', '/v1/skus', body)).body.id;
  }
  const place = (skuId: string, body: object) =>
    world.api.call<OrderJson & { payment: { codeUrl: string | null } | null; detail: string }>('POST', '/v1/orders', {
      buyerId: 'buyer_1',
      lines: [{ skuId, quantity: 1 }],
      ...body,
    });
  const next = (id: string, body: object) =>
    world.api.call<{ id: string; payUrl: string | null; codeUrl: string | null; detail: string }>(
      'POST',
      `/v1/orders/${id}/payments`,
      body,
    );

  it('WeChat Pay inside WeChat, Alipay by page: as chosen, and the payer is told to the gateway alone', async () => {
    const inWechat = { method: 'jsapi', payerId: OPENID };
    const { body: order } = await place(await sku(1000), { payWith: 'wechat', payment: inWechat });
    expect(JSON.parse(order.payment?.codeUrl ?? '')).toMatchObject({
      package: expect.stringMatching(/^prepay_id=/),
      signType: 'RSA',
    });
    const page = await next(order.id, { gateway: 'alipay', payment: { method: 'page' } });
    expect(page).toMatchObject({ status: 201, body: { codeUrl: null } });
    expect(page.body.payUrl).toContain('alipay.trade.page.pay');

    // Both creates were answered: who pays is no longer kept.
    expect(await world.prisma.paymentChoice.findMany({ where: { orderId: order.id } })).toEqual([]);
    const { events } = await world.temporal.client.workflow.getHandle(orderWorkflowId(order.id)).fetchHistory();
    // Payloads are bytes, which JSON shows in base64 at any of three alignments.
    const bytes = (events ?? []).map((event) => Buffer.from(JSON.stringify(event)).toString('latin1')).join();
    const encoded = [0, 1, 2].map((pad) =>
      Buffer.from(' '.repeat(pad) + OPENID)
        .toString('base64')
        .slice(4, -4),
    );
    const facts = await world.prisma.orderFact.findMany({ where: { orderId: order.id }, select: { data: true } });
    const outbox = await world.prisma.outbox.findMany({ select: { payload: true } });
    const seen = [bytes, JSON.stringify([facts, outbox]), ...world.logged].join('\n');
    for (const secret of [OPENID, ...encoded]) expect(seen).not.toContain(secret);
    expect(seen).toContain(order.id);
  });

  it('a payer whose create was never answered is forgotten when the order ends; one whose switch was refused, at once', async () => {
    await world.sandbox.fault({ op: 'create', fault: 'timeout_after_effect', times: 100 });
    const inWechat = { method: 'jsapi', payerId: OPENID };
    const { body: order } = await place(await sku(1000), { payWith: 'wechat', payment: inWechat });
    const kept = () => world.prisma.paymentChoice.count({ where: { orderId: order.id } });
    expect(await kept()).toBe(1);
    await world.api.cancel(order.id);
    await untilStatus(world, order.id, 'cancelled');
    expect(await kept()).toBe(0);
    expect((await next(order.id, { gateway: 'wechat', payment: inWechat })).status).toBe(409);
    expect(await kept()).toBe(0);
  });

  it('an amount that the gateway can never take is not held for it, whoever asks', async () => {
    const skuId = await sku(1000, 'USD');
    const refused = await place(skuId, { payWith: 'wechat' });
    expect(refused).toMatchObject({ status: 422, body: { code: 'gateway_cannot_take' } });
    expect(refused.body.detail).toBe('wechat takes CNY, not USD');
    expect(await world.api.stock(skuId)).toMatchObject({ available: 5, reserved: 0 });
    const { body: order } = await place(skuId, { payWith: 'stripe' });
    const switched = await next(order.id, { gateway: 'alipay' });
    expect(switched).toMatchObject({ status: 422, body: { code: 'gateway_cannot_take' } });
    expect(await world.prisma.payment.count({ where: { orderId: order.id } })).toBe(1);
    const workflow = await world.temporal.client.workflow.start('orderWorkflow', {
      workflowId: orderWorkflowId(world.stores.newId('order')),
      taskQueue: world.taskQueue,
      args: [{ buyerId: 'buyer_cli', lines: [{ skuId, quantity: 1 }], payWith: 'wechat' }],
    });
    expect(await workflow.result()).toMatchObject({ status: 'rejected' });
    expect(await world.api.stock(skuId)).toMatchObject({ available: 4, reserved: 1 });
  });

  it('a free order is refused at a provider, and paid with points at once: it costs none', async () => {
    const skuId = await sku(0);
    for (const payWith of ['wechat', 'alipay', 'stripe'])
      expect((await place(skuId, { payWith })).body.code).toBe('gateway_cannot_take');
    const { body: order } = await place(skuId, { payWith: 'points' });
    await untilStatus(world, order.id, 'paid');
    const later = (await place(skuId, { payWith: null })).body;
    expect((await next(later.id, { gateway: 'points' })).status).toBe(201);
    await untilStatus(world, later.id, 'paid');
    const balance = await until('the points are there', () =>
      world.api.call<{ balance: number }>('GET', '/v1/buyers/buyer_1/points').then(({ body }) => body),
    );
    expect(balance.balance).toBe(0);
    expect(await world.api.stock(skuId)).toMatchObject({ available: 3, sold: 2 });
  });
});
