import { fakeGateway, stored } from './support/fakes';
import { harness, PLACE, processOf } from './support/harness';

const OPENID = 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o';

/** The API with three gateways over a process that offers what it is asked for. */
async function api() {
  const calls: unknown[][] = [];
  const built = await harness({
    gateways: new Map([
      ['wechat', fakeGateway],
      ['alipay', { ...fakeGateway, name: 'alipay' }],
      ['stripe', { ...fakeGateway, name: 'stripe', refusal: () => null }],
    ]),
    process: processOf({
      switchPayment: (...call) => {
        calls.push(call);
        const { paymentId, gateway } = call[2];
        const { payment } = stored();
        if (payment) built.orders.attempts.push({ ...payment, id: paymentId, gateway });
        return Promise.resolve({ t: 'offered', paymentId });
      },
    }),
  });
  built.orders.orders.set('ord_1', stored());
  const place = (body: object) =>
    built
      .as('orders')
      .post('/v1/orders')
      .send({ ...PLACE, ...body });
  const choose = (body: object) => built.as('orders').post('/v1/orders/ord_1/payments').send(body);
  return { ...built, calls, place, choose };
}

describe('payment: how to pay at the gateway', () => {
  it.each([
    ['wechat', { method: 'jsapi', payerId: OPENID }],
    ['wechat', { method: 'native' }],
    ['alipay', { method: 'page' }],
  ])('is kept with the first attempt: %s %j', async (payWith, payment) => {
    const { place, orders } = await api();
    expect((await place({ payWith, payment })).status).toBe(201);
    expect(orders.placings).toMatchObject([{ choice: { payerId: null, ...payment } }]);
  });

  it('is kept with the next attempt before its process hears of it, which is told no payer', async () => {
    const { choose, orders, calls, log } = await api();
    const answer = await choose({ gateway: 'wechat', payment: { method: 'jsapi', payerId: OPENID } });
    expect(answer.status).toBe(201);
    const choice = { method: 'jsapi', payerId: OPENID };
    expect(orders.choices).toEqual([{ orderId: 'ord_1', paymentId: answer.body.id, choice }]);
    expect(calls).toHaveLength(1);
    expect(JSON.stringify([calls, answer.body, log])).not.toContain(OPENID);
  });

  it('is nobody’s where it is left out', async () => {
    const { place, choose, orders } = await api();
    await place({ payWith: 'wechat' });
    await choose({ gateway: 'alipay' });
    expect(orders.placings[0]).not.toHaveProperty('choice');
    expect(orders.choices).toEqual([]);
  });

  it.each([
    ['wechat', { method: 'page' }, 'payment.method'],
    ['wechat', { method: 'jsapi' }, 'payment.payerId'],
    ['wechat', { method: 'native', payerId: OPENID }, 'payment.payerId'],
    ['alipay', { method: 'qr', payerId: OPENID }, 'payment.payerId'],
    ['stripe', { method: 'page' }, 'payment.method'],
    ['wechat', { method: 'app' }, 'payment.method'],
    ['wechat', { method: 'jsapi', payerId: 'a b' }, 'payment.payerId'],
    ['wechat', { payerId: OPENID }, 'payment.method'],
  ])('is refused where the gateway has no such way: %s %j, naming %s', async (gateway, payment, path) => {
    const { place, choose, orders, calls } = await api();
    for (const answer of [await place({ payWith: gateway, payment }), await choose({ gateway, payment })]) {
      expect([answer.status, answer.body.code]).toEqual([422, 'validation_failed']);
      expect(answer.body.errors).toMatchObject([{ path }]);
      expect(answer.text).not.toContain(OPENID);
    }
    expect([orders.placings, orders.choices, calls]).toEqual([[], [], []]);
  });

  it('is refused without a gateway to pay at', async () => {
    const { place, orders } = await api();
    const answer = await place({ payWith: null, payment: { method: 'native' } });
    expect([answer.status, answer.body.code]).toEqual([422, 'validation_failed']);
    expect(orders.placings).toEqual([]);
  });
});

describe('an amount that the gateway can never take', () => {
  const dollars = { minor: 3998, currency: 'USD' };

  it('is refused at placing, by name and reason, and nothing is held or started', async () => {
    const { place, orders, catalogue, started } = await api();
    const usd = { id: 'sku_usd', productId: 'prod_usd', title: 'Tea', onShelf: true, unlimited: false };
    await catalogue.create({ ...usd, price: { minor: 1999, currency: 'USD' }, initialStock: 5 });
    const lines = [{ skuId: 'sku_usd', quantity: 1 }];
    const answer = await place({ lines, payWith: 'wechat' });
    expect([answer.status, answer.body.code]).toEqual([422, 'gateway_cannot_take']);
    expect(answer.body.detail).toBe('wechat takes CNY, not USD');
    expect([orders.orders.size, started]).toEqual([1, []]);
    expect((await place({ lines, payWith: 'stripe' })).status).toBe(201);
    expect((await place({ lines, payWith: null })).status).toBe(201);
  });

  it('is refused to a further attempt, and its process is not asked', async () => {
    const { choose, orders, calls } = await api();
    orders.orders.set('ord_1', stored({ amount: dollars }));
    const answer = await choose({ gateway: 'alipay', payment: { method: 'page' } });
    expect([answer.status, answer.body.code]).toEqual([422, 'gateway_cannot_take']);
    expect([orders.choices, calls]).toEqual([[], []]);
  });
});
