import { type Money } from './money';

/** All of what was paid, in basis points: the most that may come back as points. */
export const MAX_EARN_BASIS_POINTS = 10_000;

/** Points for a payment: the rate's share of its minor units, rounded down. `basisPoints`: 100 are one point per 100 units. */
export function pointsEarned({ minor }: Money, basisPoints: number): number {
  return Math.floor((minor * basisPoints) / MAX_EARN_BASIS_POINTS);
}

/** An order's points: what it earned, and what of its money has gone back since. Amounts in minor units. */
export interface PointsAward {
  readonly paid: number;
  readonly earned: number;
  readonly refunded: number;
  readonly takenBack: number;
}

/**
 * Points that are still to be taken back: the refunded share of what was earned, rounded down, less what was taken. Of an
 * order refunded in full that is all of it, whatever the parts were rounded to.
 */
export function pointsDueBack({ paid, earned, refunded, takenBack }: PointsAward): number {
  if (paid === 0) return 0;
  // The product of two amounts is beyond what a number holds exactly.
  const owed = Number((BigInt(earned) * BigInt(refunded)) / BigInt(paid));
  return Math.max(0, owed - takenBack);
}
