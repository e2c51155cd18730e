import { type ProfitShares, type ProfitShareSystem } from '../../ports/consumer-profit-share';
import { type EventConsumer } from '../../ports/event-consumer';
import { type ConsumerName } from '../names';

export const PROFIT_SHARE = 'profit-share' satisfies ConsumerName;

export interface ProfitShareDeps {
  readonly shares: ProfitShares;
  /** Null: the table is all there is, for the system to read. */
  readonly system: ProfitShareSystem | null;
}

/**
 * Reports each paid order that somebody referred, once. Where the report's answer was lost the event comes again, and the
 * report goes out again under the order's id, by which the system knows it.
 */
export function profitShare({ shares, system }: ProfitShareDeps): EventConsumer<'OrderPaid'> {
  return {
    name: PROFIT_SHARE,
    types: ['OrderPaid'],
    handle: async ({ id, data: { orderId, referrerId, amount, lines } }) => {
      if (referrerId === null) return;
      const sold = lines.map(({ skuId, productId, quantity, amount }) => ({ skuId, productId, quantity, amount }));
      const share = { orderId, referrerId, amount, lines: sold };
      const due = await shares.record(id, share);
      if (!due || !system) return;
      await system.report(share);
      await shares.acknowledged(orderId);
    },
  };
}
