import { expectInvariants, untilStatus } from '../support/invariants';
import { type OrderJson } from '../support/api-client';
import { holdLock } from '../support/lock';
import { openWorld, type World } from '../support/world';
import { until } from '../support/until';

/** Long enough to place and pay within it on a busy machine, short enough to wait for. */
const WINDOW_SECONDS = 2;
const LONG_WINDOW_SECONDS = 600;

describe('races between the money and the clock (numbers as in docs/architecture.md)', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld('races');
  });
  afterAll(() => world.close());
  afterEach(() => expectInvariants(world));

  /** An order for 3 of 10 units, its payment offered. */
  async function placed(paymentWindowSeconds = LONG_WINDOW_SECONDS) {
    const skuId = await world.api.addSku(10);
    const { status, body } = await world.api.place({ lines: [{ skuId, quantity: 3 }], paymentWindowSeconds });
    expect({ status, order: body.status, payment: body.payment?.status }).toEqual({
      status: 201,
      order: 'awaiting_payment',
      payment: 'pending',
    });
    return { skuId, order: body, merchantNo: body.payment?.merchantNo ?? '' };
  }

  async function expectEnd(
    { order, skuId, merchantNo }: { order: OrderJson; skuId: string; merchantNo: string },
    status: 'paid' | 'cancelled',
    story: string[],
  ): Promise<void> {
    const end = await untilStatus(world, order.id, 'paid', 'cancelled');
    expect({ status: end.status, payment: end.payment?.status }).toEqual({
      status,
      payment: status === 'paid' ? 'paid' : 'closed',
    });
    expect(await world.api.stock(skuId)).toMatchObject(
      status === 'paid' ? { available: 7, reserved: 0, sold: 3 } : { available: 10, reserved: 0, sold: 0 },
    );
    expect(await world.sandbox.story(merchantNo)).toEqual(story);
    const moves = (await world.api.timeline(order.id)).filter(({ kind }) => kind === 'stock').map(({ what }) => what);
    expect(moves).toEqual(['hold', status === 'paid' ? 'confirm' : 'release']);
  }

  const stillHeld = async (skuId: string): Promise<void> => {
    expect(await world.api.stock(skuId)).toMatchObject({ available: 7, reserved: 3, sold: 0 });
  };

  it('race 1: pays, is notified → paid, sold', async () => {
    const it = await placed();
    expect(await world.sandbox.pay(it.merchantNo)).toMatchObject({ accepted: true });
    await expectEnd(it, 'paid', ['created', 'paid']);
  });

  it('race 2: does not pay, the close is acknowledged → cancelled, returned once', async () => {
    const it = await placed(WINDOW_SECONDS);
    await expectEnd(it, 'cancelled', ['created', 'closed']);
    expect((await world.api.order(it.order.id)).closeReason).toBe('payment_window_over');
  });

  it('race 3: pays just before the close → paid, sold', async () => {
    const it = await placed(WINDOW_SECONDS);
    await world.sandbox.fault({ op: 'close', fault: 'pay_before_close', match: { merchantNo: it.merchantNo } });
    await expectEnd(it, 'paid', ['created', 'paid']);
  });

  it('race 4: closed first, the payment is refused → cancelled, returned', async () => {
    const it = await placed();
    const unlock = await holdLock(world.config.databaseUrl, it.skuId);
    const cancelling = world.api.cancel(it.order.id);
    // The window held open: closed at the gateway, the stock not returned yet.
    await until('the gateway has closed', async () => (await world.sandbox.story(it.merchantNo)).includes('closed'));
    expect(await world.sandbox.pay(it.merchantNo)).toEqual({ accepted: false, reason: 'closed' });
    await unlock();
    expect((await cancelling).status).toBe(200);
    await expectEnd(it, 'cancelled', ['created', 'closed']);
  });

  it('race 5: the close times out after it took effect, the retry says closed → cancelled, returned once', async () => {
    const it = await placed();
    const match = { merchantNo: it.merchantNo };
    await world.sandbox.fault({ op: 'close', fault: 'timeout_after_effect', match });
    // Without an answer to the query either, only another close can tell.
    await world.sandbox.fault({ op: 'query', fault: 'error_500_before', match });
    const { status, body } = await world.api.cancel(it.order.id);
    expect({ status, order: body.status }).toEqual({ status: 202, order: 'closing' });
    await expectEnd(it, 'cancelled', ['created', 'closed']);
  });

  it('race 6: the close times out, in truth it was paid → paid, sold', async () => {
    const it = await placed(WINDOW_SECONDS);
    const match = { merchantNo: it.merchantNo };
    await world.sandbox.fault({ op: 'notify', fault: 'lost', match });
    await world.sandbox.fault({ op: 'close', fault: 'drop_before_effect', match });
    expect(await world.sandbox.pay(it.merchantNo)).toMatchObject({ accepted: true });
    await expectEnd(it, 'paid', ['created', 'paid']);
  });

  it('race 8: paid, the notification is lost, found by the query at the timeout → paid, sold', async () => {
    const it = await placed(WINDOW_SECONDS);
    await world.sandbox.fault({ op: 'notify', fault: 'lost', match: { merchantNo: it.merchantNo } });
    expect(await world.sandbox.pay(it.merchantNo)).toMatchObject({ accepted: true });
    await expectEnd(it, 'paid', ['created', 'paid']);
  });

  it('race 8, with a query that is stale at first: never released on "not paid" → paid, sold', async () => {
    const it = await placed(WINDOW_SECONDS);
    const match = { merchantNo: it.merchantNo };
    await world.sandbox.fault({ op: 'notify', fault: 'lost', match });
    await world.sandbox.fault({ op: 'query', fault: 'stale_query', match });
    expect(await world.sandbox.pay(it.merchantNo)).toMatchObject({ accepted: true });
    await expectEnd(it, 'paid', ['created', 'paid']);
  });

  it('race 9: ten copies of the notification at once → paid once, one ledger row, sold once', async () => {
    const it = await placed();
    await world.sandbox.fault({ op: 'notify', fault: 'duplicate', copies: 10, match: { merchantNo: it.merchantNo } });
    await world.sandbox.pay(it.merchantNo);
    await expectEnd(it, 'paid', ['created', 'paid']);
    expect(await world.prisma.webhookInbox.count({ where: { orderId: it.order.id } })).toBe(1);
    expect(await world.prisma.outbox.count({ where: { orderId: it.order.id, type: 'OrderPaid' } })).toBe(1);
  });

  it('race 9, delayed past the close that found the payment → paid once, sold once', async () => {
    const it = await placed(WINDOW_SECONDS);
    const match = { merchantNo: it.merchantNo };
    const letGo = await world.sandbox.fault({ op: 'notify', fault: 'delayed', ms: 600_000, match });
    await world.sandbox.pay(it.merchantNo);
    await expectEnd(it, 'paid', ['created', 'paid']);
    await letGo();
    await until('the late notification is told or put aside', () =>
      world.prisma.webhookInbox.findFirst({ where: { orderId: it.order.id, state: 'delivered' } }),
    );
    await expectEnd(it, 'paid', ['created', 'paid']);
  });

  it.each(['bad_signature', 'tampered_cipher', 'missing_signature', 'unknown_serial'])(
    'race 10: a notification with %s changes nothing; the true one, later, does',
    async (fault) => {
      const it = await placed();
      const match = { merchantNo: it.merchantNo };
      const disarm = await world.sandbox.fault({ op: 'notify', fault, times: 1000, match });
      const linesBefore = world.logged.length;
      await world.sandbox.pay(it.merchantNo);
      await until('the forged notification is refused', () =>
        world.logged.slice(linesBefore).some((line) => line.includes('notification refused')),
      );
      expect((await world.api.order(it.order.id)).status).toBe('awaiting_payment');
      await stillHeld(it.skuId);
      await disarm();
      await expectEnd(it, 'paid', ['created', 'paid']);
    },
  );

  it.each(['bad_signature', 'missing_signature', 'unknown_serial'])(
    'race 10: a "closed" answer with %s releases nothing until one verifies',
    async (fault) => {
      const it = await placed();
      const match = { merchantNo: it.merchantNo };
      const disarm = [
        await world.sandbox.fault({ op: 'close', fault, times: 1000, match }),
        await world.sandbox.fault({ op: 'query', fault, times: 1000, match }),
      ];
      expect(await world.api.cancel(it.order.id)).toMatchObject({ status: 202, body: { status: 'closing' } });
      await stillHeld(it.skuId);
      await Promise.all(disarm.map((each) => each()));
      expect(await world.api.cancel(it.order.id)).toMatchObject({ status: 200, body: { status: 'cancelled' } });
      await expectEnd(it, 'cancelled', ['created', 'closed']);
    },
  );

  it('race 15: cancels while paying, the payment succeeds → never cancelled with the money kept', async () => {
    const it = await placed();
    const match = { merchantNo: it.merchantNo };
    const disarm = await world.sandbox.fault({ op: 'close', fault: 'user_paying', times: 1000, match });
    expect(await world.api.cancel(it.order.id)).toMatchObject({ status: 202, body: { status: 'closing' } });
    await stillHeld(it.skuId);
    expect(await world.sandbox.pay(it.merchantNo)).toMatchObject({ accepted: true });
    await disarm();
    await expectEnd(it, 'paid', ['created', 'paid']);
    expect(await world.api.cancel(it.order.id)).toMatchObject({ status: 409, body: { code: 'already_paid' } });
  });

  it('race 15: cancels while paying, the payment fails → cancelled, returned', async () => {
    const it = await placed();
    const match = { merchantNo: it.merchantNo };
    const disarm = await world.sandbox.fault({ op: 'close', fault: 'user_paying', times: 1000, match });
    expect((await world.api.cancel(it.order.id)).status).toBe(202);
    await disarm();
    // Asked again, the order asks the gateway at once instead of at the end of its back-off.
    expect((await world.api.cancel(it.order.id)).status).toBe(200);
    await expectEnd(it, 'cancelled', ['created', 'closed']);
    expect(await world.sandbox.pay(it.merchantNo)).toMatchObject({ accepted: false });
    expect(await world.api.cancel(it.order.id)).toMatchObject({ status: 200, body: { status: 'cancelled' } });
  });
});
