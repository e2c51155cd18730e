import { type Sku } from '../../ports/catalogue';
import { type SkuAnswer } from '../schemas/skus';

/** The SKU as clients see it. */
export function presentSku({ id, productId, title, price, onShelf, stock }: Sku): SkuAnswer {
  const { available, reserved, sold, unlimited } = stock;
  return { id, productId, title, price, onShelf, stock: { available, reserved, sold, unlimited } };
}
