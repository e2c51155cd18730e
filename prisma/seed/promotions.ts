import { type Promotion } from '../../src/domain/promotion';
import { type PromotionStore } from '../../src/ports/promotion-store';

const DAY_MS = 24 * 3_600_000;
/** Time to open the shop and see the flash sale's countdown. */
const BEFORE_FLASH_MS = 2 * 60_000;

/** A week of tea, and a flash sale of five cups that begins soon. `now` in epoch milliseconds. */
export function demoPromotions(now: number): readonly Promotion[] {
  const at = (ms: number): string => new Date(now + ms).toISOString();
  return [
    {
      id: 'promo_longjing_week',
      name: 'Longjing week',
      startsAt: at(0),
      endsAt: at(7 * DAY_MS),
      discountBasisPoints: 1500,
      skuIds: ['sku_longjing_100g', 'sku_longjing_250g'],
      storeIds: [],
      perBuyerLimit: null,
      totalQuota: null,
      counts: 'orders',
    },
    {
      id: 'promo_moon_flash',
      name: 'First firing at half the price',
      startsAt: at(BEFORE_FLASH_MS),
      endsAt: at(7 * DAY_MS),
      discountBasisPoints: 5000,
      skuIds: ['sku_moon_cup'],
      storeIds: [],
      perBuyerLimit: 1,
      totalQuota: 5,
      counts: 'units',
    },
  ];
}

/** Creates the demo promotions; one that is over runs anew. What somebody has changed otherwise stays. */
export async function seedPromotions(
  promotions: Pick<PromotionStore, 'create' | 'find' | 'update'>,
  now: number,
): Promise<void> {
  for (const wanted of demoPromotions(now)) {
    const there = await promotions.find(wanted.id);
    if (!there) await promotions.create(wanted);
    else if (Date.parse(there.endsAt) <= now) {
      const { name, discountBasisPoints, skuIds, storeIds, perBuyerLimit, totalQuota } = there;
      const kept = { name, discountBasisPoints, skuIds, storeIds, perBuyerLimit, totalQuota };
      await promotions.update(wanted.id, { ...kept, startsAt: wanted.startsAt, endsAt: wanted.endsAt });
    }
  }
}
