import { type Money } from '../domain/money';

/** A paid order that somebody referred, as the profit-share system is told of it. */
export interface ProfitShare {
  readonly orderId: string;
  readonly referrerId: string;
  readonly amount: Money;
  readonly lines: readonly {
    readonly skuId: string;
    readonly productId: string;
    readonly quantity: number;
    readonly amount: Money;
  }[];
}

/** The books of what was reported: one entry per order. */
export interface ProfitShares {
  /** Enters it where it isn't; answers whether the profit-share system has still to acknowledge it. */
  record(eventId: string, share: ProfitShare): Promise<boolean>;
  acknowledged(orderId: string): Promise<void>;
}

/**
 * The system that pays referrers. `report` may be repeated: the order's id is its idempotency key there. Rejects where it
 * didn't acknowledge; whether it took the report is then unknown.
 */
export interface ProfitShareSystem {
  report(share: ProfitShare): Promise<void>;
}
