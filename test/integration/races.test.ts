import { expectInvariants } from '../support/invariants';
import { holdLock } from '../support/lock';
import {
  ALWAYS,
  CANCELLED,
  expectEnd,
  expectStillHeld,
  PAID,
  placed,
  PROVIDERS,
  untilFact,
  untilHit,
  WINDOW_SECONDS,
} from '../support/races';
import { until } from '../support/until';
import { openWorld, type World } from '../support/world';

const WITHIN = { paymentWindowSeconds: WINDOW_SECONDS };
/** Longer than any of this takes: what is held so long is let go by the test. */
const HELD_MS = 600_000;

describe('races between the money and the clock (numbers as in docs/races.md)', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld('races');
  });
  afterAll(() => world.close());
  afterEach(() => expectInvariants(world));

  it.each(PROVIDERS)('race 1 (%s): pays, is notified → paid, sold', async (gateway) => {
    const order = await placed(world, gateway);
    expect(await world.sandbox.pay(order.merchantNo)).toMatchObject({ accepted: true });
    await expectEnd(world, order, PAID);
  });

  it.each(PROVIDERS)('race 2 (%s): does not pay, the close is acknowledged → cancelled, returned', async (gateway) => {
    const order = await placed(world, gateway, WITHIN);
    const { closeReason } = await expectEnd(world, order, CANCELLED);
    expect(closeReason).toBe('payment_window_over');
  });

  it.each(PROVIDERS)('race 3 (%s): pays just before the close → paid, sold', async (gateway) => {
    const order = await placed(world, gateway, WITHIN);
    const match = { merchantNo: order.merchantNo };
    // Lost, so that the refused close is all that tells of the money.
    await world.sandbox.fault({ op: 'notify', fault: 'lost', match });
    await world.sandbox.fault({ op: 'close', fault: 'pay_before_close', match });
    await expectEnd(world, order, PAID);
  });

  it.each(PROVIDERS)('race 4 (%s): closed first, the payment is refused → cancelled, returned', async (gateway) => {
    const order = await placed(world, gateway);
    const unlock = await holdLock(world.config.databaseUrl, order.skuId);
    const cancelling = world.api.cancel(order.id);
    // The window held open: closed at the gateway, the stock not returned yet.
    await until('the gateway has closed', async () => (await world.sandbox.story(order.merchantNo)).includes('closed'));
    expect(await world.sandbox.pay(order.merchantNo)).toEqual({ accepted: false, reason: 'closed' });
    await expectStillHeld(world, order);
    await unlock();
    expect((await cancelling).status).toBe(200);
    await expectEnd(world, order, CANCELLED);
  });

  it.each(PROVIDERS)(
    'race 5 (%s): the close times out after it took effect, the retry says closed → cancelled, returned once',
    async (gateway) => {
      const order = await placed(world, gateway);
      const match = { merchantNo: order.merchantNo };
      await world.sandbox.fault({ op: 'close', fault: 'timeout_after_effect', match });
      // Without an answer to the query either, only another close can tell.
      await world.sandbox.fault({ op: 'query', fault: 'error_500_before', match });
      expect(await world.api.cancel(order.id)).toMatchObject({ status: 202, body: { status: 'closing' } });
      await expectEnd(world, order, CANCELLED);
    },
  );

  it.each(PROVIDERS)('race 6 (%s): the close times out, in truth it was paid → paid, sold', async (gateway) => {
    const order = await placed(world, gateway);
    const match = { merchantNo: order.merchantNo };
    await world.sandbox.fault({ op: 'notify', fault: 'lost', match });
    expect(await world.sandbox.pay(order.merchantNo)).toMatchObject({ accepted: true });
    await world.sandbox.fault({ op: 'close', fault: 'timeout_after_effect', match });
    // Without an answer to the query either, the order has to hold on and ask again.
    await world.sandbox.fault({ op: 'query', fault: 'drop_before_effect', match });
    expect(await world.api.cancel(order.id)).toMatchObject({ status: 202, body: { status: 'closing' } });
    await expectStillHeld(world, order);
    await expectEnd(world, order, PAID);
  });

  it.each(PROVIDERS)(
    'race 7 (%s): still paying when the window is over, then succeeds → paid, sold',
    async (gateway) => {
      const { order, disarm } = await stillPaying(gateway);
      expect(await world.sandbox.pay(order.merchantNo)).toMatchObject({ accepted: true });
      await expectEnd(world, order, PAID);
      await disarm();
    },
  );

  it.each(PROVIDERS)(
    'race 7 (%s): still paying when the window is over, then fails → cancelled, returned',
    async (gateway) => {
      const { order, disarm } = await stillPaying(gateway);
      await disarm();
      // Asked again, the order asks the gateway at once instead of at the end of its back-off.
      expect((await world.api.cancel(order.id)).status).toBe(200);
      const { closeReason } = await expectEnd(world, order, CANCELLED);
      expect(closeReason).toBe('payment_window_over');
      expect(await world.sandbox.pay(order.merchantNo)).toMatchObject({ accepted: false });
    },
  );

  /** An order past its window whose buyer is at the password: neither paid nor to be closed, until disarmed. */
  async function stillPaying(gateway: (typeof PROVIDERS)[number]) {
    const order = await placed(world, gateway, WITHIN);
    const match = { merchantNo: order.merchantNo };
    const paying = { fault: 'user_paying', times: ALWAYS, match };
    const disarms = [
      await world.sandbox.fault({ op: 'close', ...paying }),
      await world.sandbox.fault({ op: 'query', ...paying }),
    ];
    // Alipay can't tell a buyer at the password from one who has only scanned.
    await untilFact(world, order, gateway === 'alipay' ? 'close: unknown' : 'close: paying');
    await expectStillHeld(world, order);
    expect((await world.api.order(order.id)).status).toBe('closing');
    return { order, disarm: () => Promise.all(disarms.map((disarm) => disarm())) };
  }

  it.each(PROVIDERS)(
    'race 8 (%s): paid, the notification is lost, found by the query at the timeout → paid, sold',
    async (gateway) => {
      const order = await placed(world, gateway, WITHIN);
      const match = { merchantNo: order.merchantNo };
      await world.sandbox.fault({ op: 'notify', fault: 'lost', match });
      // Stale at first: "not paid" releases nothing.
      await world.sandbox.fault({ op: 'query', fault: 'stale_query', match });
      expect(await world.sandbox.pay(order.merchantNo)).toMatchObject({ accepted: true });
      await expectEnd(world, order, PAID);
    },
  );

  it.each(PROVIDERS)(
    'race 9 (%s): ten copies of the notification at once → paid once, one ledger row, sold once',
    async (gateway) => {
      const order = await placed(world, gateway);
      const match = { merchantNo: order.merchantNo };
      await world.sandbox.fault({ op: 'notify', fault: 'duplicate', copies: 10, match });
      await world.sandbox.pay(order.merchantNo);
      await expectEnd(world, order, PAID);
      expect(await world.prisma.webhookInbox.count({ where: { orderId: order.id } })).toBe(1);
    },
  );

  it.each(PROVIDERS)(
    'race 9 (%s): the notification comes after the close that found the payment → paid once, sold once',
    async (gateway) => {
      const order = await placed(world, gateway, WITHIN);
      const match = { merchantNo: order.merchantNo };
      const letGo = await world.sandbox.fault({ op: 'notify', fault: 'delayed', ms: HELD_MS, match });
      await world.sandbox.pay(order.merchantNo);
      await expectEnd(world, order, PAID);
      await letGo();
      await until('the late notification is told or put aside', () =>
        world.prisma.webhookInbox.findFirst({ where: { orderId: order.id, state: 'delivered' } }),
      );
      await expectEnd(world, order, PAID);
    },
  );

  it.each(PROVIDERS)(
    'race 9 (%s): the notification is overtaken by a later one → each order paid once, sold once',
    async (gateway) => {
      const [first, second] = [await placed(world, gateway), await placed(world, gateway)];
      const match = { merchantNo: first.merchantNo };
      await world.sandbox.fault({ op: 'notify', fault: 'reordered', ms: HELD_MS, match });
      await world.sandbox.pay(first.merchantNo);
      await untilHit(world, first);
      await expectStillHeld(world, first);
      await world.sandbox.pay(second.merchantNo);
      await expectEnd(world, second, PAID);
      await expectEnd(world, first, PAID);
    },
  );
});
