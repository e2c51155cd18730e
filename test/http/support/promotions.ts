import { type Promotion } from '../../../src/domain/promotion';
import { type Page } from '../../../src/ports/catalogue';
import {
  type PromotionChange,
  type PromotionStore,
  type PromotionWithUse,
  type UnknownSkus,
} from '../../../src/ports/promotion-store';

/** Promotions in memory; nothing is ever held of them. */
export class FakePromotions implements PromotionStore {
  private readonly promotions = new Map<string, PromotionWithUse>();

  constructor(private readonly catalogue: { readonly skus: ReadonlyMap<string, unknown> }) {}

  create(promotion: Promotion): Promise<PromotionWithUse | 'exists' | UnknownSkus> {
    const unknown = this.unknown(promotion);
    if (unknown) return Promise.resolve(unknown);
    if (this.promotions.has(promotion.id)) return Promise.resolve('exists');
    return Promise.resolve(this.keep({ ...promotion, use: { held: 0, used: 0 } }));
  }

  update(id: string, change: PromotionChange): Promise<PromotionWithUse | null | UnknownSkus> {
    const earlier = this.promotions.get(id);
    return Promise.resolve(earlier ? (this.unknown(change) ?? this.keep({ ...earlier, ...change })) : null);
  }

  find(id: string): Promise<PromotionWithUse | null> {
    return Promise.resolve(this.promotions.get(id) ?? null);
  }

  list({ cursor, limit }: { cursor: string | null; limit: number }): Promise<Page<PromotionWithUse>> {
    const after = [...this.promotions.values()]
      .filter(({ id }) => cursor === null || id > cursor)
      .sort((a, b) => (a.id < b.id ? -1 : 1));
    const items = after.slice(0, limit);
    return Promise.resolve({ items, nextCursor: after.length > limit ? (items.at(-1)?.id ?? null) : null });
  }

  private keep(promotion: PromotionWithUse): PromotionWithUse {
    this.promotions.set(promotion.id, promotion);
    return promotion;
  }

  private unknown({ skuIds }: Pick<Promotion, 'skuIds'>): UnknownSkus | null {
    const missing = skuIds.filter((id) => !this.catalogue.skus.has(id));
    return missing.length > 0 ? { t: 'unknownSkus', skuIds: missing } : null;
  }
}
