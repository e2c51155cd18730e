/** Stock and promotions. */
import { type Money } from '../domain/money';
import { type StockCounters } from '../domain/stock';
import { type ImportMode, type JudgedLine } from '../domain/stock-import';
import { type StockMovement } from '../ports/console-reads';

/** GET /skus?q=&cursor=&limit=: PageOf<SkuRow>; `q` is the beginning of an id or a part of the title. */
export interface SkuRow {
  readonly id: string;
  readonly productId: string;
  readonly title: string;
  readonly price: Money;
  readonly onSale: boolean;
  readonly stock: StockCounters;
}

/** GET /skus/{id}: the SKU and whether its counters equal its ledger. */
export interface SkuPage {
  readonly at: string;
  readonly sku: SkuRow;
  /** What the ledger's rows come to; null where they are too many to be summed while one waits (reconciliation does). */
  readonly ledger: {
    readonly rows: number;
    readonly available: number;
    readonly reserved: number;
    readonly sold: number;
    readonly agrees: boolean;
  } | null;
}

/** GET /skus/{id}/ledger, newest first: PageOf<LedgerRow>. */
export type LedgerRow = StockMovement;

/** POST /skus/{id}/adjustments with an Idempotency-Key; answered by SkuRow. */
export interface AdjustStock {
  readonly delta: number;
  readonly reason: string;
}

/** POST /stock-imports?mode=… with a text/csv body (skuId,delta,reason) and an Idempotency-Key. */
export interface StockImportAnswer {
  readonly id: string;
  readonly applied: number;
  readonly refused: number;
  readonly lines: readonly JudgedLine[];
}
export type StockImportMode = ImportMode;

/** GET /promotions: PageOf<PromotionRow>; GET /promotions/{id}: PromotionRow. */
export interface PromotionRow {
  readonly id: string;
  readonly name: string;
  readonly state: 'coming' | 'running' | 'over';
  readonly startsAt: string;
  readonly endsAt: string;
  readonly discountBasisPoints: number;
  readonly skuIds: readonly string[];
  readonly storeIds: readonly string[];
  readonly perBuyerLimit: number | null;
  readonly totalQuota: number | null;
  readonly counts: 'orders' | 'units';
  readonly held: number;
  readonly used: number;
}

/** GET /promotions/{id}/uses, newest first: PageOf<PromotionUseRow>. */
export interface PromotionUseRow {
  readonly id: string;
  readonly at: string;
  readonly kind: string;
  readonly orderId: string;
  readonly buyerId: string;
  readonly quantity: number;
}
