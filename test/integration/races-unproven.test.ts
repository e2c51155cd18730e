import { expectBooksBalance } from '../support/invariants';
import {
  ALWAYS,
  AMOUNT,
  CANCELLED,
  expectEnd,
  expectStillHeld,
  LONG_WINDOW_SECONDS,
  PAID,
  place,
  placed,
  type Provider,
  PROVIDERS,
  type RacingOrder,
  SIGNING,
  untilAlert,
  untilFact,
} from '../support/races';
import { until } from '../support/until';
import { openWorld, type World } from '../support/world';

/** Longer than any of this takes: what is held so long is let go by the test. */
const HELD_MS = 600_000;
const FORGED_NOTIFICATIONS = ['bad_signature', 'tampered_cipher', 'missing_signature', 'unknown_serial'];
const FORGED_ANSWERS = ['bad_signature', 'missing_signature', 'unknown_serial'];

describe('races in which nothing is proved for a while (numbers as in docs/races.md)', () => {
  let world: World;
  beforeAll(async () => {
    // A first answer that has no credential to wait for costs half a second.
    world = await openWorld('unproven', { timing: { paymentWaitMs: 500 } });
  });
  afterAll(() => world.close());
  afterEach(() => expectBooksBalance(world));

  /** Arms a fault on close and query for as long as it isn't disarmed. */
  async function unanswering({ merchantNo }: RacingOrder, fault: string): Promise<() => Promise<unknown>> {
    const always = { fault, times: ALWAYS, match: { merchantNo } };
    const disarms = [
      await world.sandbox.fault({ op: 'close', ...always }),
      await world.sandbox.fault({ op: 'query', ...always }),
    ];
    return () => Promise.all(disarms.map((disarm) => disarm()));
  }

  /** Asked to cancel, the order can only say `closing`, and its units stay. */
  async function expectHeldOnCancel(order: RacingOrder): Promise<void> {
    expect(await world.api.cancel(order.id)).toMatchObject({ status: 202, body: { status: 'closing' } });
    await expectStillHeld(world, order);
  }

  it.each(PROVIDERS)(
    'race 10 (%s): notifications forged in any way change nothing; the true ones, later, do',
    async (gateway) => {
      const orders: RacingOrder[] = [];
      const disarms: (() => Promise<void>)[] = [];
      for (const fault of FORGED_NOTIFICATIONS) {
        const order = await placed(world, gateway);
        const linesBefore = world.logged.length;
        const match = { merchantNo: order.merchantNo };
        disarms.push(await world.sandbox.fault({ op: 'notify', fault, times: ALWAYS, match }));
        await world.sandbox.pay(order.merchantNo);
        await until(`the notification with ${fault} is refused`, () =>
          world.logged.slice(linesBefore).some((line) => line.includes('notification refused')),
        );
        await expectStillHeld(world, order);
        orders.push(order);
      }
      const stored = { where: { orderId: { in: orders.map(({ id }) => id) } } };
      expect(await world.prisma.webhookInbox.count(stored)).toBe(0);
      await Promise.all(disarms.map((disarm) => disarm()));
      await Promise.all(orders.map((order) => expectEnd(world, order, PAID)));
    },
  );

  it.each(SIGNING)('race 10 (%s): a forged "closed" releases nothing until one verifies', async (gateway) => {
    for (const fault of FORGED_ANSWERS) {
      const order = await placed(world, gateway);
      const disarm = await unanswering(order, fault);
      await expectHeldOnCancel(order);
      await disarm();
      expect(await world.api.cancel(order.id)).toMatchObject({ status: 200, body: { status: 'cancelled' } });
      await expectEnd(world, order, CANCELLED);
    }
  });

  it('race 11 (alipay): never scanned, absent → held; scanned and paid before the code expires → paid, sold', async () => {
    const order = await place(world, 'alipay');
    await untilFact(world, order, 'create: created');
    await expectHeldOnCancel(order);
    await world.sandbox.scan(order.merchantNo);
    expect(await world.sandbox.pay(order.merchantNo)).toMatchObject({ accepted: true });
    await expectEnd(world, order, PAID);
  });

  it('race 11 (alipay): never scanned, absent → cancelled only after the code has expired', async () => {
    const order = await place(world, 'alipay');
    await untilFact(world, order, 'create: created');
    await expectHeldOnCancel(order);
    await afterExpiry(order);
    expect((await world.api.cancel(order.id)).status).toBe(200);
    // Never opened, so never closed: what ends it is its expiry, which the provider keeps to.
    await expectEnd(world, order, { ...CANCELLED, gateway: ['created'] });
    await world.sandbox.clock((LONG_WINDOW_SECONDS + 60) * 1_000);
    expect(await world.sandbox.pay(order.merchantNo)).toEqual({ accepted: false, reason: 'expired' });
    await world.sandbox.clock(0);
  });

  /** As if the code's time and the margin for clocks were over. The provider's clock is another matter. */
  async function afterExpiry({ merchantNo }: RacingOrder): Promise<void> {
    await world.prisma.payment.updateMany({
      where: { merchantNo },
      data: { expiresAt: new Date(Date.now() - LONG_WINDOW_SECONDS * 1_000) },
    });
  }

  it.each(PROVIDERS)(
    'race 13 (%s): the create is unknown and lands while closing → closed at the gateway, then cancelled',
    async (gateway) => {
      const { order, letLand } = await createUnderWay(gateway);
      await expectHeldOnCancel(order);
      expect(await world.sandbox.story(order.merchantNo)).toEqual([]);
      await letLand();
      expect((await world.api.cancel(order.id)).status).toBe(200);
      await expectEnd(world, order, CANCELLED);
      expect(await world.sandbox.pay(order.merchantNo)).toMatchObject({ accepted: false });
    },
  );

  it.each(PROVIDERS)(
    'race 13 (%s): the create is unknown, lands while closing and is paid → paid, sold',
    async (gateway) => {
      const { order, letLand } = await createUnderWay(gateway);
      await expectHeldOnCancel(order);
      await letLand();
      expect(await world.sandbox.pay(order.merchantNo)).toMatchObject({ accepted: true });
      await expectEnd(world, order, PAID);
    },
  );

  it.each(PROVIDERS)(
    'race 13 (%s): the create is unknown and lands behind the cancellation → payable for nobody, or refunded in full',
    async (gateway) => {
      const { order, letLand } = await createUnderWay(gateway);
      await expectHeldOnCancel(order);
      await afterExpiry(order);
      expect((await world.api.cancel(order.id)).status).toBe(200);
      await expectEnd(world, order, { ...CANCELLED, gateway: [] });
      await letLand();
      // Only a provider whose clock is wrong by more than the margin still takes the money: then it goes back.
      expect(await world.sandbox.pay(order.merchantNo)).toMatchObject({ accepted: true });
      await until('the money is back', async () => (await world.sandbox.story(order.merchantNo)).includes('refunded'));
      await expectEnd(world, order, { ...CANCELLED, gateway: ['created', 'paid', 'refunded'], refunds: [AMOUNT] });
    },
  );

  /** An order whose create was never answered and has not landed yet; every repetition is on its way, too. */
  async function createUnderWay(gateway: Provider) {
    const late = { op: 'create', fault: 'delayed_effect', times: ALWAYS, ms: HELD_MS, match: { gateway } } as const;
    const letGo = await world.sandbox.fault(late);
    const order = await place(world, gateway);
    await untilFact(world, order, 'create: unknown');
    const letLand = async (): Promise<void> => {
      await letGo();
      await until('the create lands', async () => (await world.sandbox.story(order.merchantNo)).includes('created'));
      if (gateway === 'alipay') await world.sandbox.scan(order.merchantNo);
    };
    return { order, letLand };
  }

  it.each(PROVIDERS)(
    'race 14 (%s): the gateway is down → closing, held, a person is told; converges when it is back',
    async (gateway) => {
      const order = await placed(world, gateway);
      const disarm = await unanswering(order, 'error_500_before');
      await expectHeldOnCancel(order);
      await untilAlert(world, 'closing_takes_long', order.id);
      await expectStillHeld(world, order);
      await disarm();
      await expectEnd(world, order, CANCELLED);
    },
  );

  it.each(PROVIDERS)('race 15 (%s): cancels as the payment takes effect → paid, never cancelled', async (gateway) => {
    const order = await placed(world, gateway);
    const match = { merchantNo: order.merchantNo };
    await world.sandbox.fault({ op: 'close', fault: 'pay_before_close', match });
    expect(await world.api.cancel(order.id)).toMatchObject({ status: 409, body: { code: 'already_paid' } });
    await expectEnd(world, order, PAID);
  });

  it.each(PROVIDERS)('race 15 (%s): cancels while paying, the payment succeeds → paid, sold', async (gateway) => {
    const order = await placed(world, gateway);
    const disarm = await unanswering(order, 'user_paying');
    await expectHeldOnCancel(order);
    expect(await world.sandbox.pay(order.merchantNo)).toMatchObject({ accepted: true });
    await expectEnd(world, order, PAID);
    await disarm();
    expect(await world.api.cancel(order.id)).toMatchObject({ status: 409, body: { code: 'already_paid' } });
  });

  it.each(PROVIDERS)('race 15 (%s): cancels while paying, the payment fails → cancelled, returned', async (gateway) => {
    const order = await placed(world, gateway);
    const disarm = await unanswering(order, 'user_paying');
    await expectHeldOnCancel(order);
    await disarm();
    expect((await world.api.cancel(order.id)).status).toBe(200);
    await expectEnd(world, order, CANCELLED);
    expect(await world.sandbox.pay(order.merchantNo)).toMatchObject({ accepted: false });
    expect(await world.api.cancel(order.id)).toMatchObject({ status: 200, body: { status: 'cancelled' } });
  });

  it.each(PROVIDERS)('race 20 (%s): a wrong amount is paid → not paid, held, a person is told', async (gateway) => {
    const order = await placed(world, gateway);
    await world.sandbox.pay(order.merchantNo, 1);
    await untilAlert(world, 'payment_wrong_amount', order.merchantNo);
    await expectHeldOnCancel(order);
    await untilAlert(world, 'close_rejected', order.id);
    await expectEnd(world, order, {
      order: 'closing',
      payment: 'pending',
      stock: 'held',
      gateway: ['created', 'paid'],
    });
  });
});
