import { type RequiredForm } from './buyer-fields';
import { HoldfastError } from './errors';
import { MAX_MINOR, type Money, sumMoney } from './money';
import { type OrderDraft, type OrderLine } from './order';
import { appliesTo, discounted, type Promotion } from './promotion';

/** What the catalogue says of a SKU at the moment of placing; copied into the order and never looked up again. */
export interface PricedSku {
  readonly skuId: string;
  readonly productId: string;
  readonly title: string;
  readonly price: Money;
  readonly onShelf: boolean;
  /** What the buyer has to fill in; judged by the FormCheck port. */
  readonly requiredForm: RequiredForm;
}

/**
 * Freezes catalogue prices, less the promotion's discount where it applies, into the order's lines; one child order per
 * product, in the order of first mention.
 */
export function priceLines(
  draft: Pick<OrderDraft, 'lines'>,
  catalogue: ReadonlyMap<string, PricedSku>,
  newChildId: () => string,
  promotion: Promotion | null = null,
): { lines: OrderLine[]; amount: Money } {
  const children = new Map<string, string>();
  const lines = draft.lines.map((line, index) => {
    const sku = saleable(catalogue, line.skuId, `lines.${index}.skuId`);
    const childId = children.get(sku.productId) ?? newChildId();
    children.set(sku.productId, childId);
    if (sku.price.minor * line.quantity > MAX_MINOR) throw amountOutOfRange();
    const discountBasisPoints = promotion && appliesTo(promotion, sku.skuId) ? promotion.discountBasisPoints : 0;
    return {
      skuId: sku.skuId,
      productId: sku.productId,
      title: sku.title,
      quantity: line.quantity,
      unitPrice: sku.price,
      discountBasisPoints,
      amount: discounted(sku.price, line.quantity, discountBasisPoints),
      childId,
    };
  });
  return { lines, amount: total(lines) };
}

function saleable(catalogue: ReadonlyMap<string, PricedSku>, skuId: string, path: string): PricedSku {
  const sku = catalogue.get(skuId);
  if (!sku) {
    throw new HoldfastError('sku_not_found', `no SKU has the id ${skuId}`, {
      errors: [{ path, message: 'no SKU has this id' }],
    });
  }
  if (!sku.onShelf) {
    throw new HoldfastError('sku_off_shelf', `${skuId} is not on sale`, { errors: [{ path, message: 'not on sale' }] });
  }
  return sku;
}

function total(lines: readonly OrderLine[]): Money {
  if (new Set(lines.map((line) => line.unitPrice.currency)).size > 1) throw new HoldfastError('mixed_currencies');
  if (lines.reduce((sum, line) => sum + line.amount.minor, 0) > MAX_MINOR) throw amountOutOfRange();
  return sumMoney(lines.map((line) => line.amount));
}

function amountOutOfRange(): HoldfastError {
  return new HoldfastError('amount_out_of_range', `an order may come to at most ${MAX_MINOR} minor units`);
}
