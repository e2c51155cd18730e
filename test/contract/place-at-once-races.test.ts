import { escapeLiteral } from 'pg';
import { type NewSku } from '../../src/ports/catalogue';
import { expectBooksBalance } from '../support/invariants';
import { holdLock, lockWaiters, untilLockWaits } from '../support/lock';
import { openTransaction } from '../support/open-transaction';
import { until } from '../support/until';
import { type Answer, answerOf, placed, type PlacingUnderTest, placingUnderTest, PRICE } from './placing-under-test';

describe('placings of SKUs that were sold before, in a race', () => {
  let world: PlacingUnderTest;
  beforeAll(async () => {
    world = await placingUnderTest('place at once races');
  });
  afterAll(() => world.close());
  afterEach(() => expectBooksBalance(world));

  const stockOf = (skuId: string) => world.prisma.stock.findUniqueOrThrow({ where: { skuId } });
  const ordersOf = (skuId: string) => world.prisma.orderLine.count({ where: { skuId } });

  /** The answer of a placing that came while the change was made: it waits for the counters until the change has ended. */
  async function placedDuring(end: 'commit' | 'rollback', { id, productId }: NewSku, change: string): Promise<Answer> {
    const [sku, product] = [escapeLiteral(id), escapeLiteral(productId)];
    const sql = change.replaceAll('SKU', sku).replaceAll('PRODUCT', product);
    const changing = await openTransaction(
      world.database.url,
      `${sql}; SELECT 1 FROM stock WHERE sku_id = ${sku} FOR UPDATE`,
    );
    const placing = world.place(id);
    try {
      await untilLockWaits(world.prisma, 1);
    } finally {
      await changing[end]();
    }
    return placing;
  }

  describe('a change that holds the counters when the placing comes', () => {
    const DEARER = 'UPDATE skus SET price = 4321 WHERE id = SKU';

    it('commits another price: the order has it', async () => {
      const sku = await world.soldBefore();
      const order = placed(await placedDuring('commit', sku, DEARER));
      expect(order.amount.minor).toBe(4321);
      expect(await world.orders.find(order.id)).toEqual(order);
    });

    it('is rolled back: the order has the price that stayed', async () => {
      const sku = await world.soldBefore();
      expect(placed(await placedDuring('rollback', sku, DEARER)).amount).toEqual(PRICE);
    });

    it.each([
      ['the SKU', 'UPDATE skus SET on_shelf = false WHERE id = SKU'],
      ['its product', 'UPDATE products SET on_shelf = false WHERE id = PRODUCT'],
    ])('takes %s off the shelf: the order is refused and holds nothing', async (_, change) => {
      const sku = await world.soldBefore();
      expect(await placedDuring('commit', sku, change)).toMatchObject({ code: 'sku_off_shelf' });
      expect(await stockOf(sku.id)).toMatchObject({ available: 1_000, reserved: 2 });
    });

    it('takes the last units: the order is short', async () => {
      const sku = await world.soldBefore({ initialStock: 1 });
      const adjusted = `INSERT INTO stock_ledger (reference, sku_id, kind, quantity, available_delta, reserved_delta, sold_delta)
        VALUES ('taken ' || SKU, SKU, 'adjust', -1, -1, 0, 0)`;
      const change = `UPDATE stock SET available = 0 WHERE sku_id = SKU; ${adjusted}`;
      const shortages = [{ skuId: sku.id, requested: 1, available: 0 }];
      expect(await placedDuring('commit', sku, change)).toMatchObject({ t: 'short', shortages });
    });
  });

  it('one that is not placed at once has waited in both queues together when it is too late', async () => {
    const sku = await world.soldBefore();
    const dearer = `UPDATE skus SET price = 4321 WHERE id = ${escapeLiteral(sku.id)}`;
    const changing = await openTransaction(world.database.url, dearer);
    const placing = world.place(sku.id);
    await untilLockWaits(world.prisma, 1);
    const before = Date.now();
    const clock = jest.spyOn(Date, 'now').mockImplementation(() => before + 10_000);
    try {
      await changing.commit();
      expect(await placing).toEqual({ t: 'refused', code: 'too_busy' });
    } finally {
      clock.mockRestore();
    }
    expect(await ordersOf(sku.id)).toBe(2);
  });

  describe('changes of the catalogue and whoever else wants the same counters are all done, none in a deadlock', () => {
    let begun: Promise<string>[];
    let ended: number;
    beforeEach(() => {
      begun = [];
      ended = 0;
    });

    /** Whether it needs the counters that the test holds is its own affair: it has ended, or waits, before the next begins. */
    async function begin(work: Promise<unknown>): Promise<void> {
      const told = work.then(() => 'done', String).finally(() => (ended += 1));
      begun.push(told);
      await until(`${begun.length} have ended or wait for a lock`, async () => {
        return ended + (await lockWaiters(world.prisma)).length >= begun.length;
      });
    }

    it('a SKU moves out of a product which is taken off the shelf', async () => {
      const [sku, { productId }] = [await world.soldBefore(), await world.soldBefore()];
      const letGo = await holdLock(world.database.url, sku.id);
      await begin(world.products.update(sku.productId, { title: 'Tea', onShelf: false }));
      await begin(world.change(sku, { productId }));
      await letGo();
      expect(await Promise.all(begun)).toEqual(['done', 'done']);
      expect(placed(await world.place(sku.id)).lines[0]).toMatchObject({ productId });
    });

    it('a SKU is added to a product that is being taken off the shelf: it waits, and is not sold', async () => {
      const { productId } = await world.soldBefore();
      const id = world.newId('sku');
      const off = `UPDATE products SET on_shelf = false WHERE id = ${escapeLiteral(productId)}`;
      const taking = await openTransaction(world.database.url, off);
      await begin(world.prisma.sku.create({ data: { id, productId, title: 'New', price: 1, currency: 'CNY' } }));
      expect(await lockWaiters(world.prisma).finally(() => taking.commit())).toHaveLength(1);
      expect(await Promise.all(begun)).toEqual(['done']);
      expect(await world.place(id)).toMatchObject({ code: 'sku_off_shelf' });
    });

    it('an operator’s statement changes several SKUs, not in the order of their ids, while they are ordered', async () => {
      const [low, high] = [world.newId('sku'), world.newId('sku')].sort() as [string, string];
      // The statement comes to the rows in the order in which they were made.
      const { productId } = await world.soldBefore({ id: high });
      await world.soldBefore({ id: low, productId });
      const letGo = await holdLock(world.database.url, high);
      await begin(world.prisma.$executeRaw`UPDATE skus SET price = 800 WHERE product_id = ${productId}`);
      await begin(world.orders.place(world.placing([low, high])));
      await letGo();
      expect(await Promise.all(begun)).toEqual(['done', 'done']);
      expect(placed(await world.place([low, high])).amount.minor).toBe(1600);
    });
  });

  it('two replicas place sixty orders at once over the last forty units: forty are placed, twenty are short', async () => {
    const { id } = await world.soldBefore({ initialStock: 40 });
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        answerOf((index % 2 === 0 ? world.orders : world.replica).place(world.placing(id))),
      ),
    );
    const short = answers.filter(({ t }) => t === 'short');
    expect(answers.filter(({ t }) => t === 'placed')).toHaveLength(40);
    const shortages = [{ skuId: id, requested: 1, available: 0 }];
    expect(short).toEqual(Array(20).fill({ t: 'short', shortages, replayed: false }));
    expect(await stockOf(id)).toMatchObject({ available: 0, reserved: 42, sold: 0 });
    expect(await ordersOf(id)).toBe(42);
  });

  it('two replicas that place the same SKUs in every order, while their prices change, all succeed', async () => {
    const skus = [await world.soldBefore(), await world.soldBefore(), await world.soldBefore()];
    const ids = skus.map(({ id }) => id);
    const all = Array.from({ length: 48 }, (_, index) => {
      const store = index % 2 === 0 ? world.orders : world.replica;
      return answerOf(store.place(world.placing(index % 3 === 0 ? ids : [...ids].reverse())));
    });
    await Promise.all(skus.map((sku) => world.change(sku, { price: { minor: 2000, currency: 'CNY' } })));
    for (const answer of await Promise.all(all))
      expect([3000, 4000, 5000, 6000]).toContain(placed(answer).amount.minor);
    expect(placed(await world.place(ids)).amount.minor).toBe(6000);
    for (const id of ids) expect(await stockOf(id)).toMatchObject({ available: 951, reserved: 51 });
  });

  describe('placed once more', () => {
    const key = () => ({ client: 'shop', key: world.newId('order'), fingerprint: 'body' });

    it.each([
      ['without a key', false],
      ['with a key whose answer was not completed', true],
    ])('as after a commit whose answer was lost, %s: it is the same order, not told as replayed', async (_, keyed) => {
      const { id } = await world.soldBefore({ initialStock: 1 });
      const placing = world.placing(id, keyed ? { idempotency: key() } : {});
      const first = await world.orders.place(placing);
      expect(first).toMatchObject({ t: 'placed', order: { id: placing.orderId }, replayed: false });
      // The other replica knows the SKU as well, and there is nothing left to hold.
      expect(await world.orders.place(placing)).toEqual(first);
      expect(await world.replica.place(placing)).toEqual(first);
      expect(await stockOf(id)).toMatchObject({ available: 0, reserved: 3 });
    });

    it('by a workflow, it is told as replayed', async () => {
      const { id } = await world.soldBefore();
      const placing = world.placing(id, { startIntent: false });
      const order = placed(await world.orders.place(placing));
      expect(await world.orders.place(placing)).toEqual({ t: 'placed', order, replayed: true });
    });

    it('among new ones, it holds nothing and they are placed', async () => {
      const { id } = await world.soldBefore();
      const placing = world.placing(id);
      const first = await world.orders.place(placing);
      const batch = [world.placing(id), placing, world.placing(id)];
      const answers = await Promise.all(batch.map((each) => world.orders.place(each)));
      expect(answers.map((answer) => placed(answer).id)).toEqual(batch.map(({ orderId }) => orderId));
      expect(answers[1]).toEqual(first);
      expect(await stockOf(id)).toMatchObject({ available: 997, reserved: 5 });
    });

    it('by two replicas that wait for the counters together, it is placed once and both are told', async () => {
      const { id } = await world.soldBefore();
      const placing = world.placing(id);
      const letGo = await holdLock(world.database.url, id);
      const both = [world.orders, world.replica].map((store) => answerOf(store.place(placing)));
      await untilLockWaits(world.prisma, 2).finally(letGo);
      const [one, other] = await Promise.all(both);
      expect(one).toMatchObject({ t: 'placed', order: { id: placing.orderId }, replayed: false });
      expect(other).toEqual(one);
      expect(await stockOf(id)).toMatchObject({ available: 999, reserved: 3 });
    });

    it.each([
      ['whose answer is complete at once', null],
      ['whose answer waits for the gateway', 'wechat' as const],
    ])('ten at once with one key from two replicas, %s: one order, and one answer for ever', async (_, payWith) => {
      const { id } = await world.soldBefore();
      const idempotency = key();
      const asked = { idempotency, draft: { payWith } };
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_each, index) =>
          answerOf((index % 2 === 0 ? world.orders : world.replica).place(world.placing(id, asked))),
        ),
      );
      const firsts = answers.filter((answer) => answer.t === 'placed' && !answer.replayed);
      expect(firsts).toHaveLength(1);
      const order = placed(firsts[0] as Answer);
      for (const answer of answers.filter((each) => each !== firsts[0])) {
        expect([{ t: 'inProgress' }, { t: 'placed', order, replayed: true }]).toContainEqual(answer);
      }
      expect(await stockOf(id)).toMatchObject({ available: 999, reserved: 3 });
      if (payWith) {
        expect(await world.place(id, asked)).toEqual({ t: 'inProgress' });
        await world.orders.rememberAnswer(idempotency, order);
      }
      for (const store of [world.orders, world.replica]) {
        expect(await store.place(world.placing(id, asked))).toEqual({ t: 'placed', order, replayed: true });
      }
      const reused = { idempotency: { ...idempotency, fingerprint: 'another body' } };
      expect(await world.place(id, reused)).toEqual({ t: 'reused' });
      expect(await ordersOf(id)).toBe(3);
    });

    it('with a key that a checkout of the cart has, which comes to the counters later: neither fails', async () => {
      const { id } = await world.soldBefore();
      const idempotency = key();
      const buyerId = world.newId('order');
      await world.prisma.cart.create({ data: { buyerId, lines: { create: { skuId: id, quantity: 1 } } } });
      const cart = `SELECT 1 FROM carts WHERE buyer_id = ${escapeLiteral(buyerId)} FOR UPDATE`;
      const holding = await openTransaction(world.database.url, cart);
      const checkout = world.placing(id, { idempotency, fromCart: true, draft: { buyerId, payWith: null } });
      const first = answerOf(world.replica.place(checkout));
      await untilLockWaits(world.prisma, 1);
      const again = world.place(id, { idempotency, draft: { payWith: null } });
      await untilLockWaits(world.prisma, 2).finally(() => holding.rollback());
      const order = placed(await first);
      expect(await again).toEqual({ t: 'placed', order, replayed: true });
    });

    it('with a key that was answered short, it is short again though there are units now', async () => {
      const { id } = await world.soldBefore({ initialStock: 0 });
      const asked = { idempotency: key() };
      const short = { t: 'short', shortages: [{ skuId: id, requested: 1, available: 0 }] };
      expect(await world.place(id, asked)).toEqual({ ...short, replayed: false });
      await world.catalogue.adjustStock({ reference: id + ' more', skuId: id, delta: 5, reason: 'found' }, null);
      expect(await world.place(id, asked)).toEqual({ ...short, replayed: true });
      expect(await world.place(id)).toMatchObject({ t: 'placed' });
    });

    it('with a key that the catalogue refused, it is tried afresh', async () => {
      const sku = await world.soldBefore();
      const asked = { idempotency: key() };
      await world.change(sku, { onShelf: false });
      expect(await world.place(sku.id, asked)).toMatchObject({ code: 'sku_off_shelf' });
      await world.change(sku, { onShelf: true });
      expect(await world.place(sku.id, asked)).toMatchObject({ t: 'placed', replayed: false });
    });
  });
});
