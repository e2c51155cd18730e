import { type EventEnvelope } from '../../domain/events';
import { pointsEarned } from '../../domain/points-award';
import { type PointsAwards } from '../../ports/consumer-points';
import { type EventConsumer } from '../../ports/event-consumer';
import { type ConsumerName } from '../names';

export const POINTS_AWARD = 'points-award' satisfies ConsumerName;

export interface PointsAwardDeps {
  readonly awards: PointsAwards;
  /** Points per payment: 100 are one point for 100 minor units. */
  readonly basisPoints: number;
}

/**
 * Buyers earn points by what they pay in money, at the rate of the day; refunds take them back in proportion. What was
 * paid with points earns none.
 */
export function pointsAward({ awards, basisPoints }: PointsAwardDeps): EventConsumer<'OrderPaid' | 'RefundSucceeded'> {
  return {
    name: POINTS_AWARD,
    types: ['OrderPaid', 'RefundSucceeded'],
    handle: (event) => (event.type === 'OrderPaid' ? earn(awards, basisPoints, event) : takeBack(awards, event)),
  };
}

function earn(awards: PointsAwards, basisPoints: number, { id, data }: EventEnvelope<'OrderPaid'>): Promise<void> {
  const { orderId, buyerId, amount, gateway } = data;
  const points = gateway === 'points' ? 0 : pointsEarned(amount, basisPoints);
  return awards.earn(id, { orderId, buyerId, paid: amount.minor, points });
}

async function takeBack(awards: PointsAwards, { id, data }: EventEnvelope<'RefundSucceeded'>): Promise<void> {
  const { orderId, buyerId, refundId, cause, paidAmount, refundedTotal } = data;
  // Late money was never the order's payment: it has earned nothing.
  if (cause !== 'requested' || orderId === null || buyerId === null) return;
  await awards.takeBack(id, {
    orderId,
    buyerId,
    refundId,
    paid: paidAmount.minor,
    refunded: refundedTotal.minor,
  });
}
