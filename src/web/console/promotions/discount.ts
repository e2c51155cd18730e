import { type PromotionRow } from '../../../console/contract';

/** Basis points as per cent: 2000 is "20% off". */
export function discount({ discountBasisPoints }: Pick<PromotionRow, 'discountBasisPoints'>): string {
  const format = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 2 });
  return `${format.format(discountBasisPoints / 10_000)} off`;
}
