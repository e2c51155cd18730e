import { recordHistory } from '../support/histories';
import { expectBooksBalance, untilStatus } from '../support/invariants';
import { openWorld, type World } from '../support/world';

describe('switching the gateway', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld('switch');
  });
  afterAll(() => world.close());
  afterEach(() => expectBooksBalance(world));

  const switchTo = (id: string, gateway = 'wechat') =>
    world.api.call<{ id: string; merchantNo: string; status: string }>('POST', `/v1/orders/${id}/payments`, {
      gateway,
    });

  async function placed(payWith: string | null = 'wechat') {
    const skuId = await world.api.addSku(3, 1000);
    const { body } = await world.api.place({ payWith, lines: [{ skuId, quantity: 1 }], paymentWindowSeconds: 600 });
    return { id: body.id, skuId, merchantNo: body.payment?.merchantNo ?? '' };
  }

  it('the earlier attempt is closed before the next is payable, on the frozen price', async () => {
    const order = await placed();
    const { status, body } = await switchTo(order.id);
    expect({ status, payment: body.status }).toEqual({ status: 201, payment: 'pending' });
    expect(await world.sandbox.story(order.merchantNo)).toEqual(['created', 'closed']);
    expect(await world.sandbox.pay(order.merchantNo)).toEqual({ accepted: false, reason: 'closed' });
    await world.sandbox.pay(body.merchantNo);
    await untilStatus(world, order.id, 'paid');
    expect((await world.api.order(order.id)).payment).toMatchObject({ id: body.id, status: 'paid' });
    await recordHistory(world, order.id, 'switched-then-paid');
  });

  it('chosen later: the first attempt of an order placed without one', async () => {
    const order = await placed(null);
    const { body } = await switchTo(order.id);
    await world.sandbox.pay(body.merchantNo);
    await untilStatus(world, order.id, 'paid');
  });

  it('not proved closed → refused, and the earlier attempt stays the one to pay', async () => {
    const order = await placed();
    const disarm = await world.sandbox.fault({
      op: 'close',
      fault: 'user_paying',
      times: 1000,
      match: { merchantNo: order.merchantNo },
    });
    const refused = await switchTo(order.id);
    expect(refused).toMatchObject({ status: 409, body: { code: 'previous_payment_open' } });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    await world.sandbox.pay(order.merchantNo);
    await untilStatus(world, order.id, 'paid');
    await disarm();
    expect((await switchTo(order.id)).body.code).toBe('already_paid');
  });

  it('paid meanwhile → the order is paid, no next attempt', async () => {
    const order = await placed();
    await world.sandbox.fault({ op: 'close', fault: 'pay_before_close', match: { merchantNo: order.merchantNo } });
    expect((await switchTo(order.id)).body.code).toBe('already_paid');
    await untilStatus(world, order.id, 'paid');
    expect(await world.prisma.payment.count({ where: { orderId: order.id } })).toBe(1);
  });

  it('an order that is over has nothing to switch', async () => {
    const order = await placed();
    await world.api.cancel(order.id);
    expect((await switchTo(order.id)).body.code).toBe('not_payable');
  });

  it('the window goes on counting: switched, not paid → the last attempt closed, stock back', async () => {
    const skuId = await world.api.addSku(3, 1000);
    const { body: order } = await world.api.place({ lines: [{ skuId, quantity: 1 }], paymentWindowSeconds: 4 });
    const { body } = await switchTo(order.id);
    await untilStatus(world, order.id, 'cancelled');
    expect(await world.sandbox.story(body.merchantNo)).toEqual(['created', 'closed']);
    expect(await world.api.stock(skuId)).toMatchObject({ available: 3, reserved: 0 });
  });
});
