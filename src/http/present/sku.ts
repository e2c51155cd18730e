import { type Sku } from '../../ports/catalogue';
import { type SkuAnswer } from '../schemas/skus';

/** The SKU as clients see it. */
export function presentSku({ id, productId, title, price, onShelf, onSale, requiredForm, stock }: Sku): SkuAnswer {
  const { available, reserved, sold, unlimited } = stock;
  const counters = { available, reserved, sold, unlimited };
  return { id, productId, title, price, onShelf, onSale, requiredForm: [...requiredForm], stock: counters };
}
