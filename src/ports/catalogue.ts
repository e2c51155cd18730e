import { type RequiredForm } from '../domain/buyer-fields';
import { type Money } from '../domain/money';
import { type StockCounters } from '../domain/stock';
import { type IdempotencyKey, type KeyRefusal } from './idempotency';
import { type AdjustOutcome, type AdjustRequest } from './stock-store';

export interface Sku {
  readonly id: string;
  readonly productId: string;
  readonly title: string;
  readonly price: Money;
  readonly onShelf: boolean;
  /** Neither the SKU nor its product is off the shelf. */
  readonly onSale: boolean;
  readonly requiredForm: RequiredForm;
  readonly stock: StockCounters;
}

export interface NewSku {
  readonly id: string;
  readonly productId: string;
  readonly title: string;
  readonly price: Money;
  readonly onShelf: boolean;
  readonly initialStock: number;
  readonly unlimited: boolean;
  /** Asks for nothing unless given. */
  readonly requiredForm?: RequiredForm | undefined;
}

/** What PUT may change; `requiredForm` stays as it is unless given. Stock is not among it: that changes through the ledger only. */
export type SkuChange = Pick<NewSku, 'title' | 'productId' | 'price' | 'onShelf' | 'requiredForm'>;

export interface Page<T> {
  readonly items: readonly T[];
  /** Opaque; null on the last page. */
  readonly nextCursor: string | null;
}

export interface SkuQuery {
  readonly productId?: string;
  /** By the SKU's own flag, whatever its product's is. */
  readonly onShelf?: boolean;
  readonly cursor: string | null;
  readonly limit: number;
}

/** SKUs and what is in stock of them. A SKU whose product is not there brings it along. */
export interface Catalogue {
  create(sku: NewSku): Promise<Sku | 'exists'>;
  update(id: string, change: SkuChange): Promise<Sku | null>;
  find(id: string): Promise<Sku | null>;
  list(query: SkuQuery): Promise<Page<Sku>>;
  /** Adjusts stock; answers the SKU as it was right after, also when the key is repeated later. */
  adjustStock(request: AdjustRequest, key: IdempotencyKey | null): Promise<AdjustedSku | KeyRefusal>;
}

export type AdjustedSku =
  { readonly t: Exclude<AdjustOutcome, 'done' | 'already'> } | { readonly t: 'adjusted'; readonly sku: Sku };

/** What is sold, in one or more variants (SKUs). Off the shelf, none of them is on sale. */
export interface Product {
  readonly id: string;
  readonly title: string;
  readonly onShelf: boolean;
  /** RFC 3339. */
  readonly createdAt: string;
  /** Sorted. */
  readonly skuIds: readonly string[];
}

export type NewProduct = Pick<Product, 'id' | 'title' | 'onShelf'>;
export type ProductChange = Omit<NewProduct, 'id'>;

export interface ProductQuery {
  readonly onShelf?: boolean;
  readonly cursor: string | null;
  readonly limit: number;
}

export interface Products {
  create(product: NewProduct): Promise<Product | 'exists'>;
  update(id: string, change: ProductChange): Promise<Product | null>;
  find(id: string): Promise<Product | null>;
  /** By id. Throws `validation_failed` for a cursor that is none. */
  list(query: ProductQuery): Promise<Page<Product>>;
}
