interface OfAward {
  readonly orderId: string;
  readonly buyerId: string;
  /** What the order's payment came to, in minor units. */
  readonly paid: number;
}

export interface EarnedPoints extends OfAward {
  /** Zero where the payment earns none. */
  readonly points: number;
}

export interface RefundedMoney extends OfAward {
  readonly refundId: string;
  /** What has gone back of the payment so far, this refund included, in minor units. */
  readonly refunded: number;
}

/**
 * Points earned by orders. Contract:
 * 1. An order earns once, and what its refunds take back follows the refunded total: repeated, told by another event or
 *    told in another order, the end is the same.
 * 2. Taken is what is owed, or all that the buyer's account has; the rest is noted as `short` and looked for again at the
 *    order's next refund.
 * 3. Balance, ledger and award change in one transaction.
 */
export interface PointsAwards {
  earn(eventId: string, earned: EarnedPoints): Promise<void>;
  takeBack(eventId: string, refund: RefundedMoney): Promise<void>;
}
