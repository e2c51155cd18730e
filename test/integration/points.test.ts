import { type Answer } from '../support/api-client';
import { expectBooksBalance, untilStatus } from '../support/invariants';
import { holdAccount } from '../support/lock';
import { expectSellingBooksBalance } from '../support/selling-books';
import { until } from '../support/until';
import { openWorld, type World } from '../support/world';

interface PointsJson {
  readonly balance: number;
  readonly held: number;
  readonly ledger: readonly { readonly kind: string; readonly delta: number; readonly merchantNo: string | null }[];
}

const PRICE = 1000;
const LONG_WINDOW_SECONDS = 600;

describe('orders paid with points', () => {
  let world: World;
  let buyers = 0;
  beforeAll(async () => {
    world = await openWorld('points');
  });
  afterAll(() => world.close());
  afterEach(async () => {
    await expectBooksBalance(world);
    await expectSellingBooksBalance(world);
  });

  const pointsOf = async (buyerId: string): Promise<PointsJson> =>
    (await world.api.call<PointsJson>('GET', `/v1/buyers/${buyerId}/points`)).body;

  const give = (buyerId: string, delta: number, headers: Record<string, string> = {}): Promise<Answer<PointsJson>> =>
    world.api.call('POST', `/v1/buyers/${buyerId}/points`, { delta, reason: 'gift' }, headers);

  async function buyerWith(points: number): Promise<string> {
    const buyerId = `buyer_points_${(buyers += 1)}`;
    if (points > 0) expect((await give(buyerId, points)).status).toBe(200);
    return buyerId;
  }

  async function placed(buyerId: string) {
    const skuId = await world.api.addSku(10, PRICE);
    const lines = [{ skuId, quantity: 3 }];
    const { body } = await world.api.place({
      buyerId,
      payWith: 'points',
      lines,
      paymentWindowSeconds: LONG_WINDOW_SECONDS,
    });
    return { id: body.id, skuId, merchantNo: body.payment?.merchantNo ?? '' };
  }

  /** Placed and held, with nobody to start it before the starter finds its intent. */
  async function heldOnly(buyerId: string, paymentWindowSeconds: number) {
    const skuId = await world.api.addSku(10, PRICE);
    const orderId = world.stores.newId('order');
    const lines = [{ skuId, quantity: 3 }];
    const draft = { buyerId, lines, payWith: 'points', paymentWindowSeconds } as const;
    const placing = await world.stores.orders.place({ orderId, draft, startIntent: true });
    return { id: orderId, skuId, merchantNo: placing.t === 'placed' ? (placing.order.payment?.merchantNo ?? '') : '' };
  }

  async function switchedToPoints(buyerId: string) {
    const skuId = await world.api.addSku(10, PRICE);
    const { body } = await world.api.place({ buyerId, payWith: null, lines: [{ skuId, quantity: 3 }] });
    const path = `/v1/orders/${body.id}/payments`;
    const attempt = await world.api.call<{ merchantNo: string }>('POST', path, { gateway: 'points' });
    return { id: body.id, skuId, merchantNo: attempt.body.merchantNo };
  }

  const movesOf = async (buyerId: string, merchantNo: string): Promise<string[]> =>
    (await pointsOf(buyerId)).ledger.filter((row) => row.merchantNo === merchantNo).map(({ kind }) => kind);

  const untilPaymentIs = (id: string, status: string) =>
    until(`the payment of ${id} is ${status}`, async () => (await world.api.order(id)).payment?.status === status);

  it('enough → paid without anybody doing anything, sold, balance down', async () => {
    const buyerId = await buyerWith(3 * PRICE + 5);
    const order = await placed(buyerId);
    await untilStatus(world, order.id, 'paid');
    expect(await world.api.stock(order.skuId)).toMatchObject({ available: 7, reserved: 0, sold: 3 });
    expect(await pointsOf(buyerId)).toMatchObject({
      balance: 5,
      ledger: [
        { kind: 'spend', delta: -3 * PRICE, merchantNo: order.merchantNo },
        { kind: 'release', delta: 3 * PRICE, merchantNo: order.merchantNo },
        { kind: 'hold', delta: -3 * PRICE, merchantNo: order.merchantNo },
        { kind: 'adjust', delta: 3 * PRICE + 5 },
      ],
    });
    expect((await world.api.cancel(order.id)).body.code).toBe('already_paid');
  });

  it('not enough → refused, and there is no order', async () => {
    const buyerId = await buyerWith(3 * PRICE - 1);
    const skuId = await world.api.addSku(10, PRICE);
    const { status, body } = await world.api.place({ buyerId, payWith: 'points', lines: [{ skuId, quantity: 3 }] });
    expect([status, body.code]).toEqual([409, 'insufficient_points']);
    expect(await world.api.stock(skuId)).toMatchObject({ available: 10, reserved: 0 });
    expect(await pointsOf(buyerId)).toMatchObject({ balance: 3 * PRICE - 1, held: 0, ledger: [{ kind: 'adjust' }] });
  });

  it('many orders at once for the points of one → one holds them, the others hold nothing', async () => {
    const buyerId = await buyerWith(3 * PRICE);
    const skuId = await world.api.addSku(100, PRICE);
    const lines = [{ skuId, quantity: 3 }];
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => world.api.place({ buyerId, payWith: 'points', lines })),
    );
    expect(answers.map(({ body }) => body.code).filter((code) => code === 'insufficient_points')).toHaveLength(19);
    const order = answers.find(({ status }) => status === 201);
    await untilStatus(world, order?.body.id ?? '', 'paid');
    expect(await world.api.stock(skuId)).toMatchObject({ available: 97, reserved: 0, sold: 3 });
    expect(await pointsOf(buyerId)).toMatchObject({ balance: 0, held: 0 });
  });

  it('switched to points without enough of them → the payment fails, the order waits; paid elsewhere in the end', async () => {
    const buyerId = await buyerWith(3 * PRICE - 1);
    const order = await switchedToPoints(buyerId);
    await untilPaymentIs(order.id, 'failed');
    expect(await world.api.order(order.id)).toMatchObject({ status: 'awaiting_payment' });
    const { status, body } = await world.api.call<{ merchantNo: string }>('POST', `/v1/orders/${order.id}/payments`, {
      gateway: 'wechat',
    });
    expect(status).toBe(201);
    expect(await world.sandbox.pay(body.merchantNo)).toMatchObject({ accepted: true });
    await untilStatus(world, order.id, 'paid');
    const { balance, ledger } = await pointsOf(buyerId);
    expect([balance, ledger[0]]).toMatchObject([3 * PRICE - 1, { kind: 'close', merchantNo: order.merchantNo }]);
  });

  it('held, but nobody spent them before the window was over → cancelled; stock and points are back', async () => {
    const buyerId = await buyerWith(3 * PRICE);
    const order = await heldOnly(buyerId, 1);
    expect(await pointsOf(buyerId)).toMatchObject({ balance: 0, held: 3 * PRICE });
    await untilStatus(world, order.id, 'cancelled');
    expect(await world.api.stock(order.skuId)).toMatchObject({ available: 10, reserved: 0, sold: 0 });
    expect(await pointsOf(buyerId)).toMatchObject({ balance: 3 * PRICE, held: 0 });
    expect(await movesOf(buyerId, order.merchantNo)).toEqual(['close', 'release', 'hold']);
    const story = (await world.api.timeline(order.id)).filter(({ kind }) => kind === 'points');
    expect(story.map(({ what }) => what)).toEqual(['hold', 'release', 'close']);
  });

  it('cancelled while the points are being spent, held at the account → one of them wins, never both', async () => {
    const buyerId = await buyerWith(3 * PRICE);
    const order = await heldOnly(buyerId, LONG_WINDOW_SECONDS);
    const release = await holdAccount(world.config.databaseUrl, buyerId);
    // Neither the spending nor the close can be answered: stock and points stay held.
    expect((await world.api.cancel(order.id)).status).toBe(202);
    expect(await world.api.stock(order.skuId)).toMatchObject({ available: 7, reserved: 3 });
    expect(await pointsOf(buyerId)).toMatchObject({ balance: 0, held: 3 * PRICE });
    await release();
    const { status } = await untilStatus(world, order.id, 'paid', 'cancelled');
    const paid = status === 'paid';
    expect(await pointsOf(buyerId)).toMatchObject({ balance: paid ? 0 : 3 * PRICE, held: 0 });
    expect(await movesOf(buyerId, order.merchantNo)).toEqual([paid ? 'spend' : 'close', 'release', 'hold']);
    expect(await world.api.stock(order.skuId)).toMatchObject(
      paid ? { available: 7, reserved: 0, sold: 3 } : { available: 10, reserved: 0, sold: 0 },
    );
  });

  it('refunded in parts and in full → each gives its points back exactly once', async () => {
    const buyerId = await buyerWith(3 * PRICE);
    const order = await placed(buyerId);
    await untilStatus(world, order.id, 'paid');
    const refund = (key: string, body: object) =>
      world.api.call(
        'POST',
        `/v1/orders/${order.id}/refunds`,
        { reason: 'faulty', ...body },
        { 'idempotency-key': key },
      );
    const first = await refund(`${order.id}-1`, { amount: PRICE });
    expect((await refund(`${order.id}-1`, { amount: PRICE })).body).toEqual(first.body);
    await until('the first points are back', async () => (await pointsOf(buyerId)).balance === PRICE);
    expect((await refund(`${order.id}-2`, {})).status).toBe(201);
    await untilStatus(world, order.id, 'refunded');
    const { balance, ledger } = await pointsOf(buyerId);
    expect(balance).toBe(3 * PRICE);
    expect(ledger.map(({ kind, delta }) => [kind, delta])).toEqual([
      ['refund', 2 * PRICE],
      ['refund', PRICE],
      ['spend', -3 * PRICE],
      ['release', 3 * PRICE],
      ['hold', -3 * PRICE],
      ['adjust', 3 * PRICE],
    ]);
  });

  it('points are given and taken once per key, never below nothing; a page follows another', async () => {
    const buyerId = await buyerWith(0);
    const [key, other] = [`${buyerId}-a`, `${buyerId}-b`];
    const first = await give(buyerId, 10, { 'idempotency-key': key });
    const again = await Promise.all([1, 2, 3].map(() => give(buyerId, 10, { 'idempotency-key': key })));
    expect(again.map(({ body }) => body)).toEqual([first.body, first.body, first.body]);
    expect((await give(buyerId, -11, { 'idempotency-key': other })).body.code).toBe('insufficient_points');
    expect((await give(buyerId, 100_000_000_000)).body.code).toBe('points_limit_exceeded');
    await give(buyerId, -10);
    const path = `/v1/buyers/${buyerId}/points?limit=1`;
    const { body: page } = await world.api.call<PointsJson & { nextCursor: string }>('GET', path);
    expect(page).toMatchObject({ balance: 0, ledger: [{ delta: -10 }] });
    const { body: next } = await world.api.call<PointsJson>('GET', `${path}&cursor=${page.nextCursor}`);
    expect(next).toMatchObject({ ledger: [{ delta: 10 }], nextCursor: null });
    const foreign = Buffer.from('sku_tea').toString('base64url');
    expect((await world.api.call('GET', `${path}&cursor=${foreign}`)).body.code).toBe('validation_failed');
  });

  it('a notification in the name of the points is refused and changes nothing', async () => {
    const buyerId = await buyerWith(0);
    const order = await switchedToPoints(buyerId);
    await untilPaymentIs(order.id, 'failed');
    const url = `${world.api.url}/v1/webhooks/points`;
    const answer = await fetch(url, {
      method: 'POST',
      body: JSON.stringify({ merchantNo: order.merchantNo, paid: true }),
    });
    expect(answer.status).toBe(401);
    expect((await world.api.cancel(order.id)).status).toBe(200);
    await untilStatus(world, order.id, 'cancelled');
  });
});
