import fc from 'fast-check';
import { createNewId } from '../../src/adapters/ids/ulid';
import { createPrisma } from '../../src/adapters/store/prisma/client';
import { once } from '../../src/adapters/store/prisma/consumers';
import { type PrismaClient } from '../../src/adapters/store/prisma/generated/client';
import { PrismaPointsAwards } from '../../src/adapters/store/prisma/points-awards';
import { PrismaPointsStore } from '../../src/adapters/store/prisma/points-store';
import { PrismaProfitShares } from '../../src/adapters/store/prisma/profit-shares';
import { PrismaShippingNotices } from '../../src/adapters/store/prisma/shipping-notices';
import { createTestDatabase, type TestDatabase } from '../support/database';

import { holdAccount, lockWaiters } from '../support/lock';
import { until } from '../support/until';

const newId = createNewId(Date.now);
const aBuyer = (): string => newId('order').replace('ord_', 'buyer_');

describe('what the consumers keep in PostgreSQL', () => {
  let database: TestDatabase;
  let prisma: PrismaClient;
  let points: PrismaPointsStore;
  let awards: PrismaPointsAwards;
  beforeAll(async () => {
    database = await createTestDatabase('consumer stores');
    prisma = createPrisma(database.url);
    points = new PrismaPointsStore(prisma, newId);
    awards = new PrismaPointsAwards(prisma, 'points-award');
  });
  afterAll(async () => {
    await prisma.$disconnect();
    await database.drop();
  });
  afterEach(async () => {
    const wrong = await prisma.$queryRaw`
      SELECT a.buyer_id FROM points_accounts a
      WHERE a.balance <> (SELECT coalesce(sum(l.delta), 0) FROM points_ledger l WHERE l.buyer_id = a.buyer_id)`;
    expect(wrong).toEqual([]);
  });

  const ledgerOf = async (buyerId: string) => {
    const rows = await prisma.pointsEntry.findMany({ where: { buyerId }, orderBy: { id: 'asc' } });
    return rows.map(({ kind, delta }) => [kind, Number(delta)]);
  };
  const balanceOf = async (buyerId: string) => (await points.account(buyerId, { cursor: null, limit: 1 })).balance;
  const awardOf = async (orderId: string) => {
    const { earned, takenBack, short } = await prisma.pointsAward.findUniqueOrThrow({ where: { orderId } });
    return { earned: Number(earned), takenBack: Number(takenBack), short: Number(short) };
  };
  const adjust = (buyerId: string, delta: number) =>
    points.adjust({ reference: newId('adjustment'), buyerId, delta, reason: 'test' }, null);

  describe('once', () => {
    it('work that fails leaves no note: the next delivery does it', async () => {
      const eventId = newId('event');
      const failing = once(prisma, 'a', eventId, () => Promise.reject(new Error('a deadlock')));
      await expect(failing).rejects.toThrow('a deadlock');
      let done = 0;
      const work = () => Promise.resolve(void (done += 1));
      await once(prisma, 'a', eventId, work);
      await once(prisma, 'a', eventId, work);
      expect(done).toBe(1);
    });

    it('an event is each consumer’s own', async () => {
      const eventId = newId('event');
      const done: string[] = [];
      for (const consumer of ['a', 'b'])
        await once(prisma, consumer, eventId, () => Promise.resolve(void done.push(consumer)));
      expect(done).toEqual(['a', 'b']);
    });

    it('delivered five times at once, the first held in the middle of its work → done once', async () => {
      const [buyerId, eventId] = [aBuyer(), newId('event')];
      const release = await holdAccount(database.url, buyerId);
      const earned = { orderId: newId('order'), buyerId, paid: 1_000, points: 10 };
      const deliveries = [1, 2, 3, 4, 5].map(() => awards.earn(eventId, earned));
      // One waits for the account, the others for its note.
      await until('five statements wait for a lock', async () => (await lockWaiters(prisma)).length === 5);
      await release();
      await Promise.all(deliveries);
      expect(await ledgerOf(buyerId)).toEqual([['earn', 10]]);
    });
  });

  describe('shipping notices', () => {
    it('one per order, whichever event tells of it', async () => {
      const notices = new PrismaShippingNotices(prisma, 'shipping-notice');
      const [orderId, eventId] = [newId('order'), newId('event')];
      const child = (childId: string) => ({ childId, productId: 'prod_a', lines: [{ skuId: 'sku_a', quantity: 2 }] });
      await notices.file(eventId, { orderId, children: [child('chd_a')] });
      await notices.file(eventId, { orderId, children: [child('chd_a')] });
      await notices.file(newId('event'), { orderId, children: [child('chd_b')] });
      const rows = await prisma.shippingNotice.findMany({ where: { orderId } });
      expect(rows.map(({ children }) => children)).toEqual([[child('chd_a')]]);
    });
  });

  describe('profit shares', () => {
    it('are due until they are acknowledged, and entered once, whichever event tells of them', async () => {
      const shares = new PrismaProfitShares(prisma, 'profit-share');
      const [orderId, eventId, amount] = [newId('order'), newId('event'), { minor: 1_000, currency: 'CNY' }];
      const share = { orderId, referrerId: 'buyer_9', amount, lines: [] };
      expect([await shares.record(eventId, share), await shares.record(eventId, share)]).toEqual([true, true]);
      await shares.acknowledged(orderId);
      const [first] = await prisma.profitShare.findMany({ where: { orderId } });
      expect(await shares.record(eventId, share)).toBe(false);
      expect(await shares.record(newId('event'), { ...share, referrerId: 'buyer_8' })).toBe(false);
      await shares.acknowledged(orderId);
      expect(await prisma.profitShare.findMany({ where: { orderId } })).toEqual([first]);
      expect(first).toMatchObject({ referrerId: 'buyer_9', amount: 1_000n, currency: 'CNY' });
    });
  });

  describe('points earned', () => {
    const order = () => ({ orderId: newId('order'), buyerId: aBuyer(), paid: 1_000 });
    type Order = ReturnType<typeof order>;
    const earn = (of: Order, points: number, eventId = newId('event')) => awards.earn(eventId, { ...of, points });
    const refund = (of: Order, refunded: number, eventId = newId('event'), refundId = newId('refund')) =>
      awards.takeBack(eventId, { ...of, refundId, refunded });

    it('once per order, whichever event tells of it', async () => {
      const of = order();
      const eventId = newId('event');
      await earn(of, 10, eventId);
      await earn(of, 10, eventId);
      await earn(of, 10);
      expect(await ledgerOf(of.buyerId)).toEqual([['earn', 10]]);
    });

    it('two refunds in part and the rest → exactly all of it is taken back, once each', async () => {
      const of = order();
      await earn(of, 10);
      for (const refunded of [333, 666, 1_000]) {
        const [eventId, refundId] = [newId('event'), newId('refund')];
        await refund(of, refunded, eventId, refundId);
        await refund(of, refunded, eventId, refundId);
        await refund(of, refunded, newId('event'), refundId);
      }
      expect(await ledgerOf(of.buyerId)).toEqual([
        ['earn', 10],
        ['take_back', -3],
        ['take_back', -3],
        ['take_back', -4],
      ]);
      expect([await balanceOf(of.buyerId), await awardOf(of.orderId)]).toEqual([
        0,
        { earned: 10, takenBack: 10, short: 0 },
      ]);
    });

    it('a refund too small for a point takes none; with the next one it counts', async () => {
      const of = order();
      await earn(of, 10);
      await refund(of, 60);
      expect(await ledgerOf(of.buyerId)).toEqual([['earn', 10]]);
      await refund(of, 120);
      expect(await balanceOf(of.buyerId)).toBe(9);
    });

    it('what is not there is not taken: noted, and taken with the next refund', async () => {
      const of = order();
      await earn(of, 10);
      await adjust(of.buyerId, -8);
      await refund(of, 500);
      expect([await balanceOf(of.buyerId), await awardOf(of.orderId)]).toEqual([
        0,
        { earned: 10, takenBack: 2, short: 3 },
      ]);
      const [row] = (await points.account(of.buyerId, { cursor: null, limit: 1 })).ledger.items;
      expect(row).toMatchObject({ kind: 'take_back', delta: -2, merchantNo: null });
      expect(row?.reason).toBe(`${of.orderId}: 5 due, 3 of them not there to be taken`);
      await adjust(of.buyerId, 100);
      await refund(of, 600);
      expect([await balanceOf(of.buyerId), await awardOf(of.orderId)]).toEqual([
        96,
        { earned: 10, takenBack: 6, short: 0 },
      ]);
    });

    it('nothing there at all → a row that says so, and a balance that stays at nothing', async () => {
      const of = order();
      await earn(of, 10);
      await adjust(of.buyerId, -10);
      await refund(of, 1_000);
      expect((await ledgerOf(of.buyerId)).at(-1)).toEqual(['take_back', 0]);
      expect(await awardOf(of.orderId)).toEqual({ earned: 10, takenBack: 0, short: 10 });
    });

    it('what earned nothing gives nothing back', async () => {
      const of = order();
      await earn(of, 0);
      await refund(of, 1_000);
      expect(await ledgerOf(of.buyerId)).toEqual([]);
    });

    it('a refund told of before its payment, whose event was set aside, is made good for with it', async () => {
      const of = order();
      await refund(of, 400);
      expect(await ledgerOf(of.buyerId)).toEqual([]);
      await earn(of, 10);
      expect(await ledgerOf(of.buyerId)).toEqual([
        ['earn', 10],
        ['take_back', -4],
      ]);
    });

    it('in any order, with repeats, some at once → the end is the same (property)', async () => {
      const told = fc.constantFrom<'paid' | number>('paid', 250, 600, 1_000);
      const rounds = fc.array(fc.array(told, { minLength: 1, maxLength: 4 }), { maxLength: 4 });
      await fc.assert(
        fc.asyncProperty(rounds, async (some) => {
          const of = order();
          const ids = new Map<'paid' | number, string>();
          const idOf = (what: 'paid' | number) => ids.get(what) ?? ids.set(what, newId('event')).get(what);
          const tell = (what: 'paid' | number) =>
            what === 'paid' ? earn(of, 10, idOf(what)) : refund(of, what, idOf(what), `${of.orderId}-${what}`);
          for (const round of some) await Promise.all(round.map(tell));
          await Promise.all((['paid', 250, 600, 1_000] as const).map(tell));
          expect(await awardOf(of.orderId)).toEqual({ earned: 10, takenBack: 10, short: 0 });
          expect(await balanceOf(of.buyerId)).toBe(0);
        }),
        { numRuns: 25 },
      );
    });

    it('the database refuses a take-back that gives, and one that takes more than was earned', async () => {
      const of = order();
      await earn(of, 10);
      const row = { buyerId: of.buyerId, kind: 'take_back', reference: newId('refund'), delta: 1, balanceAfter: 11 };
      await expect(prisma.pointsEntry.create({ data: row })).rejects.toThrow('points_ledger_sign');
      const more = { where: { orderId: of.orderId }, data: { takenBack: 11 } };
      await expect(prisma.pointsAward.update(more)).rejects.toThrow('points_awards_taken_back');
    });
  });
});
