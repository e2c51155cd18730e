import { type ErrorCode, type Shortage } from './errors';
import { type Promotion, type PromotionHold, type PromotionUse, refusalToHold } from './promotion';
import { type StockCounters, type StockLine, StockAllocator } from './stock';

/** Points that an order paid with points takes from its buyer when it is placed. */
export interface PointsHold {
  readonly buyerId: string;
  readonly points: number;
}

/** Everything that one order holds: all of it or nothing. */
export interface HoldWish {
  /** Normalised. */
  readonly lines: readonly StockLine[];
  readonly promotion: PromotionHold | null;
  readonly points: PointsHold | null;
}

/** A promotion with what is held and used of it, in all and by the buyers who ask. */
export interface PromotionStanding {
  readonly promotion: Promotion;
  readonly all: PromotionUse;
  readonly buyers: ReadonlyMap<string, PromotionUse>;
}

export interface HoldBooks {
  readonly stock: ReadonlyMap<string, StockCounters>;
  readonly promotions: ReadonlyMap<string, PromotionStanding>;
  /** Points that can be spent, by buyer. */
  readonly points: ReadonlyMap<string, number>;
}

export type HoldDecision =
  | { readonly t: 'held' }
  | { readonly t: 'short'; readonly shortages: readonly Shortage[] }
  | { readonly t: 'refused'; readonly code: ErrorCode };

const NOTHING: PromotionUse = { held: 0, used: 0 };

/**
 * Decides, in the order of arrival, who holds what they ask for: stock, promotion and points together or none of it. What
 * is refused takes nothing. The books must be locked by the caller.
 */
export class HoldDesk {
  private readonly stock: StockAllocator;
  private readonly promised = new Map<string, number>();
  private readonly points: Map<string, number>;

  constructor(private readonly books: HoldBooks) {
    this.stock = new StockAllocator(books.stock);
    this.points = new Map(books.points);
  }

  take(wish: HoldWish): HoldDecision {
    const code = this.promotionRefusal(wish.promotion) ?? this.pointsRefusal(wish.points);
    if (code) return { t: 'refused', code };
    const allocation = this.stock.take(wish.lines);
    if (allocation.t === 'held') this.book(wish);
    return allocation;
  }

  private promotionRefusal(hold: PromotionHold | null): ErrorCode | null {
    if (!hold) return null;
    const standing = this.books.promotions.get(hold.promotionId);
    if (!standing) return 'promotion_not_found';
    const { promotion, all, buyers } = standing;
    return refusalToHold(promotion, hold.quantity, {
      all: this.with(all, hold.promotionId),
      buyer: this.with(buyers.get(hold.buyerId) ?? NOTHING, buyerOf(hold)),
    });
  }

  private pointsRefusal(hold: PointsHold | null): ErrorCode | null {
    if (!hold) return null;
    return (this.points.get(hold.buyerId) ?? 0) < hold.points ? 'insufficient_points' : null;
  }

  private with(use: PromotionUse, name: string): PromotionUse {
    return { ...use, held: use.held + (this.promised.get(name) ?? 0) };
  }

  private book({ promotion, points }: HoldWish): void {
    if (promotion) {
      for (const name of [promotion.promotionId, buyerOf(promotion)])
        this.promised.set(name, (this.promised.get(name) ?? 0) + promotion.quantity);
    }
    if (points) this.points.set(points.buyerId, (this.points.get(points.buyerId) ?? 0) - points.points);
  }
}

/** Ids hold no white space, so the two can't be mistaken for another pair, nor for a promotion alone. */
const buyerOf = ({ promotionId, buyerId }: PromotionHold): string => `${promotionId} ${buyerId}`;
