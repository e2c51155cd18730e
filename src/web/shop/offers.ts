import { type Money, sumMoney } from '../../domain/money';
import { appliesTo, discounted } from '../../domain/promotion';
import { type ShopPromotion } from '../../storefront/contract';

interface PricedLine {
  readonly skuId: string;
  readonly quantity: number;
  readonly unitPrice: Money;
}

/** An offer on these lines, and what they come to with it. The placing has the last word on both. */
export interface Offer {
  readonly promotion: ShopPromotion;
  readonly total: Money;
}

/** A sale of few units that begins at a set time: what this shop calls a flash sale. */
export function isFlashSale({ totalQuota, skuIds }: ShopPromotion): boolean {
  return totalQuota !== null && skuIds.length > 0;
}

export function isRunning({ startsAt, endsAt }: ShopPromotion, now: number): boolean {
  return Date.parse(startsAt) <= now && now < Date.parse(endsAt);
}

/** Units or orders that the offer is still good for; null: without limit. */
export function leftOf({ totalQuota, use }: ShopPromotion): number | null {
  return totalQuota === null ? null : Math.max(0, totalQuota - use.held - use.used);
}

/** Offers that run now, are left, and lower the price of these lines; the best first. */
export function offersFor(promotions: readonly ShopPromotion[], lines: readonly PricedLine[], now: number): Offer[] {
  if (lines.length === 0 || new Set(lines.map(({ unitPrice }) => unitPrice.currency)).size > 1) return [];
  const full = totalWith(null, lines);
  return promotions
    .filter((each) => isRunning(each, now) && leftOf(each) !== 0 && each.storeIds.length === 0)
    .map((promotion) => ({ promotion, total: totalWith(promotion, lines) }))
    .filter(({ total }) => total.minor < full.minor)
    .sort((a, b) => a.total.minor - b.total.minor);
}

function totalWith(promotion: ShopPromotion | null, lines: readonly PricedLine[]): Money {
  return sumMoney(
    lines.map(({ skuId, quantity, unitPrice }) =>
      discounted(unitPrice, quantity, promotion && appliesTo(promotion, skuId) ? promotion.discountBasisPoints : 0),
    ),
  );
}

/** `20 % off` */
export function discountInWords({ discountBasisPoints }: ShopPromotion): string {
  return `${discountBasisPoints / 100} % off`;
}
