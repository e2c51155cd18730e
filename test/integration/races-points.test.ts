import { expectBooksBalance } from '../support/invariants';
import { holdAccount } from '../support/lock';
import {
  AMOUNT,
  askRefund,
  expectStillHeld,
  LONG_WINDOW_SECONDS,
  place,
  placed,
  type RacingOrder,
  refundsOf,
  switchedToPoints,
  untilFact,
  WINDOW_SECONDS,
} from '../support/races';
import { until } from '../support/until';
import { openWorld, type World } from '../support/world';

/**
 * Points are a gateway without a provider: nobody notifies, and spending is paying. The races that are left are those of an
 * account that doesn't answer in time, held here by its lock, and their oracle is the points' own ledger.
 */
describe('races at the points (numbers as in docs/races.md)', () => {
  let world: World;
  let buyers = 0;
  beforeAll(async () => {
    world = await openWorld('races-points', { timing: { paymentWaitMs: 500 } });
  });
  afterAll(() => world.close());
  afterEach(() => expectBooksBalance(world));

  async function buyerWith(points: number): Promise<string> {
    const buyerId = `buyer_racing_${(buyers += 1)}`;
    const answer = await world.api.call('POST', `/v1/buyers/${buyerId}/points`, { delta: points, reason: 'gift' });
    expect(answer.status).toBe(200);
    return buyerId;
  }

  interface PointsEnd {
    readonly order: string;
    readonly stock: readonly [available: number, reserved: number, sold: number];
    readonly balance: number;
    /** The payment's rows of the points' ledger, first to last. */
    readonly moves: readonly string[];
  }

  async function expectPointsEnd({ id, skuId, merchantNo }: RacingOrder, buyerId: string, end: PointsEnd) {
    await until(`${id} is ${end.order}`, async () => (await world.api.order(id)).status === end.order);
    const { available, reserved, sold } = await world.api.stock(skuId);
    const account = await world.prisma.pointsAccount.findUniqueOrThrow({ where: { buyerId } });
    const rows = await world.prisma.pointsEntry.findMany({ where: { merchantNo }, orderBy: { id: 'asc' } });
    expect({
      order: end.order,
      stock: [available, reserved, sold],
      balance: Number(account.balance),
      moves: rows.map(({ kind }) => kind),
    }).toEqual(end);
  }

  /** Placed and its points held, but with nobody to start it before the starter finds its intent. */
  async function heldOnly(buyerId: string, paymentWindowSeconds = LONG_WINDOW_SECONDS): Promise<RacingOrder> {
    const skuId = await world.api.addSku(10, AMOUNT / 3);
    const draft = { buyerId, lines: [{ skuId, quantity: 3 }], payWith: 'points', paymentWindowSeconds } as const;
    const id = world.stores.newId('order');
    const placing = await world.stores.orders.place({ orderId: id, draft, startIntent: true });
    if (placing.t !== 'placed') throw new Error(`the order was not placed: ${placing.t}`);
    return { id, skuId, gateway: 'points', merchantNo: placing.order.payment?.merchantNo ?? '' };
  }

  const HELD_AND_SPENT = ['hold', 'release', 'spend'] as const;
  const SOLD = { order: 'paid', stock: [7, 0, 3], moves: HELD_AND_SPENT } as const;
  const HELD_AND_CLOSED = ['hold', 'release', 'close'] as const;
  const RETURNED = { order: 'cancelled', stock: [10, 0, 0], moves: ['close'] } as const;

  it('race 1 (points): enough points → paid at once, sold', async () => {
    const buyerId = await buyerWith(AMOUNT + 1);
    await expectPointsEnd(await place(world, 'points', { buyerId }), buyerId, { ...SOLD, balance: 1 });
  });

  it('race 2 (points): held, not spent before the window is over → cancelled, returned', async () => {
    const buyerId = await buyerWith(AMOUNT);
    const order = await heldOnly(buyerId, WINDOW_SECONDS);
    await expectPointsEnd(order, buyerId, { ...RETURNED, moves: HELD_AND_CLOSED, balance: AMOUNT });
  });

  it('race 4 (points): closed first, the spending is refused → cancelled, returned', async () => {
    const buyerId = await buyerWith(1);
    const order = await switchedToPoints(world, buyerId);
    expect((await world.api.cancel(order.id)).status).toBe(200);
    await world.api.call('POST', `/v1/buyers/${buyerId}/points`, { delta: AMOUNT, reason: 'too late' });
    expect(await world.stores.points.spend(order.merchantNo, { minor: AMOUNT, currency: 'CNY' })).toEqual({
      t: 'closed',
    });
    await expectPointsEnd(order, buyerId, { ...RETURNED, balance: AMOUNT + 1 });
  });

  it('race 5 (points): the close times out and takes effect later, the retry says closed → cancelled, returned once', async () => {
    const buyerId = await buyerWith(1);
    const order = await switchedToPoints(world, buyerId);
    await untilFact(world, order, 'create: rejected');
    const letGo = await holdAccount(world.config.databaseUrl, buyerId);
    expect(await world.api.cancel(order.id)).toMatchObject({ status: 202, body: { status: 'closing' } });
    await expectStillHeld(world, order);
    await letGo();
    await expectPointsEnd(order, buyerId, { ...RETURNED, balance: 1 });
  });

  it('race 10 (points): a notification in their name is refused and changes nothing', async () => {
    const buyerId = await buyerWith(1);
    const order = await switchedToPoints(world, buyerId);
    await untilFact(world, order, 'create: rejected');
    const body = JSON.stringify({ merchantNo: order.merchantNo, paid: true });
    expect((await fetch(`${world.api.url}/v1/webhooks/points`, { method: 'POST', body })).status).toBe(401);
    await expectPointsEnd(order, buyerId, { order: 'awaiting_payment', stock: [7, 3, 0], balance: 1, moves: [] });
  });

  it('race 13 (points): the spending is unknown and lands while closing → paid or cancelled, never both', async () => {
    const buyerId = await buyerWith(AMOUNT);
    const order = await heldOnly(buyerId);
    const letGo = await holdAccount(world.config.databaseUrl, buyerId);
    await untilFact(world, order, 'create: unknown');
    // Neither the spending nor the close is answered: the stock is held.
    expect(await world.api.cancel(order.id)).toMatchObject({ status: 202, body: { status: 'closing' } });
    await expectStillHeld(world, order);
    await letGo();
    const { status } = await until('one of them has won', async () => {
      const found = await world.api.order(order.id);
      return ['paid', 'cancelled'].includes(found.status) && found;
    });
    await expectPointsEnd(
      order,
      buyerId,
      status === 'paid' ? { ...SOLD, balance: 0 } : { ...RETURNED, moves: HELD_AND_CLOSED, balance: AMOUNT },
    );
  });

  it('race 15 (points): cancels as the points have been spent → paid, never cancelled', async () => {
    const buyerId = await buyerWith(AMOUNT);
    const order = await place(world, 'points', { buyerId });
    await until('the points are spent', () =>
      world.prisma.pointsEntry.findFirst({ where: { merchantNo: order.merchantNo, kind: 'spend' } }),
    );
    expect(await world.api.cancel(order.id)).toMatchObject({ status: 409, body: { code: 'already_paid' } });
    await expectPointsEnd(order, buyerId, { ...SOLD, balance: 0 });
  });

  it('race 16 (points): paid with points after a switch, and at the earlier gateway, too → points kept, the other refunded', async () => {
    const buyerId = await buyerWith(AMOUNT);
    const first = await placed(world, 'wechat', { buyerId });
    const match = { merchantNo: first.merchantNo };
    await world.sandbox.fault({ op: 'close', fault: 'broken_close', match });
    const path = `/v1/orders/${first.id}/payments`;
    const { status, body } = await world.api.call<{ merchantNo: string }>('POST', path, { gateway: 'points' });
    expect(status).toBe(201);
    await expectPointsEnd({ ...first, merchantNo: body.merchantNo }, buyerId, {
      ...SOLD,
      moves: ['spend'],
      balance: 0,
    });
    expect(await world.sandbox.pay(first.merchantNo)).toMatchObject({ accepted: true });
    await until('the other one is back', async () => (await refundsOf(world, first.merchantNo)).length > 0);
    expect(await refundsOf(world, first.merchantNo)).toEqual([AMOUNT]);
    await expectPointsEnd({ ...first, merchantNo: body.merchantNo }, buyerId, {
      ...SOLD,
      moves: ['spend'],
      balance: 0,
    });
  });

  it('race 17 (points): the refund is unknown, asked again under the same number → exactly one', async () => {
    const buyerId = await buyerWith(AMOUNT);
    const order = await place(world, 'points', { buyerId });
    await expectPointsEnd(order, buyerId, { ...SOLD, balance: 0 });
    const letGo = await holdAccount(world.config.databaseUrl, buyerId);
    await askRefund(world, order);
    // Asked, and not answered within the limit.
    await untilFact(world, order, 'refund: processing');
    await letGo();
    await expectPointsEnd(order, buyerId, {
      ...SOLD,
      order: 'refunded',
      balance: AMOUNT,
      moves: [...HELD_AND_SPENT, 'refund'],
    });
  });
});
