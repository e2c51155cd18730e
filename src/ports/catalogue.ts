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
}

/** What PUT may change. Stock is not among it: that changes through the ledger only. */
export type SkuChange = Pick<NewSku, 'title' | 'productId' | 'price' | 'onShelf'>;

export interface Page<T> {
  readonly items: readonly T[];
  /** Opaque; null on the last page. */
  readonly nextCursor: string | null;
}

/** SKUs and what is in stock of them. */
export interface Catalogue {
  create(sku: NewSku): Promise<Sku | 'exists'>;
  update(id: string, change: SkuChange): Promise<Sku | null>;
  find(id: string): Promise<Sku | null>;
  list(query: { cursor: string | null; limit: number }): Promise<Page<Sku>>;
  /** Adjusts stock; answers the SKU as it was right after, also when the key is repeated later. */
  adjustStock(request: AdjustRequest, key: IdempotencyKey | null): Promise<AdjustedSku | KeyRefusal>;
}

export type AdjustedSku =
  { readonly t: Exclude<AdjustOutcome, 'done' | 'already'> } | { readonly t: 'adjusted'; readonly sku: Sku };
