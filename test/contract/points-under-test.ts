import { createPointsGateway } from '../../src/adapters/gateway/points/gateway';
import { createNewId } from '../../src/adapters/ids/ulid';
import { createPrisma } from '../../src/adapters/store/prisma/client';
import { PrismaPointsStore } from '../../src/adapters/store/prisma/points-store';
import { type Logger } from '../../src/ports/logger';
import { type PaymentGateway, type PaymentRef } from '../../src/ports/payment-gateway';
import { type PointsPayments } from '../../src/ports/points-store';
import { createTestDatabase } from '../support/database';
import { untilLockWaits } from '../support/lock';

interface AttemptOptions {
  /** A buyer with an account of their own unless given. */
  readonly buyerId?: string;
  readonly points?: number;
  readonly expired?: boolean;
}

export interface PointsUnderTest {
  readonly gateway: PaymentGateway;
  readonly store: PointsPayments;
  readonly log: FieldsLog;
  readonly databaseUrl: string;
  /** An order's attempt that nobody has asked for yet. */
  attempt(minor: number, options?: AttemptOptions): Promise<PaymentRef>;
  buyerOf(ref: PaymentRef): string;
  balance(ref: PaymentRef): Promise<number>;
  give(ref: PaymentRef, points: number): Promise<void>;
  expire(ref: PaymentRef): Promise<void>;
  /** Kinds of the payment's ledger rows, in order. */
  story(ref: PaymentRef): Promise<string[]>;
  /** Writes a close past all of the code. */
  enterClose(ref: PaymentRef): Promise<void>;
  /** Waits until so many statements wait for a lock. */
  untilWaiting(statements: number): Promise<void>;
  /** Every balance equals the sum of its ledger and what its last row says. */
  expectBooksBalance(): Promise<void>;
  close(): Promise<void>;
}

/** Keeps the fields of every line. */
class FieldsLog implements Logger {
  readonly fields: object[] = [];
  private readonly keep = (fields: object) => void this.fields.push(fields);
  readonly debug = this.keep;
  readonly info = this.keep;
  readonly warn = this.keep;
  readonly error = this.keep;
}

/** Longer than any wait of these tests: what is unknown is so because a test made it so. */
const PATIENT_MS = 60_000;

/** The adapter over a database of its own. */
export async function startPointsUnderTest(): Promise<PointsUnderTest> {
  const database = await createTestDatabase('points gateway');
  const prisma = createPrisma(database.url);
  const newId = createNewId(Date.now);
  const store = new PrismaPointsStore(prisma, newId);
  const log = new FieldsLog();
  const buyers = new Map<string, string>();
  const buyerOf = ({ merchantNo }: PaymentRef) => buyers.get(merchantNo) ?? '';
  const give = async (buyerId: string, delta: number) => {
    expect(await store.adjust({ reference: newId('adjustment'), buyerId, delta, reason: 'gift' }, null)).toMatchObject({
      t: 'adjusted',
    });
  };
  return {
    gateway: createPointsGateway({ store, log, timeoutMs: PATIENT_MS }),
    store: {
      spend: (merchantNo, amount) => store.spend(merchantNo, amount),
      close: (merchantNo) => store.close(merchantNo),
      standing: (merchantNo) => store.standing(merchantNo),
      refund: (refund, reason) => store.refund(refund, reason),
      findRefund: (refundNo) => store.findRefund(refundNo),
    },
    log,
    databaseUrl: database.url,
    attempt: async (
      minor,
      { buyerId = newId('order').replace('ord_', 'buyer_'), points = 0, expired = false } = {},
    ) => {
      const [orderId, merchantNo] = [newId('order'), newId('payment')];
      const expiresAt = new Date(Date.now() + (expired ? -1_000 : 600_000));
      const money = { amount: minor, currency: 'CNY' };
      await prisma.order.create({
        data: {
          ...{ id: orderId, buyerId, status: 'awaiting_payment', ...money, payWith: 'points' },
          ...{ paymentWindowSeconds: 600, payBy: expiresAt, createdAt: new Date() },
          payments: {
            create: {
              id: merchantNo,
              attempt: 1,
              gateway: 'points',
              status: 'creating',
              merchantNo,
              ...money,
              expiresAt,
            },
          },
        },
      });
      buyers.set(merchantNo, buyerId);
      if (points > 0) await give(buyerId, points);
      return {
        ...{ merchantNo, gatewayRef: null, amount: { minor, currency: 'CNY' } },
        ...{ expiresAt: expiresAt.toISOString(), description: 'Tea' },
      };
    },
    buyerOf,
    balance: async (ref) => (await store.account(buyerOf(ref), { cursor: null, limit: 1 })).balance,
    give: (ref, points) => give(buyerOf(ref), points),
    expire: async ({ merchantNo }) => {
      await prisma.payment.update({ where: { id: merchantNo }, data: { expiresAt: new Date(0) } });
    },
    story: async ({ merchantNo }) => {
      const rows = await prisma.pointsEntry.findMany({ where: { merchantNo }, orderBy: { id: 'asc' } });
      return rows.map(({ kind }) => kind);
    },
    enterClose: async (ref) => {
      const { merchantNo } = ref;
      const row = { kind: 'close', reference: merchantNo, delta: 0, balanceAfter: 0, merchantNo, currency: 'CNY' };
      await prisma.pointsEntry.create({ data: { buyerId: buyerOf(ref), ...row } });
    },
    untilWaiting: async (statements) => void (await untilLockWaits(prisma, statements)),
    expectBooksBalance: async () => {
      const wrong = await prisma.$queryRaw`
        SELECT a.buyer_id FROM points_accounts a
        WHERE a.balance < 0
           OR a.balance <> (SELECT coalesce(sum(l.delta), 0) FROM points_ledger l WHERE l.buyer_id = a.buyer_id)
           OR a.balance <> coalesce(
                (SELECT l.balance_after FROM points_ledger l WHERE l.buyer_id = a.buyer_id ORDER BY l.id DESC LIMIT 1), 0)`;
      expect(wrong).toEqual([]);
    },
    close: async () => {
      await prisma.$disconnect();
      await database.drop();
    },
  };
}
