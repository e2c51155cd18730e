import { type PageOf, type PromotionRow, type PromotionUseRow } from '../../../console/contract';
import { search } from '../client';
import { useLive, useLiveList } from '../data';

const pathOf = (id: string): string => `/promotions/${encodeURIComponent(id)}`;

export const usePromotions = (cursor: string) => useLiveList<PageOf<PromotionRow>>(`/promotions${search({ cursor })}`);
export const usePromotion = (id: string) => useLive<PromotionRow>(pathOf(id));
export const useUses = (id: string, cursor: string) =>
  useLiveList<PageOf<PromotionUseRow>>(`${pathOf(id)}/uses${search({ cursor })}`);
