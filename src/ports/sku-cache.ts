import { type Page, type Sku, type SkuQuery } from './catalogue';

/**
 * Drawn right before SKUs are read, each higher than the one before: a reading has everything that was committed when its
 * ticket was drawn. A change is read again on its event, after its commit; so the ticket of that reading is higher than that
 * of any reading which lacks the change, and keeping the highest is enough.
 */
export type ReadTicket = number;

/** SKUs as PostgreSQL had them. Ids that it doesn't know are missing. */
export interface SkuReading {
  readonly ticket: ReadTicket;
  readonly skus: readonly Sku[];
}

/** PostgreSQL, the truth, as the cache is filled from it. */
export interface SkuReader {
  read(ids: readonly string[]): Promise<SkuReading>;
  /** Which SKUs a page of the catalogue has. Throws `validation_failed` for a cursor that is none. */
  page(query: SkuQuery): Promise<Page<Pick<Sku, 'id'>>>;
}

/**
 * SKUs kept for reading, apart from PostgreSQL. Nothing but reads may stand on it: what can be sold is decided by
 * PostgreSQL alone. Contract, proved by test/contract/sku-cache.suite.ts:
 * 1. It finds what was kept, whole, and nothing else.
 * 2. An earlier reading never replaces a later one, in whatever order they are kept.
 * 3. What was read before the ticket of a doubt is not found from then on, though it be kept as late as the time of 4 after it.
 * 4. What was kept is gone a stated time later, refreshed or not: no fault makes an answer older than that.
 * Every method rejects, soon, where the cache can't be reached.
 */
export interface SkuCache {
  find(ids: readonly string[]): Promise<ReadonlyMap<string, Sku>>;
  keep(reading: SkuReading): Promise<void>;
  doubt(before: ReadTicket): Promise<void>;
}
