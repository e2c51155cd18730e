import { type ErrorCode } from './errors';
import { money, type Money } from './money';

/** What a promotion's limit and quota count: orders, or the units that its discount applies to. */
export const PROMOTION_COUNTS = ['orders', 'units'] as const;
export type PromotionCounts = (typeof PROMOTION_COUNTS)[number];

/** One hundred percent, in basis points. */
export const WHOLE_BASIS_POINTS = 10_000;

/** A discount that runs from `startsAt` (included) to `endsAt` (excluded). */
export interface Promotion {
  readonly id: string;
  readonly name: string;
  /** RFC 3339. */
  readonly startsAt: string;
  /** RFC 3339. */
  readonly endsAt: string;
  /** 2000 is 20 % off. */
  readonly discountBasisPoints: number;
  /** SKUs that it applies to; none named: every SKU. */
  readonly skuIds: readonly string[];
  /** Stores that it runs in; none named: every store, and orders without one. */
  readonly storeIds: readonly string[];
  /** What one buyer may hold and have used; null: no limit. */
  readonly perBuyerLimit: number | null;
  /** What all buyers together may hold and have used; null: no limit. */
  readonly totalQuota: number | null;
  readonly counts: PromotionCounts;
}

/** What is held by open orders, and what paid ones have used. */
export interface PromotionUse {
  readonly held: number;
  readonly used: number;
}

/** What an order takes of a promotion, held with its stock and settled with it. */
export interface PromotionHold {
  readonly promotionId: string;
  readonly buyerId: string;
  readonly quantity: number;
}

/** Unit price × quantity × (10000 − discount) / 10000, rounded half up to the minor unit, once per line. */
export function discounted(unit: Money, quantity: number, discountBasisPoints: number): Money {
  const tenThousandths = unit.minor * quantity * (WHOLE_BASIS_POINTS - discountBasisPoints);
  // Integers throughout: the largest product is 10^15, and a division of integers could round the wrong way.
  const rest = tenThousandths % WHOLE_BASIS_POINTS;
  const whole = (tenThousandths - rest) / WHOLE_BASIS_POINTS;
  return money(rest * 2 >= WHOLE_BASIS_POINTS ? whole + 1 : whole, unit.currency);
}

/** Whether the promotion's discount is on the SKU. */
export function appliesTo(promotion: Promotion, skuId: string): boolean {
  return promotion.skuIds.length === 0 || promotion.skuIds.includes(skuId);
}

/** Why an order of `skuIds` placed at `now` (epoch milliseconds) can't have the promotion; null when it can. */
export function refusalToApply(
  promotion: Promotion,
  { now, storeId, skuIds }: { now: number; storeId: string | null; skuIds: readonly string[] },
): Extract<ErrorCode, 'promotion_not_running' | 'promotion_not_applicable'> | null {
  if (now < Date.parse(promotion.startsAt) || now >= Date.parse(promotion.endsAt)) return 'promotion_not_running';
  const { storeIds } = promotion;
  const inStore = storeIds.length === 0 || (storeId !== null && storeIds.includes(storeId));
  return inStore && skuIds.some((skuId) => appliesTo(promotion, skuId)) ? null : 'promotion_not_applicable';
}

/** What an order with these lines counts for against limit and quota. */
export function countsFor(promotion: Promotion, lines: readonly { skuId: string; quantity: number }[]): number {
  if (promotion.counts === 'orders') return 1;
  return lines.reduce((sum, { skuId, quantity }) => (appliesTo(promotion, skuId) ? sum + quantity : sum), 0);
}

/** Why the hold can't be had beside what is held and used; null when it can. */
export function refusalToHold(
  promotion: Promotion,
  quantity: number,
  { all, buyer }: { all: PromotionUse; buyer: PromotionUse },
): Extract<ErrorCode, 'promotion_limit_reached' | 'promotion_quota_reached'> | null {
  const over = (limit: number | null, { held, used }: PromotionUse): boolean =>
    limit !== null && held + used + quantity > limit;
  if (over(promotion.perBuyerLimit, buyer)) return 'promotion_limit_reached';
  return over(promotion.totalQuota, all) ? 'promotion_quota_reached' : null;
}
