import { type Product } from '../../ports/catalogue';
import { type ProductAnswer } from '../schemas/products';

/** The product as clients see it. */
export function presentProduct({ id, title, onShelf, createdAt, skuIds }: Product): ProductAnswer {
  return { id, title, onShelf, createdAt, skuIds: [...skuIds] };
}
