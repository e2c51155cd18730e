import { HoldfastError } from '../../../domain/errors';
import { type NewId } from '../../../domain/ids';
import { type Money } from '../../../domain/money';
import { MAX_POINTS, type PointsRefund, type PointsStanding } from '../../../domain/points';
import { type IdempotencyKey, type KeyRefusal } from '../../../ports/idempotency';
import {
  type AdjustedPoints,
  type NoSuchPayment,
  type PointsAccount,
  type PointsAdjustment,
  type PointsCloseOutcome,
  type PointsRefundOutcome,
  type PointsStore,
  type SpendOutcome,
} from '../../../ports/points-store';
import { type Sql, TRANSACTION_LIMITS } from './client';
import { decodeCursor, pageOf } from './cursor';
import { type PrismaClient } from './generated/client';
import { answerOnce } from './idempotency';
import { closeIn, refundIn, spendIn } from './points-payments';
import { enter, type EntryRow, findAttempt, lockAccount, readRefund, readStanding, toEntry } from './points-statements';

/** Above every id of the ledger: where a first page begins. */
const NEWEST = 2n ** 63n - 1n;

/** Points in PostgreSQL: a row per account, locked by whatever moves it, and a ledger. */
export class PrismaPointsStore implements PointsStore {
  constructor(
    private readonly prisma: PrismaClient,
    private readonly newId: NewId,
  ) {}

  spend(merchantNo: string, amount: Money): Promise<SpendOutcome> {
    return this.within((tx) => spendIn(tx, this.newId, merchantNo, amount));
  }

  close(merchantNo: string): Promise<PointsCloseOutcome> {
    return this.within((tx) => closeIn(tx, this.newId, merchantNo));
  }

  async standing(merchantNo: string): Promise<PointsStanding | NoSuchPayment> {
    if (!(await findAttempt(this.prisma, merchantNo))) return { t: 'none' };
    return readStanding(this.prisma, merchantNo);
  }

  refund(refund: PointsRefund, reason: string): Promise<PointsRefundOutcome> {
    return this.within((tx) => refundIn(tx, this.newId, refund, reason));
  }

  findRefund(refundNo: string): Promise<PointsRefund | null> {
    return readRefund(this.prisma, refundNo);
  }

  async account(buyerId: string, { cursor, limit }: { cursor: string | null; limit: number }): Promise<PointsAccount> {
    const before = cursor === null ? NEWEST : entryOf(cursor);
    // One snapshot, so that balance and ledger agree.
    const [accounts, rows] = await this.prisma.$transaction(
      [
        this.prisma.pointsAccount.findMany({ where: { buyerId } }),
        this.prisma.$queryRaw<EntryRow[]>`
          SELECT id, kind, reference, delta, balance_after, merchant_no, reason, created_at FROM points_ledger
          WHERE buyer_id = ${buyerId} AND id < ${before} ORDER BY id DESC LIMIT ${limit + 1}`,
      ],
      { isolationLevel: 'RepeatableRead' },
    );
    const { balance, held } = accounts[0] ?? { balance: 0n, held: 0n };
    return { buyerId, balance: Number(balance), held: Number(held), ledger: pageOf(rows.map(toEntry), limit) };
  }

  adjust(request: PointsAdjustment, key: IdempotencyKey | null): Promise<AdjustedPoints | KeyRefusal> {
    return this.within((tx) => answerOnce(tx, key, request.reference, () => adjustOnce(tx, request)));
  }

  private within<T>(work: (tx: Sql) => Promise<T>): Promise<T> {
    return this.prisma.$transaction(work, TRANSACTION_LIMITS);
  }
}

async function adjustOnce(tx: Sql, { reference, buyerId, delta, reason }: PointsAdjustment): Promise<AdjustedPoints> {
  const balance = await lockAccount(tx, buyerId);
  if (balance + delta < 0) return { t: 'insufficient' };
  // What refunds have given back above the limit may still be taken.
  if (delta > 0 && balance + delta > MAX_POINTS) return { t: 'tooMany' };
  const row = { buyerId, kind: 'adjust', reference, delta, merchantNo: null, currency: null, reason } as const;
  const entry = await enter(tx, row);
  return { t: 'adjusted', buyerId, balance: entry.balance, entry };
}

/** The id of a ledger row out of a cursor. Throws `validation_failed` for a cursor of another list. */
function entryOf(cursor: string): bigint {
  const id = decodeCursor(cursor);
  if (/^\d{1,18}$/.test(id)) return BigInt(id);
  throw new HoldfastError('validation_failed', 'the cursor is not one of this list', {
    errors: [{ path: 'cursor', message: 'not a cursor of this list' }],
  });
}
