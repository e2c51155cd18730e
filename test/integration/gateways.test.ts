import { expectBooksBalance, untilStatus } from '../support/invariants';
import { until } from '../support/until';
import { openWorld, type World } from '../support/world';

/** What differs between the providers in these scenarios. */
interface Provider {
  readonly gateway: 'wechat' | 'alipay' | 'stripe';
  /** Alipay has no trade to close until the buyer has scanned the code. */
  readonly scanned: boolean;
  /** Whether its answers can be forged at all: Stripe's are not signed. */
  readonly answersAreSigned: boolean;
}

const PROVIDERS: readonly Provider[] = [
  { gateway: 'wechat', scanned: false, answersAreSigned: true },
  { gateway: 'alipay', scanned: true, answersAreSigned: true },
  { gateway: 'stripe', scanned: false, answersAreSigned: false },
];

const WINDOW_SECONDS = 2;
const LONG_WINDOW_SECONDS = 600;

describe.each(PROVIDERS)('races at $gateway', ({ gateway, scanned, answersAreSigned }) => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld(`races-${gateway}`, { timing: { gatewayTimeoutMs: 1_000 } });
  });
  afterAll(() => world.close());
  afterEach(() => expectBooksBalance(world));

  async function placed(paymentWindowSeconds = LONG_WINDOW_SECONDS) {
    const skuId = await world.api.addSku(10);
    const { body } = await world.api.place({ payWith: gateway, lines: [{ skuId, quantity: 3 }], paymentWindowSeconds });
    expect(body).toMatchObject({ status: 'awaiting_payment', payment: { gateway, status: 'pending' } });
    const merchantNo = body.payment?.merchantNo ?? '';
    if (scanned) await world.sandbox.scan(merchantNo);
    return { id: body.id, skuId, merchantNo };
  }

  type Placed = Awaited<ReturnType<typeof placed>>;

  async function expectPaid({ id, skuId, merchantNo }: Placed): Promise<void> {
    await untilStatus(world, id, 'paid');
    expect(await world.api.stock(skuId)).toMatchObject({ available: 7, reserved: 0, sold: 3 });
    expect(await world.sandbox.story(merchantNo)).toEqual(['created', 'paid']);
  }

  async function expectCancelled({ id, skuId, merchantNo }: Placed): Promise<void> {
    await untilStatus(world, id, 'cancelled');
    expect(await world.api.stock(skuId)).toMatchObject({ available: 10, reserved: 0, sold: 0 });
    expect(await world.sandbox.story(merchantNo)).toEqual(['created', 'closed']);
  }

  it('race 1: pays, is notified → paid, sold', async () => {
    const order = await placed();
    expect(await world.sandbox.pay(order.merchantNo)).toMatchObject({ accepted: true });
    await expectPaid(order);
  });

  it('race 2: does not pay, the close is acknowledged → cancelled, returned', async () => {
    await expectCancelled(await placed(WINDOW_SECONDS));
  });

  it('race 3: pays just before the close → paid, sold', async () => {
    const order = await placed(WINDOW_SECONDS);
    await world.sandbox.fault({ op: 'close', fault: 'pay_before_close', match: { merchantNo: order.merchantNo } });
    await expectPaid(order);
  });

  it('race 4: closed first, the payment is refused → cancelled, returned', async () => {
    const order = await placed();
    expect((await world.api.cancel(order.id)).status).toBe(200);
    expect(await world.sandbox.pay(order.merchantNo)).toMatchObject({ accepted: false });
    await expectCancelled(order);
  });

  it('race 5: the close times out after it took effect, the retry says closed → cancelled, returned once', async () => {
    const order = await placed();
    const match = { merchantNo: order.merchantNo };
    await world.sandbox.fault({ op: 'close', fault: 'timeout_after_effect', match });
    await world.sandbox.fault({ op: 'query', fault: 'error_500_before', match });
    await world.api.cancel(order.id);
    await expectCancelled(order);
  });

  it('race 6 and 8: the notification is lost and the close times out, in truth it was paid → paid, sold', async () => {
    const order = await placed(WINDOW_SECONDS);
    const match = { merchantNo: order.merchantNo };
    await world.sandbox.fault({ op: 'notify', fault: 'lost', match });
    await world.sandbox.fault({ op: 'close', fault: 'drop_before_effect', match });
    expect(await world.sandbox.pay(order.merchantNo)).toMatchObject({ accepted: true });
    await expectPaid(order);
  });

  it('race 9: ten copies of the notification at once → paid once, sold once', async () => {
    const order = await placed();
    await world.sandbox.fault({
      op: 'notify',
      fault: 'duplicate',
      copies: 10,
      match: { merchantNo: order.merchantNo },
    });
    await world.sandbox.pay(order.merchantNo);
    await expectPaid(order);
    expect(await world.prisma.outbox.count({ where: { orderId: order.id, type: 'OrderPaid' } })).toBe(1);
  });

  it('race 10: a forged notification changes nothing; the true one, later, does', async () => {
    const order = await placed();
    const match = { merchantNo: order.merchantNo };
    const linesBefore = world.logged.length;
    const disarm = await world.sandbox.fault({ op: 'notify', fault: 'bad_signature', times: 1000, match });
    await world.sandbox.pay(order.merchantNo);
    await until('the forged notification is refused', () =>
      world.logged.slice(linesBefore).some((line) => line.includes('notification refused')),
    );
    expect(await world.api.stock(order.skuId)).toMatchObject({ available: 7, reserved: 3, sold: 0 });
    await disarm();
    await expectPaid(order);
  });

  if (answersAreSigned) {
    it('race 10: a forged "closed" releases nothing until one verifies', async () => {
      const order = await placed();
      const match = { merchantNo: order.merchantNo };
      const disarm = [
        await world.sandbox.fault({ op: 'close', fault: 'bad_signature', times: 1000, match }),
        await world.sandbox.fault({ op: 'query', fault: 'bad_signature', times: 1000, match }),
      ];
      expect((await world.api.cancel(order.id)).status).toBe(202);
      expect(await world.api.stock(order.skuId)).toMatchObject({ reserved: 3 });
      await Promise.all(disarm.map((each) => each()));
      expect((await world.api.cancel(order.id)).status).toBe(200);
      await expectCancelled(order);
    });
  }

  if (scanned) {
    it('race 11: never scanned, absent → held until nobody could pay any more; scanned and paid before → paid', async () => {
      const skuId = await world.api.addSku(10);
      const { body } = await world.api.place({
        payWith: gateway,
        lines: [{ skuId, quantity: 3 }],
        paymentWindowSeconds: LONG_WINDOW_SECONDS,
      });
      const order = { id: body.id, skuId, merchantNo: body.payment?.merchantNo ?? '' };
      expect(await world.api.cancel(order.id)).toMatchObject({ status: 202, body: { status: 'closing' } });
      expect(await world.api.stock(skuId)).toMatchObject({ available: 7, reserved: 3 });
      await world.sandbox.scan(order.merchantNo);
      expect(await world.sandbox.pay(order.merchantNo)).toMatchObject({ accepted: true });
      await expectPaid(order);
    });
  }

  it('race 14: the gateway is down → closing, held, asked again; converges when it is back', async () => {
    const order = await placed();
    const match = { merchantNo: order.merchantNo };
    const disarm = [
      await world.sandbox.fault({ op: 'close', fault: 'error_500_before', times: 1000, match }),
      await world.sandbox.fault({ op: 'query', fault: 'error_500_before', times: 1000, match }),
    ];
    expect(await world.api.cancel(order.id)).toMatchObject({ status: 202, body: { status: 'closing' } });
    expect(await world.api.stock(order.skuId)).toMatchObject({ reserved: 3 });
    await Promise.all(disarm.map((each) => each()));
    await expectCancelled(order);
  });

  it('race 15: cancels as the payment takes effect → never cancelled with the money kept', async () => {
    const order = await placed();
    await world.sandbox.fault({ op: 'close', fault: 'pay_before_close', match: { merchantNo: order.merchantNo } });
    expect(await world.api.cancel(order.id)).toMatchObject({ status: 409, body: { code: 'already_paid' } });
    await expectPaid(order);
  });

  it('race 17: the refund times out after it took effect → exactly one refund', async () => {
    const order = await placed();
    await world.sandbox.pay(order.merchantNo);
    await expectPaid(order);
    await world.sandbox.fault({ op: 'refund', fault: 'timeout_after_effect', match: { merchantNo: order.merchantNo } });
    await world.api.call(
      'POST',
      `/v1/orders/${order.id}/refunds`,
      { reason: 'unknown' },
      { 'idempotency-key': order.id },
    );
    await untilStatus(world, order.id, 'refunded');
    expect(await world.sandbox.story(order.merchantNo)).toEqual(['created', 'paid', 'refunded']);
  });

  it('race 20: a wrong amount is paid → not paid, held, a person is told', async () => {
    const order = await placed();
    await world.sandbox.pay(order.merchantNo, 1);
    await until('a person is told', () =>
      world.logged.some((line) => line.includes('payment_wrong_amount') && line.includes(order.merchantNo)),
    );
    expect((await world.api.order(order.id)).status).toBe('awaiting_payment');
    expect(await world.api.stock(order.skuId)).toMatchObject({ available: 7, reserved: 3, sold: 0 });
  });
});
