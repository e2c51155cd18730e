import { pointsDueBack, type PointsAward } from '../../../domain/points-award';
import { type EarnedPoints, type PointsAwards, type RefundedMoney } from '../../../ports/consumer-points';
import { type Sql } from './client';
import { once } from './consumers';
import { type PrismaClient } from './generated/client';
import { enter, lockAccount } from './points-statements';

/** An award as its row has it; `earned` is null where only a refund has been told of yet. */
interface LockedAward extends Omit<PointsAward, 'earned'> {
  readonly orderId: string;
  readonly buyerId: string;
  readonly earned: number | null;
}

/** Points earned, in PostgreSQL. The award's row is locked before the account's; nothing else takes both. */
export class PrismaPointsAwards implements PointsAwards {
  constructor(
    private readonly prisma: PrismaClient,
    private readonly consumer: string,
  ) {}

  earn(eventId: string, { points, ...order }: EarnedPoints): Promise<void> {
    return once(this.prisma, this.consumer, eventId, async (tx) => {
      const award = await lockAward(tx, order);
      if (award.earned !== null) return;
      const { orderId, buyerId } = award;
      await tx.pointsAward.update({ where: { orderId }, data: { earned: points } });
      if (points === 0) return;
      await lockAccount(tx, buyerId);
      await enter(tx, { ...ofAward(buyerId), kind: 'earn', reference: orderId, delta: points, reason: null });
      // A refund may have been told of before: its event was dealt with while this one waited to be replayed.
      await takeDue(tx, { ...award, earned: points }, orderId);
    });
  }

  takeBack(eventId: string, { refundId, refunded, ...order }: RefundedMoney): Promise<void> {
    return once(this.prisma, this.consumer, eventId, async (tx) => {
      const award = await lockAward(tx, order);
      if (refunded <= award.refunded) return;
      await tx.pointsAward.update({ where: { orderId: award.orderId }, data: { refunded } });
      if (award.earned !== null) await takeDue(tx, { ...award, earned: award.earned, refunded }, refundId);
    });
  }
}

/** The order's row, made if there was none: whatever concerns the award is decided behind its lock. */
async function lockAward(
  tx: Sql,
  { orderId, buyerId, paid }: Pick<EarnedPoints, 'orderId' | 'buyerId' | 'paid'>,
): Promise<LockedAward> {
  await tx.$executeRaw`
    INSERT INTO points_awards (order_id, buyer_id, paid) VALUES (${orderId}, ${buyerId}, ${paid}) ON CONFLICT DO NOTHING`;
  const [row] = await tx.$queryRaw<
    { buyer_id: string; paid: bigint; earned: bigint | null; refunded: bigint; taken_back: bigint }[]
  >`SELECT buyer_id, paid, earned, refunded, taken_back FROM points_awards WHERE order_id = ${orderId} FOR UPDATE`;
  if (!row) throw new Error('the award was made and is not there');
  return {
    orderId,
    buyerId: row.buyer_id,
    paid: Number(row.paid),
    earned: row.earned === null ? null : Number(row.earned),
    refunded: Number(row.refunded),
    takenBack: Number(row.taken_back),
  };
}

/** Takes what is due, or all that there is; the rest is noted, and due again at the next refund. */
async function takeDue(tx: Sql, award: LockedAward & PointsAward, reference: string): Promise<void> {
  const due = pointsDueBack(award);
  if (due === 0) return;
  const { orderId, buyerId, takenBack } = award;
  const taken = Math.min(due, await lockAccount(tx, buyerId));
  const short = due - taken;
  const reason = short === 0 ? orderId : `${orderId}: ${due} due, ${short} of them not there to be taken`;
  // 0 - x: -x of nothing would be a negative zero.
  await enter(tx, { ...ofAward(buyerId), kind: 'take_back', reference, delta: 0 - taken, reason });
  await tx.pointsAward.update({ where: { orderId }, data: { takenBack: takenBack + taken, short } });
}

/** No payment in points stands behind these rows. */
function ofAward(buyerId: string) {
  return { buyerId, merchantNo: null, currency: null };
}
