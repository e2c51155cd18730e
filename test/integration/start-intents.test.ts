import { createPrisma } from '../../src/adapters/store/prisma/client';
import { type PrismaClient } from '../../src/adapters/store/prisma/generated/client';
import { PrismaStartIntents } from '../../src/adapters/store/prisma/start-intents';
import { Dispatcher } from '../../src/dispatch/dispatcher';
import { Rush } from '../../src/dispatch/rush';
import { startDispatchers } from '../../src/main/dispatchers';
import { Teardown } from '../../src/main/teardown';
import { type OrderProcess } from '../../src/ports/order-process';
import { createMetrics } from '../../src/telemetry/metrics';
import { type StartIntent } from '../../src/ports/start-intents';
import { openStores, type Stores } from '../../src/main/stores';
import { createLogger } from '../../src/telemetry/logger';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { until } from '../support/until';

const LEASE_MS = 60_000;

describe('start intents in PostgreSQL', () => {
  let database: TestDatabase;
  let stores: Stores;
  let prisma: PrismaClient;
  let intents: PrismaStartIntents;
  let skuId: string;
  beforeEach(async () => {
    database = await createTestDatabase('start_intents');
    stores = openStores(database.url, { now: Date.now, dataKeys: [] });
    prisma = createPrisma(database.url);
    intents = new PrismaStartIntents(prisma, 'test');
    skuId = stores.newId('sku');
    const price = { minor: 1, currency: 'CNY' };
    const sku = { id: skuId, productId: 'prod', title: 'Tea', price, onShelf: true, initialStock: 0, unlimited: true };
    await stores.catalogue.create(sku);
  });
  afterEach(async () => {
    await stores.close();
    await prisma.$disconnect();
    await database.drop();
  });

  /** Orders of a shop as its API leaves them that died before it started any, one after the other. */
  async function wait(storeId: string | null, count: number): Promise<string[]> {
    const ids: string[] = [];
    for (let n = 0; n < count; n += 1) {
      const orderId = stores.newId('order');
      const draft = {
        buyerId: 'b',
        lines: [{ skuId, quantity: 1 }],
        payWith: null,
        paymentWindowSeconds: 600,
        storeId,
      };
      await stores.orders.place({ orderId, draft, startIntent: true });
      ids.push(orderId);
    }
    await prisma.startIntent.updateMany({ where: { subjectId: { in: ids } }, data: { leasedUntil: null } });
    return ids;
  }
  const claim = async (limit: number) => (await intents.claim(limit, LEASE_MS)).map(({ id }) => id);

  it('are claimed oldest first, each by one alone', async () => {
    const ids = await wait(null, 6);
    expect(await claim(2)).toEqual(ids.slice(0, 2));
    expect(await claim(3)).toEqual(ids.slice(2, 5));
    expect(await claim(10)).toEqual(ids.slice(5));
    expect(await claim(10)).toEqual([]);
  });

  it('say whether anything has happened to the order since it was placed without a gateway', async () => {
    const [untouched = '', chosen = '', closing = ''] = await wait(null, 3);
    await stores.orders.addAttempt({ orderId: chosen, paymentId: stores.newId('payment'), gateway: 'wechat' });
    await stores.orders.beginClosing(closing, 'buyer_cancelled', null);
    const claimed = await intents.claim(10, LEASE_MS);
    expect(claimed.map((intent) => [intent.id, intent.kind === 'order' && intent.draft.asPlaced])).toEqual([
      [untouched, true],
      [chosen, false],
      [closing, false],
    ]);
  });

  it('a shop with many waiting takes turns with one that has few', async () => {
    const many = await wait('store_big', 30);
    const few = await wait('store_small', 3);
    const none = await wait(null, 2);
    const first = new Set(await claim(9));
    expect(few.every((id) => first.has(id))).toBe(true);
    expect(none.every((id) => first.has(id))).toBe(true);
    expect(many.filter((id) => first.has(id))).toEqual(many.slice(0, 4));
    expect(await claim(5)).toEqual(many.slice(4, 9));
  });

  it('refunds do not wait behind the orders of a burst', async () => {
    await wait('store_big', 30);
    await prisma.startIntent.create({ data: { kind: 'late_payment', subjectId: 'evt_1' } });
    expect(await claim(4)).toContain('evt_1');
  });

  it('several who claim at once share what is there: nothing twice, nothing left', async () => {
    const subjects = Array.from({ length: 600 }, (_, n) => `evt_${n}`);
    await prisma.startIntent.createMany({ data: subjects.map((subjectId) => ({ kind: 'late_payment', subjectId })) });
    const taken: string[] = [];
    const claimer = async (): Promise<void> => {
      for (let more = await claim(3); more.length > 0; more = await claim(3)) taken.push(...more);
    };
    await Promise.all(Array.from({ length: 8 }, claimer));
    expect(new Set(taken).size).toBe(taken.length);
    taken.push(...(await claim(subjects.length)));
    expect([...taken].sort()).toEqual([...subjects].sort());
  });

  it('placed in a rush are the placer’s until its rush is over, then its own at once, and anybody’s after their lease', async () => {
    const place = async (): Promise<string> => {
      const orderId = stores.newId('order');
      const draft = { buyerId: 'b', lines: [{ skuId, quantity: 1 }], payWith: null, paymentWindowSeconds: 600 };
      await stores.orders.place({ orderId, draft, startIntent: true, inRush: true });
      return orderId;
    };
    const [first, second] = [await place(), await place()];
    await prisma.$executeRaw`UPDATE start_intents SET leased_until = leased_until + interval '1 hour'`;
    expect(await claim(10)).toEqual([]);
    const claimOwn = async (limit: number) => (await stores.intents.claim(limit, LEASE_MS)).map(({ id }) => id);
    expect(await claimOwn(1)).toEqual([first]);
    // Claimed once, it is leased like any other, also for the process that placed it.
    expect(await claimOwn(10)).toEqual([second]);
    expect(await claimOwn(10)).toEqual([]);
    const third = await place();
    await prisma.startIntent.updateMany({ where: { subjectId: third }, data: { leasedUntil: new Date(0) } });
    expect(await claim(10)).toEqual([third]);
  });

  it('that their placer releases after its rush are anybody’s at once; those of another rush stay', async () => {
    const place = async (placer: Stores): Promise<string> => {
      const orderId = stores.newId('order');
      const draft = { buyerId: 'b', lines: [{ skuId, quantity: 1 }], payWith: null, paymentWindowSeconds: 600 };
      await placer.orders.place({ orderId, draft, startIntent: true, inRush: true });
      return orderId;
    };
    const other = openStores(database.url, { now: Date.now, dataKeys: [] });
    const mine = await place(stores);
    await place(other);
    await other.close();
    await stores.intents.release();
    expect(await claim(10)).toEqual([mine]);
    // Claimed, it is no longer the placer's to release.
    await stores.intents.release();
    expect(await claim(10)).toEqual([]);
  });

  it.each([true, false])(
    'kept in a rush by a process that stops are anybody’s at once; a worker in it: %s',
    async (eager) => {
      const rush = new Rush({ elapsed: () => 0, utilisation: () => 0 });
      for (let crowd = 0; crowd < 16; crowd += 1) rush.enter();
      expect(rush.on()).toBe(true);
      const teardown = new Teardown();
      const log = createLogger('silent');
      startDispatchers({
        stores,
        process: {} as OrderProcess,
        rush,
        eager,
        metrics: createMetrics(log),
        log,
        teardown,
      });
      const orderId = stores.newId('order');
      const draft = { buyerId: 'b', lines: [{ skuId, quantity: 1 }], payWith: null, paymentWindowSeconds: 600 };
      await stores.orders.place({ orderId, draft, startIntent: true, inRush: true });
      expect(await claim(10)).toEqual([]);
      await teardown.run();
      expect(await claim(10)).toEqual([orderId]);
    },
  );

  it('are attended for twenty seconds from a look of somebody beside a worker, a claim being none', async () => {
    const attended = async () => (await intents.attendance(1)).attended;
    expect(await attended()).toBe(false);
    await wait(null, 1);
    await claim(1);
    expect(await attended()).toBe(false);
    await intents.attend();
    expect(await attended()).toBe(true);
    await prisma.$executeRaw`UPDATE starter_attendance SET seen_at = clock_timestamp() - interval '19 s'`;
    expect(await attended()).toBe(true);
    await prisma.$executeRaw`UPDATE starter_attendance SET seen_at = clock_timestamp() - interval '21 s'`;
    expect(await attended()).toBe(false);
    await intents.attend();
    expect(await attended()).toBe(true);
  });

  it('are a backlog from as many on as whoever asks says, those under way included', async () => {
    const ids = await wait(null, 3);
    await claim(1);
    expect((await intents.attendance(4)).backlog).toBe(false);
    expect((await intents.attendance(3)).backlog).toBe(true);
    await prisma.startIntent.deleteMany({ where: { subjectId: ids[0] ?? '' } });
    expect((await intents.attendance(3)).backlog).toBe(false);
  });

  it('of a rush are left to the process that placed them for twenty seconds, of a quiet door for two', async () => {
    const leases: number[] = [];
    for (const inRush of [{ inRush: true as const }, {}]) {
      const orderId = stores.newId('order');
      const draft = { buyerId: 'b', lines: [{ skuId, quantity: 1 }], payWith: null, paymentWindowSeconds: 600 };
      await stores.orders.place({ orderId, draft, startIntent: true, ...inRush });
      const [row] = await prisma.$queryRaw<{ seconds: number }[]>`
        SELECT round(extract(epoch FROM leased_until - created_at))::int AS seconds FROM start_intents
        WHERE subject_id = ${orderId}`;
      leases.push(row?.seconds ?? 0);
    }
    expect(leases).toEqual([20, 2]);
  });

  it('a starter behind a burst begins with the oldest, and with a small shop before the rest of a big one', async () => {
    const many = await wait('store_big', 40);
    const few = await wait('store_small', 2);
    const begun: string[] = [];
    const dispatcher = new Dispatcher<StartIntent>({
      name: 'test',
      claim: (limit) => intents.claim(limit, LEASE_MS),
      deliver: ({ id }) => Promise.resolve(void begun.push(id)),
      done: (done) => intents.done(done),
      idOf: ({ id }) => id,
      pace: { limit: 4, now: () => 0, ended: () => undefined },
      pollMs: 60_000,
      log: createLogger('silent'),
    });
    dispatcher.start();
    await until('all are started', async () => (await intents.pending()) === 0);
    await dispatcher.stop();
    expect(begun.filter((id) => many.includes(id))).toEqual(many);
    expect(Math.max(...few.map((id) => begun.indexOf(id)))).toBeLessThan(8);
    expect(new Set(begun).size).toBe(42);
  });
});
