import { escapeLiteral } from 'pg';
import { PrismaPromotionStore } from '../../src/adapters/store/prisma/promotion-store';
import { type Order } from '../../src/domain/order';
import { type NewSku } from '../../src/ports/catalogue';
import { expectBooksBalance } from '../support/invariants';
import { untilLockWaits } from '../support/lock';
import { type OpenTransaction, openTransaction } from '../support/open-transaction';
import {
  type Answer,
  answerOf,
  type Asked,
  placed,
  PLACED_AT,
  type PlacingUnderTest,
  placingUnderTest,
} from './placing-under-test';

const HOUR_MS = 3_600_000;
const BUSY = { t: 'refused', code: 'too_busy' };
/** Not placed at once: another queue, and a transaction of several statements. */
const NOT_PLAIN: Asked = { choice: { method: 'jsapi', payerId: 'payer_1' } };

/** Each answer is waited for while the lock is still held: nothing is let go before the test says so. */
describe('batches that meet a lock which somebody keeps', () => {
  let world: PlacingUnderTest;
  let kept: OpenTransaction[];
  beforeAll(async () => {
    world = await placingUnderTest('kept locks');
  });
  beforeEach(() => {
    kept = [];
  });
  afterEach(async () => {
    await letGo();
    await expectBooksBalance(world);
  });
  afterAll(() => world.close());

  async function keep(sql: string): Promise<void> {
    kept.push(await openTransaction(world.database.url, sql));
  }
  /** As an operator does who goes for a coffee: the triggers lock the counters. */
  const keepPrice = ({ id }: NewSku) => keep(`UPDATE skus SET price = price + 1 WHERE id = ${escapeLiteral(id)}`);
  async function letGo(): Promise<void> {
    await Promise.all(kept.splice(0).map((transaction) => transaction.rollback()));
  }
  /** Locks are taken in the order of the ids: one comes before the locked one, one after it. */
  const three = async () => [await world.soldBefore(), await world.soldBefore(), await world.soldBefore()] as const;
  const places = (skus: readonly NewSku[], asked?: Asked): Promise<Answer[]> =>
    Promise.all(skus.map(({ id }) => world.place(id, asked)));

  it.each([
    ['placed at once', {}],
    ['placed with everything locked', NOT_PLAIN],
  ])('orders %s: those of the locked SKU are refused, the others placed; later those are, too', async (_, asked) => {
    const [before, locked, after] = await three();
    await keepPrice(locked);
    const answers = await places([locked, before, locked, after, before], asked);
    expect(answers).toMatchObject([BUSY, { t: 'placed' }, BUSY, { t: 'placed' }, { t: 'placed' }]);
    await letGo();
    expect(await places([locked, locked], asked)).toMatchObject([{ t: 'placed' }, { t: 'placed' }]);
  });

  it('an order of both SKUs is refused as a whole', async () => {
    const [before, locked] = await three();
    await keepPrice(locked);
    const [both, one] = await Promise.all([world.place([before.id, locked.id]), world.place(before.id)]);
    expect([both, one]).toMatchObject([BUSY, { t: 'placed' }]);
  });

  it('batches of two replicas that hold each other’s counters while they wait: none of them is taken for the one to blame', async () => {
    const [before, locked, after] = await three();
    await keepPrice(locked);
    const wave = (store = world.orders) =>
      [before, locked, after].map(({ id }) => answerOf(store.place(world.placing(id))));
    const first = wave();
    await untilLockWaits(world.prisma, 1);
    for (const answers of [first, wave(), wave(world.replica)]) {
      expect(await Promise.all(answers)).toMatchObject([{ t: 'placed' }, BUSY, { t: 'placed' }]);
    }
  });

  it('known once, it is not waited for again: what wants it is refused unasked, what comes with it is placed', async () => {
    const [before, locked] = await three();
    await keepPrice(locked);
    expect(await places([locked])).toEqual([BUSY]);
    world.sent.length = 0;
    expect(await places([locked, before])).toMatchObject([BUSY, { t: 'placed' }]);
    expect(world.sent.filter((sql) => sql.includes('INSERT INTO orders'))).toHaveLength(1);
  });

  it.each(['promotion', 'cart'] as const)('a %s that is locked stops nobody but who wants it', async (what) => {
    const { id } = await world.soldBefore();
    const own = async (): Promise<Asked & { row: string }> => {
      if (what === 'promotion') {
        const promotionId = await promotion();
        const row = `SELECT 1 FROM promotion_use WHERE promotion_id = ${escapeLiteral(promotionId)} FOR UPDATE`;
        return { row, draft: { promotionId } };
      }
      const buyerId = world.newId('order');
      await world.prisma.cart.create({ data: { buyerId, lines: { create: { skuId: id, quantity: 1 } } } });
      const row = `SELECT 1 FROM carts WHERE buyer_id = ${escapeLiteral(buyerId)} FOR UPDATE`;
      return { row, fromCart: true, draft: { buyerId } };
    };
    const [{ row, ...stuck }, { row: _, ...free }] = [await own(), await own()];
    await keep(row);
    const answers = Promise.all([world.place(id, stuck), world.place(id, free)]);
    expect(await answers).toMatchObject([BUSY, { t: 'placed' }]);
    await letGo();
    expect(await world.place(id, stuck)).toMatchObject({ t: 'placed' });
  });

  it('one that is not found among the rows, a key that is being used: the batch is refused after three tries', async () => {
    const [one, other] = await three();
    const idempotency = { client: 'shop', key: world.newId('order'), fingerprint: 'body' };
    await keep(`INSERT INTO idempotency_records (client, key, fingerprint, resource_id, answer_due)
      VALUES ('shop', ${escapeLiteral(idempotency.key)}, 'body', 'ord_x', now())`);
    world.sent.length = 0;
    const answers = await Promise.all([world.place(one.id, { idempotency }), world.place(other.id)]);
    expect(answers).toEqual([BUSY, BUSY]);
    expect(world.sent.filter((sql) => sql.includes('INSERT INTO orders'))).toHaveLength(3);
    await letGo();
    expect(await world.place(one.id, { idempotency })).toMatchObject({ t: 'placed' });
  });

  it.each(['confirm', 'release'] as const)(
    '%s: the order of the locked SKU is refused, the others go on; later that one does, too',
    async (verb) => {
      const skus = await three();
      const all = (await places(skus)).map((answer) => placed(answer));
      await keepPrice(skus[1]);
      if (verb === 'release') {
        // Known by now; but closings touch no counter.
        expect(await places([skus[1]])).toEqual([BUSY]);
        const closings = all.map(({ id }) => world.orders.beginClosing(id, 'payment_window_over', null));
        expect(await Promise.all(closings)).toEqual(all.map(() => ({ t: 'done' })));
      }
      const move = ({ id: orderId, payment, amount }: Order) => {
        if (verb === 'release') return world.orders.release({ orderId, proof: 'ack' });
        const paid = { transactionId: `t-${orderId}`, amount, paidAt: '2026-01-01T00:00:00.000Z' };
        return world.orders.confirm({ orderId, paymentId: payment?.id ?? '', paid });
      };
      const done = { value: { t: 'done' } };
      expect(await Promise.allSettled(all.map(move))).toMatchObject([done, { reason: { code: 'too_busy' } }, done]);
      await letGo();
      expect(await Promise.all(all.map(move))).toEqual([{ t: 'already' }, { t: 'done' }, { t: 'already' }]);
    },
  );

  async function promotion(): Promise<string> {
    const id = world.newId('promotion');
    const bounds = { skuIds: [], storeIds: [], perBuyerLimit: null, totalQuota: null, counts: 'units' } as const;
    await new PrismaPromotionStore(world.prisma).create({
      ...{ id, name: 'June', discountBasisPoints: 1_000, ...bounds },
      startsAt: new Date(PLACED_AT - HOUR_MS).toISOString(),
      endsAt: new Date(PLACED_AT + HOUR_MS).toISOString(),
    });
    return id;
  }
});
