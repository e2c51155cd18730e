import { createNewId } from '../../src/adapters/ids/ulid';
import { createPrisma } from '../../src/adapters/store/prisma/client';
import { type PrismaClient } from '../../src/adapters/store/prisma/generated/client';
import { PrismaRefundStore } from '../../src/adapters/store/prisma/refund-store';
import { refundNumber } from '../../src/domain/refund';
import { createTestDatabase, type TestDatabase } from '../support/database';

const newId = createNewId(Date.now);

describe('refunds in PostgreSQL', () => {
  let database: TestDatabase;
  let prisma: PrismaClient;
  let store: PrismaRefundStore;
  beforeAll(async () => {
    database = await createTestDatabase('refund-store');
    prisma = createPrisma(database.url);
    store = new PrismaRefundStore(prisma, newId);
  });
  afterAll(async () => {
    await prisma.$disconnect();
    await database.drop();
  });

  /** A refund of a paid order, as it was requested; of late money where the notification is named. */
  async function requested(inboxId: string | null = null) {
    const at = new Date('2026-01-01T00:00:00Z');
    const amount = { amount: 1000n, currency: 'CNY' };
    const { id: orderId } = await prisma.order.create({
      data: {
        ...{ id: newId('order'), buyerId: 'buyer_1', status: 'refunding', paymentWindowSeconds: 600 },
        ...{ payBy: at, createdAt: at, paidAt: at, ...amount },
      },
    });
    const id = newId('refund');
    await prisma.refund.create({
      data: {
        ...{ id, orderId, inboxId, number: id, gateway: 'wechat', merchantNo: `no_${id}`, transactionId: `t_${id}` },
        ...{ cause: inboxId === null ? 'requested' : 'late_payment', paidAmount: 1000n, reason: 'faulty', ...amount },
      },
    });
    const told = async () => {
      const facts = await prisma.orderFact.findMany({ where: { orderId }, orderBy: { id: 'asc' } });
      return facts.map(({ what, data }) => [what, data]);
    };
    return { id, told, status: async () => (await store.find(id))?.status };
  }

  it('tell in the timeline what the gateway says when it says something else', async () => {
    const { id, told } = await requested();
    await store.processing(id, { t: 'processing' });
    await store.processing(id, { t: 'processing' });
    await store.processing(id, { t: 'unknown', cause: '5xx' });
    await store.processing(id, { t: 'unknown', cause: '5xx' });
    await store.processing(id, { t: 'unknown', cause: 'timeout' });
    await store.processing(id, { t: 'processing' });
    await store.manual(id, 'ABNORMAL');
    await store.manual(id, 'ABNORMAL');
    expect(await told()).toEqual([
      ['refund: processing', { refundId: id, t: 'processing' }],
      ['refund: processing', { refundId: id, t: 'unknown', cause: '5xx' }],
      ['refund: processing', { refundId: id, t: 'unknown', cause: 'timeout' }],
      ['refund: processing', { refundId: id, t: 'processing' }],
      ['refund: manual', { refundId: id, code: 'ABNORMAL' }],
    ]);
  });

  it('tell it for each refund by itself', async () => {
    const [one, other] = [await requested(), await requested()];
    await store.processing(one.id, { t: 'processing' });
    await store.processing(other.id, { t: 'processing' });
    expect([(await one.told()).length, (await other.told()).length]).toEqual([1, 1]);
  });

  it('are known to be on their way before they are sent, again under each number, and never step back', async () => {
    const { id, told, status } = await requested();
    await store.sending(id);
    expect(await status()).toBe('processing');
    await store.renumber(id, 'CLOSED');
    expect(await status()).toBe('pending');
    await store.sending(id);
    await store.manual(id, 'ABNORMAL');
    await store.sending(id);
    expect(await status()).toBe('manual');
    await store.succeeded(id, 'gw_1');
    await store.sending(id);
    expect(await status()).toBe('succeeded');
    expect((await told()).map(([what]) => what)).not.toContain('refund: processing');
  });

  it('are found by each of their numbers, with the process that settles them', async () => {
    const [own, late] = [await requested(), await requested(newId('event'))];
    const inboxId = (await prisma.refund.findUniqueOrThrow({ where: { id: late.id } })).inboxId;
    for (const tries of [1, 2, 5]) {
      expect(await store.ofNumber(refundNumber(own.id, tries))).toEqual({ id: own.id, inboxId: null });
      expect(await store.ofNumber(refundNumber(late.id, tries))).toEqual({ id: late.id, inboxId });
    }
    for (const stranger of [newId('refund'), 'ref_1', '', 'x'.repeat(64)])
      expect(await store.ofNumber(stranger)).toBeNull();
  });
});
