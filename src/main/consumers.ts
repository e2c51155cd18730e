import { createProfitShareClient } from '../adapters/profit-share/http';
import { type Config } from '../config';
import { type ConsumerName } from '../consumers/names';
import { pointsAward } from '../consumers/points-award';
import { profitShare } from '../consumers/profit-share';
import { shippingNotice } from '../consumers/shipping-notice';
import { skuCache } from '../consumers/sku-cache';
import { type EventConsumer } from '../ports/event-consumer';
import { type Logger } from '../ports/logger';
import { type SkuCache } from '../ports/sku-cache';
import { type Stores } from './stores';

export interface ConsumerParts {
  readonly stores: Pick<Stores, 'pointsAwards' | 'profitShares' | 'shippingNotices' | 'skuReader'>;
  /** Null where there is no Redis: nothing is to be refreshed then. */
  readonly cache: SkuCache | null;
  readonly settings: Config['consumers'];
  readonly log: Logger;
}

/** The consumers that this process runs. A new one is a name in src/consumers/names.ts, a folder beside it, and a line here. */
export function createConsumers({ stores, cache, settings, log }: ConsumerParts): EventConsumer[] {
  const { pointsEarnBasisPoints: basisPoints, profitShareUrl } = settings;
  const system = profitShareUrl === null ? null : createProfitShareClient(profitShareUrl);
  const make: Record<ConsumerName, () => EventConsumer | null> = {
    'shipping-notice': () => shippingNotice(stores.shippingNotices),
    'points-award': () => pointsAward({ awards: stores.pointsAwards, basisPoints }),
    'profit-share': () => profitShare({ shares: stores.profitShares, system }),
    'sku-cache': () => cache && skuCache({ cache, skus: stores.skuReader, log }),
  };
  return settings.run.flatMap((name) => make[name]() ?? []);
}
