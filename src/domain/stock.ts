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

/** Why an adjustment can't be made: it would take more than is available, or make more available than can be counted. */
export function adjustmentFault(available: number, delta: number): 'insufficient' | 'tooMany' | null {
  if (available + delta < 0) return 'insufficient';
  return available + delta > MAX_UNITS ? 'tooMany' : null;
}

export interface StockLine {
  readonly skuId: string;
  readonly quantity: number;
}

/** What a verb does to the counters, as the ledger writes it down. */
export const LEDGER_KINDS = ['initial', 'hold', 'confirm', 'release', 'restock', 'adjust'] as const;
export type LedgerKind = (typeof LEDGER_KINDS)[number];

/** Sums lines of the same SKU and sorts by SKU id: the one order in which rows are locked, so that no two holds deadlock. */
export function normaliseLines(lines: readonly StockLine[]): StockLine[] {
  if (lines.length < 2) return lines.map(({ skuId, quantity }) => ({ skuId, quantity }));
  const sums = new Map<string, number>();
  for (const { skuId, quantity } of lines) sums.set(skuId, (sums.get(skuId) ?? 0) + quantity);
  return [...sums].map(([skuId, quantity]) => ({ skuId, quantity })).sort((a, b) => (a.skuId < b.skuId ? -1 : 1));
}

export type Allocation = { readonly t: 'held' } | { readonly t: 'short'; readonly shortages: readonly Shortage[] };

/** Gives out what is available, request by request, each all or nothing, never more than is there. */
export class StockAllocator {
  private readonly left: Map<string, number>;

  constructor(counters: ReadonlyMap<string, StockCounters>) {
    this.left = new Map([...counters].map(([skuId, c]) => [skuId, c.unlimited ? Infinity : c.available]));
  }

  /** `lines` must be normalised. A refused request takes nothing, so a smaller one behind it may still fit. */
  take(lines: readonly StockLine[]): Allocation {
    const shortages = lines
      .filter((line) => this.available(line) < line.quantity)
      .map((line) => ({ skuId: line.skuId, requested: line.quantity, available: this.available(line) }));
    if (shortages.length > 0) return { t: 'short', shortages };
    for (const line of lines) this.left.set(line.skuId, this.available(line) - line.quantity);
    return { t: 'held' };
  }

  private available({ skuId }: StockLine): number {
    return this.left.get(skuId) ?? 0;
  }
}

/** Decides, in the order of arrival, who gets their lines. */
export function allocate(
  counters: ReadonlyMap<string, StockCounters>,
  requests: readonly (readonly StockLine[])[],
): Allocation[] {
  const allocator = new StockAllocator(counters);
  return requests.map((lines) => allocator.take(lines));
}
