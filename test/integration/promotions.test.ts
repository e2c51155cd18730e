import { type Promotion, type PromotionUse } from '../../src/domain/promotion';
import { expectInvariants, untilStatus } from '../support/invariants';
import { holdLock } from '../support/lock';
import { expectSellingBooksBalance } from '../support/selling-books';
import { until } from '../support/until';
import { openWorld, type World } from '../support/world';

type PromotionJson = Promotion & { readonly use: PromotionUse };

const LONG_WINDOW_SECONDS = 600;
const WINDOW_SECONDS = 2;
const PRICE = 1999;

describe('promotions on real orders', () => {
  let world: World;
  let promotions = 0;
  beforeAll(async () => {
    world = await openWorld('promotions');
  });
  afterAll(() => world.close());
  afterEach(async () => {
    await expectInvariants(world);
    await expectSellingBooksBalance(world);
  });

  /** A promotion of 20 % that runs for an hour yet, on one fresh SKU. */
  async function promoted(change: Partial<Omit<Promotion, 'id'>> = {}, stock = 500) {
    const skuId = await world.api.addSku(stock, PRICE);
    const id = `promo_${(promotions += 1)}`;
    const now = Date.now();
    const { status } = await world.api.call('POST', '/v1/promotions', {
      id,
      name: 'June',
      startsAt: new Date(now - 1_000).toISOString(),
      endsAt: new Date(now + 3_600_000).toISOString(),
      discountBasisPoints: 2000,
      skuIds: [skuId],
      ...change,
    });
    expect(status).toBe(201);
    return { id, skuId };
  }

  /** A session of this test's database waits for another's lock. */
  const somebodyWaits = async (): Promise<boolean> =>
    (
      await world.prisma.$queryRaw<unknown[]>`
        SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
    ).length > 0;

  const use = async (id: string): Promise<PromotionUse> =>
    (await world.api.call<PromotionJson>('GET', `/v1/promotions/${id}`)).body.use;

  interface PromotedOrder {
    readonly id: string;
    readonly skuId: string;
    readonly buyerId: string;
    readonly quantity?: number;
    readonly windowSeconds?: number;
    readonly change?: object;
  }

  function place({ id, skuId, buyerId, quantity = 1, windowSeconds = LONG_WINDOW_SECONDS, change }: PromotedOrder) {
    return world.api.place({
      buyerId,
      lines: [{ skuId, quantity }],
      promotionId: id,
      paymentWindowSeconds: windowSeconds,
      ...change,
    });
  }

  it('priced with the discount, rounded once per line; held when placed, used when paid', async () => {
    const it = await promoted({ perBuyerLimit: 1, totalQuota: 5 });
    const { body } = await place({ ...it, buyerId: 'ann', quantity: 3 });
    expect(body).toMatchObject({
      promotionId: it.id,
      amount: { minor: 4798, currency: 'CNY' }, // 5997 less 20 % is 4797.6
      lines: [{ unitPrice: { minor: PRICE }, discountBasisPoints: 2000, amount: { minor: 4798 } }],
    });
    expect(await use(it.id)).toEqual({ held: 1, used: 0 });
    expect(await world.sandbox.pay(body.payment?.merchantNo ?? '')).toMatchObject({ accepted: true });
    await untilStatus(world, body.id, 'paid');
    expect(await use(it.id)).toEqual({ held: 0, used: 1 });
    // Used is used: the buyer has had it.
    expect((await place({ ...it, buyerId: 'ann' })).body.code).toBe('promotion_limit_reached');
    const story = (await world.api.timeline(body.id)).filter(({ kind }) => kind === 'promotion');
    expect(story.map(({ what }) => what)).toEqual(['hold', 'confirm']);
  });

  it('100 parallel orders of one buyer with a limit of one → one holds it, the others hold nothing', async () => {
    const it = await promoted({ perBuyerLimit: 1 });
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => place({ ...it, buyerId: 'ann', change: { payWith: null } })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.code === 'promotion_limit_reached')).toHaveLength(99);
    expect(await use(it.id)).toEqual({ held: 1, used: 0 });
    expect(await world.api.stock(it.skuId)).toMatchObject({ available: 499, reserved: 1 });
  });

  it('100 buyers for a quota of 7, cancelled and placed again meanwhile → never more than 7 at once', async () => {
    const it = await promoted({ totalQuota: 7 });
    const buyers = Array.from({ length: 100 }, (_, index) => `buyer_${index}`);
    const round = () => Promise.all(buyers.map((buyerId) => place({ ...it, buyerId, change: { payWith: null } })));
    const first = await round();
    const held = first.filter(({ status }) => status === 201).map(({ body }) => body.id);
    expect(held).toHaveLength(7);
    expect(first.filter(({ body }) => body.code === 'promotion_quota_reached')).toHaveLength(93);
    const [, second] = await Promise.all([Promise.all(held.map((id) => world.api.cancel(id))), round()]);
    for (const id of held) await untilStatus(world, id, 'cancelled');
    expect(second.filter(({ status }) => status === 201).length).toBeLessThanOrEqual(7);
    const now = await use(it.id);
    expect(now).toEqual({ held: second.filter(({ status }) => status === 201).length, used: 0 });
    expect(await world.api.stock(it.skuId)).toMatchObject({ reserved: now.held });
  });

  it('window of payment over → limit, quota and stock are back, once, and the buyer can have it again', async () => {
    const it = await promoted({ perBuyerLimit: 1, totalQuota: 1 });
    const { body } = await place({ ...it, buyerId: 'ann', windowSeconds: WINDOW_SECONDS });
    await untilStatus(world, body.id, 'cancelled');
    expect(await use(it.id)).toEqual({ held: 0, used: 0 });
    expect(await world.api.stock(it.skuId)).toMatchObject({ available: 500, reserved: 0 });
    expect((await place({ ...it, buyerId: 'ann' })).status).toBe(201);
  });

  it('counting units: what the discount is on counts, up to the last one', async () => {
    const it = await promoted({ perBuyerLimit: 3, counts: 'units' });
    expect((await place({ ...it, buyerId: 'ann', quantity: 2 })).status).toBe(201);
    expect((await place({ ...it, buyerId: 'ann', quantity: 2 })).body.code).toBe('promotion_limit_reached');
    expect((await place({ ...it, buyerId: 'ann', quantity: 1 })).status).toBe(201);
    expect(await use(it.id)).toEqual({ held: 3, used: 0 });
  });

  it('a promotion that ends between the price shown and the hold is refused, and nothing is held', async () => {
    const it = await promoted();
    // The order waits for its turn at the SKU's counters; when it gets it, the promotion is over.
    const release = await holdLock(world.config.databaseUrl, it.skuId);
    const waiting = place({ ...it, buyerId: 'ann' });
    await until('the placing waits', somebodyWaits);
    const endsAt = new Date().toISOString();
    await world.prisma.promotion.update({ where: { id: it.id }, data: { endsAt } });
    await release();
    expect((await waiting).body).toMatchObject({ code: 'promotion_not_running', errors: [{ path: 'promotionId' }] });
    expect(await world.api.stock(it.skuId)).toMatchObject({ available: 500, reserved: 0 });
  });

  it('not begun, over, another store, another SKU, or none at all → each says which', async () => {
    const past = new Date(Date.now() - 2_000).toISOString();
    const over = await promoted({ startsAt: new Date(Date.now() - 9_000).toISOString(), endsAt: past });
    const soon = await promoted({ startsAt: new Date(Date.now() + 60_000).toISOString() });
    const there = await promoted({ storeIds: ['store_1'] });
    const code = async (order: PromotedOrder) => (await place(order)).body.code ?? 'placed';
    expect(await code({ ...over, buyerId: 'ann' })).toBe('promotion_not_running');
    expect(await code({ ...soon, buyerId: 'ann' })).toBe('promotion_not_running');
    expect(await code({ ...there, buyerId: 'ann' })).toBe('promotion_not_applicable');
    expect(await code({ ...there, buyerId: 'ann', change: { storeId: 'store_2' } })).toBe('promotion_not_applicable');
    expect(await code({ ...there, buyerId: 'ann', change: { storeId: 'store_1' } })).toBe('placed');
    expect(await code({ id: there.id, skuId: over.skuId, buyerId: 'ann' })).toBe('promotion_not_applicable');
    expect(await code({ id: 'promo_none', skuId: over.skuId, buyerId: 'ann' })).toBe('promotion_not_found');
  });

  it('a change counts for those behind it; what was placed keeps its price', async () => {
    const it = await promoted({ totalQuota: 1 });
    const { body: first } = await place({ ...it, buyerId: 'ann' });
    const { body: was } = await world.api.call<PromotionJson>('GET', `/v1/promotions/${it.id}`);
    const { id, counts, use: held, ...rules } = was;
    expect({ id, counts, held }).toEqual({ id: it.id, counts: 'orders', held: { held: 1, used: 0 } });
    const change = { ...rules, discountBasisPoints: 5000, totalQuota: 2 };
    expect((await world.api.call('PUT', `/v1/promotions/${it.id}`, change)).status).toBe(200);
    const { body: second } = await place({ ...it, buyerId: 'bob' });
    expect([(await world.api.order(first.id)).amount.minor, second.amount.minor]).toEqual([1599, 1000]);
    expect((await place({ ...it, buyerId: 'cid' })).body.code).toBe('promotion_quota_reached');
  });

  it('decided behind the promotion’s lock: a quota that is lowered while an order waits for it counts for that order', async () => {
    const it = await promoted({ totalQuota: 5 });
    expect((await place({ ...it, buyerId: 'ann', change: { payWith: null } })).status).toBe(201);
    const { waiting } = await world.prisma.$transaction(async (tx) => {
      await tx.$queryRaw`SELECT 1 FROM promotion_use WHERE promotion_id = ${it.id} FOR UPDATE`;
      const waiting = place({ ...it, buyerId: 'bob', change: { payWith: null } });
      await until('the placing waits', somebodyWaits);
      await tx.promotion.update({ where: { id: it.id }, data: { totalQuota: 1 } });
      return { waiting };
    });
    expect((await waiting).body.code).toBe('promotion_quota_reached');
    expect(await use(it.id)).toEqual({ held: 1, used: 0 });
  });

  it('orders that settle and orders that are placed on the same promotion and SKUs never wait for each other for ever', async () => {
    const it = await promoted({ perBuyerLimit: 1_000 });
    const buyers = Array.from({ length: 60 }, (_, index) => `buyer_${index % 6}`);
    const placed = await Promise.all(
      buyers.map((buyerId) => place({ ...it, buyerId, change: { payWith: null } }).then(({ body }) => body.id)),
    );
    const later = Promise.all(buyers.map((buyerId) => place({ ...it, buyerId, change: { payWith: null } })));
    const cancelled = await Promise.all(placed.map((id) => world.api.cancel(id)));
    expect(new Set(cancelled.map(({ status }) => status))).toEqual(new Set([200]));
    expect((await later).every(({ status }) => status === 201)).toBe(true);
    await until('what was cancelled is back', async () => (await use(it.id)).held === 60);
  });
});

describe('late money for an order with a promotion, with the policy to revive', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld('promotions revive', { latePaymentPolicy: 'revive' });
  });
  afterAll(() => world.close());
  afterEach(() => expectSellingBooksBalance(world));

  /** A cancelled order with a promotion of which there is one, and its payment told after that. */
  async function late(id: string, takenBy: string | null) {
    const skuId = await world.api.addSku(10, PRICE);
    const window = { startsAt: '2026-01-01T00:00:00Z', endsAt: '2126-01-01T00:00:00Z' };
    const rules = { id, name: 'June', ...window, discountBasisPoints: 2000, totalQuota: 1 };
    expect((await world.api.call('POST', '/v1/promotions', rules)).status).toBe(201);
    const order = { lines: [{ skuId, quantity: 1 }], promotionId: id, paymentWindowSeconds: LONG_WINDOW_SECONDS };
    const { body } = await world.api.place({ ...order, buyerId: 'ann' });
    const merchantNo = body.payment?.merchantNo ?? '';
    await world.sandbox.fault({ op: 'close', fault: 'broken_close', match: { merchantNo } });
    await world.api.cancel(body.id);
    if (takenBy) expect((await world.api.place({ ...order, buyerId: takenBy, payWith: null })).status).toBe(201);
    await world.sandbox.pay(merchantNo);
    return { id: body.id, skuId, merchantNo };
  }

  const use = async (id: string): Promise<PromotionUse> =>
    (await world.api.call<PromotionJson>('GET', `/v1/promotions/${id}`)).body.use;

  it('it can be had again → paid, used', async () => {
    const order = await late('promo_free', null);
    await untilStatus(world, order.id, 'paid');
    expect(await use('promo_free')).toEqual({ held: 0, used: 1 });
    expect(await world.api.stock(order.skuId)).toMatchObject({ available: 9, reserved: 0, sold: 1 });
  });

  it('somebody else has it now → refunded in full, stock untouched', async () => {
    const order = await late('promo_taken', 'bob');
    await until('it goes back', async () => (await world.sandbox.story(order.merchantNo)).includes('refunded'));
    expect((await world.api.order(order.id)).status).toBe('cancelled');
    expect(await use('promo_taken')).toEqual({ held: 1, used: 0 });
    expect(await world.api.stock(order.skuId)).toMatchObject({ available: 9, reserved: 1, sold: 0 });
  });
});
