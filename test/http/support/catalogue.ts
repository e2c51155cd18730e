import { judgeImport, type RefusedLine } from '../../../src/domain/stock-import';
import {
  type NewProduct,
  type Page,
  type Product,
  type ProductChange,
  type ProductQuery,
  type Products,
} from '../../../src/ports/catalogue';
import { type IdempotencyKey, type KeyRefusal } from '../../../src/ports/idempotency';
import { type ImportOutcome, type ImportRequest, type StockImports } from '../../../src/ports/stock-import';
import { type FakeCatalogue, Keys, page } from './fakes';

/** Products in memory: those that were made, and those that SKUs brought along. */
export class FakeProducts implements Products {
  private readonly products = new Map<string, NewProduct>();

  constructor(private readonly catalogue: FakeCatalogue) {}

  create(product: NewProduct): Promise<Product | 'exists'> {
    return Promise.resolve(this.known(product.id) ? 'exists' : this.keep(product));
  }

  update(id: string, change: ProductChange): Promise<Product | null> {
    return Promise.resolve(this.known(id) ? this.keep({ id, ...change }) : null);
  }

  find(id: string): Promise<Product | null> {
    const product = this.known(id);
    return Promise.resolve(product && this.whole(product));
  }

  list({ onShelf, cursor, limit }: ProductQuery): Promise<Page<Product>> {
    const ids = new Set([...this.products.keys(), ...[...this.catalogue.skus.values()].map((sku) => sku.productId)]);
    const found = [...ids]
      .sort()
      .flatMap((id) => this.known(id) ?? [])
      .filter((product) => onShelf === undefined || product.onShelf === onShelf)
      .filter(({ id }) => cursor === null || id > cursor);
    return Promise.resolve(
      page(
        found.map((each) => this.whole(each)),
        limit,
      ),
    );
  }

  private known(id: string): NewProduct | null {
    const sku = [...this.catalogue.skus.values()].find(({ productId }) => productId === id);
    return this.products.get(id) ?? (sku ? { id, title: sku.title, onShelf: true } : null);
  }

  private keep(product: NewProduct): Product {
    this.products.set(product.id, product);
    for (const sku of [...this.catalogue.skus.values()].filter(({ productId }) => productId === product.id))
      this.catalogue.skus.set(sku.id, { ...sku, onSale: sku.onShelf && product.onShelf });
    return this.whole(product);
  }

  private whole({ id, title, onShelf }: NewProduct): Product {
    const skuIds = [...this.catalogue.skus.values()].filter(({ productId }) => productId === id).map((sku) => sku.id);
    return { id, title, onShelf, createdAt: '2026-01-01T00:00:00.000Z', skuIds: skuIds.sort() };
  }
}

/** Imports into the fake catalogue. */
export class FakeStockImports implements StockImports {
  private readonly keys = new Keys<ImportOutcome>();

  constructor(private readonly catalogue: FakeCatalogue) {}

  run(request: ImportRequest, key: IdempotencyKey): Promise<ImportOutcome | KeyRefusal> {
    const earlier = this.keys.earlier(key);
    if (earlier) return Promise.resolve(earlier);
    const outcome = this.runOnce(request);
    this.keys.remember(key, outcome);
    return Promise.resolve(outcome);
  }

  private runOnce({ id, mode, lines, malformed }: ImportRequest): ImportOutcome {
    const { skus } = this.catalogue;
    const counters = new Map([...skus].map(([skuId, { stock }]) => [skuId, stock]));
    const judged = [...malformed, ...judgeImport(lines, counters)].sort((a, b) => a.line - b.line);
    const refused = judged.filter((each): each is RefusedLine => each.status === 'refused');
    if (mode === 'all_or_nothing' && refused.length > 0) return { t: 'refused', lines: refused };
    for (const each of judged) {
      const sku = each.status === 'applied' ? skus.get(each.skuId) : undefined;
      if (sku) skus.set(sku.id, { ...sku, stock: { ...sku.stock, available: each.available ?? 0 } });
    }
    return {
      t: 'imported',
      report: { id, applied: judged.length - refused.length, refused: refused.length, lines: judged },
    };
  }
}
