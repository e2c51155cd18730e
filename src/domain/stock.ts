import { type Shortage } from './errors';

/** A SKU's counters. `available + reserved + sold` changes only by restocks and adjustments. */
export interface StockCounters {
  readonly available: number;
  readonly reserved: number;
  readonly sold: number;
  /** No limit on what can be held; `available` then stays as it is. */
  readonly unlimited: boolean;
}

/** Most units of a SKU that can be available: well within PostgreSQL's integer, and no shop has more. */
export const MAX_UNITS = 1_000_000_000;

export interface StockLine {
  readonly skuId: string;
  readonly quantity: number;
}

/** What a verb does to the counters, as the ledger writes it down. */
export const LEDGER_KINDS = ['initial', 'hold', 'confirm', 'release', 'restock', 'adjust'] as const;
export type LedgerKind = (typeof LEDGER_KINDS)[number];

/** Sums lines of the same SKU and sorts by SKU id: the one order in which rows are locked, so that no two holds deadlock. */
export function normaliseLines(lines: readonly StockLine[]): StockLine[] {
  const sums = new Map<string, number>();
  for (const { skuId, quantity } of lines) sums.set(skuId, (sums.get(skuId) ?? 0) + quantity);
  return [...sums].map(([skuId, quantity]) => ({ skuId, quantity })).sort((a, b) => (a.skuId < b.skuId ? -1 : 1));
}

export type Allocation = { readonly t: 'held' } | { readonly t: 'short'; readonly shortages: readonly Shortage[] };

/**
 * Decides, in the order of arrival, who gets their lines: each request all or nothing, never more than is available.
 * `lines` must be normalised. A refused request takes nothing, so a smaller one behind it may still fit.
 */
export function allocate(
  counters: ReadonlyMap<string, StockCounters>,
  requests: readonly (readonly StockLine[])[],
): Allocation[] {
  const left = new Map([...counters].map(([skuId, c]) => [skuId, c.unlimited ? Infinity : c.available]));
  return requests.map((lines) => {
    const shortages = lines
      .filter((line) => (left.get(line.skuId) ?? 0) < line.quantity)
      .map((line) => ({ skuId: line.skuId, requested: line.quantity, available: left.get(line.skuId) ?? 0 }));
    if (shortages.length > 0) return { t: 'short', shortages };
    for (const line of lines) left.set(line.skuId, (left.get(line.skuId) ?? 0) - line.quantity);
    return { t: 'held' };
  });
}
