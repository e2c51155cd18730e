import { createNewId } from '../../src/adapters/ids/ulid';
import { createPrisma } from '../../src/adapters/store/prisma/client';
import { type PrismaClient } from '../../src/adapters/store/prisma/generated/client';
import { PrismaOutages } from '../../src/adapters/store/prisma/outages';
import { createTestDatabase, type TestDatabase } from '../support/database';

const newId = createNewId(Date.now);
const NOW = Date.parse('2026-11-21T12:00:00.000Z');
const MINUTE_MS = 60_000;

describe('outages in PostgreSQL', () => {
  let database: TestDatabase;
  let prisma: PrismaClient;
  let outages: PrismaOutages;
  beforeAll(async () => {
    database = await createTestDatabase('outages');
    prisma = createPrisma(database.url);
    outages = new PrismaOutages(prisma);
  });
  afterAll(async () => {
    await prisma.$disconnect();
    await database.drop();
  });

  /** An outage with so many orders; their deadlines in the order of their ids. */
  async function affecting(count: number) {
    const orderIds = Array.from({ length: count }, () => newId('order')).toSorted();
    await prisma.order.createMany({
      data: orderIds.map((id, place) => ({
        ...{ id, buyerId: 'buyer_1', status: 'awaiting_payment', amount: 1000n, currency: 'CNY', payWith: 'wechat' },
        ...{ paymentWindowSeconds: 600, payBy: new Date(NOW + place * MINUTE_MS), createdAt: new Date(NOW - 1) },
      })),
    });
    const id = newId('outage');
    const startedBy = { id: 'op_1', name: 'Ann', roles: ['operator'] } as const;
    const reason = 'WeChat Pay is away';
    await outages.insert({ id, gateway: 'wechat', minutes: 30, reason, startedBy, idempotencyKey: id, now: NOW });
    const next = async (limit: number) => (await outages.affected(id, limit)).map(({ orderId }) => orderId);
    return { id, orderIds, next };
  }

  it('orders that do not answer stand behind those that were not tried, and keep no place from them', async () => {
    const { id, orderIds, next } = await affecting(4);
    const [first = '', second = '', third = '', fourth = ''] = orderIds;
    expect(await next(2)).toEqual([first, second]);
    for (const orderId of [first, second]) await outages.unanswered(id, orderId, 'no worker took the command in time');
    expect(await next(2)).toEqual([third, fourth]);
    for (const orderId of [third, second]) await outages.unanswered(id, orderId, 'no worker took the command in time');
    expect(await next(4)).toEqual([fourth, first, third, second]);
  });

  it('what was not answered is no result; the one that follows is, and stays', async () => {
    const { id, orderIds, next } = await affecting(1);
    const [orderId = ''] = orderIds;
    await outages.unanswered(id, orderId, 'no worker took the command in time');
    expect(await outages.find(id)).toMatchObject({ extended: 0, refused: 0 });
    expect((await outages.results(id, { cursor: null, limit: 20 })).items).toEqual([]);
    const payBy = new Date(NOW + 30 * MINUTE_MS).toISOString();
    await outages.record(id, { orderId, outcome: 'extended', payBy, message: 'open' });
    await outages.unanswered(id, orderId, 'no worker took the command in time');
    await outages.record(id, { orderId, outcome: 'refused', payBy: null, message: 'too late' });
    expect(await outages.find(id)).toMatchObject({ extended: 1, refused: 0 });
    expect((await outages.results(id, { cursor: null, limit: 20 })).items).toMatchObject([
      { orderId, outcome: 'extended', payBy, message: 'open' },
    ]);
    expect(await next(1)).not.toContain(orderId);
  });
});
