import { type Promotion, type PromotionUse } from '../domain/promotion';
import { type Page } from './catalogue';

export interface PromotionWithUse extends Promotion {
  readonly use: PromotionUse;
}

/** What PUT may change. What limit and quota count is not among it: what was counted so far would lose its meaning. */
export type PromotionChange = Omit<Promotion, 'id' | 'counts'>;

/** SKUs that a promotion names and the catalogue doesn't have. */
export interface UnknownSkus {
  readonly t: 'unknownSkus';
  readonly skuIds: readonly string[];
}

/**
 * Promotions and what is held and used of them. A change waits for the placings under way and counts for those behind it;
 * a limit below what is used already only keeps more from being held.
 */
export interface PromotionStore {
  create(promotion: Promotion): Promise<PromotionWithUse | 'exists' | UnknownSkus>;
  update(id: string, change: PromotionChange): Promise<PromotionWithUse | null | UnknownSkus>;
  find(id: string): Promise<PromotionWithUse | null>;
  /** By id. */
  list(query: { cursor: string | null; limit: number }): Promise<Page<PromotionWithUse>>;
}
