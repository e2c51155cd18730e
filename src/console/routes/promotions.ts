import { HoldfastError } from '../../domain/errors';
import { type PromotionWithUse } from '../../ports/promotion-store';
import { type PageOf, type PromotionRow, type PromotionUseRow } from '../contract';
import { type ConsoleDeps } from '../deps';
import { type Route, route } from '../route';
import { pageQuerySchema } from '../schemas';

/** Promotions and who has what of them. */
export function promotionRoutes({ promotions, reads, now }: ConsoleDeps): Route[] {
  const found = async (id: string): Promise<PromotionWithUse> => {
    const promotion = await promotions.find(id);
    if (!promotion) throw new HoldfastError('promotion_not_found');
    return promotion;
  };
  return [
    route({
      method: 'get',
      path: '/promotions',
      role: 'viewer',
      query: pageQuerySchema,
      handle: async ({ query: { cursor = null, limit } }): Promise<PageOf<PromotionRow>> => {
        const { items, nextCursor } = await promotions.list({ cursor, limit });
        return { items: items.map((each) => rowOf(each, now())), nextCursor };
      },
    }),
    route({
      method: 'get',
      path: '/promotions/:id',
      role: 'viewer',
      handle: async ({ params: { id = '' } }): Promise<PromotionRow> => rowOf(await found(id), now()),
    }),
    route({
      method: 'get',
      path: '/promotions/:id/uses',
      role: 'viewer',
      query: pageQuerySchema,
      handle: async ({ params: { id = '' }, query: { cursor = null, limit } }): Promise<PageOf<PromotionUseRow>> => {
        await found(id);
        return reads.promotionUses(id, { cursor, limit });
      },
    }),
  ];
}

function rowOf({ use, ...promotion }: PromotionWithUse, now: number): PromotionRow {
  const begun = Date.parse(promotion.startsAt) <= now;
  const over = Date.parse(promotion.endsAt) <= now;
  return { ...promotion, ...use, state: over ? 'over' : begun ? 'running' : 'coming' };
}
