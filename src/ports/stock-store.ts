import { type Shortage } from '../domain/errors';
import { type StockCounters, type StockLine } from '../domain/stock';

export interface HoldRequest {
  readonly orderId: string;
  readonly lines: readonly StockLine[];
}

export type HoldOutcome = { readonly t: 'held' } | { readonly t: 'short'; readonly shortages: readonly Shortage[] };

/** What settling a hold came to: `already` when this verb had been done before, `conflict` when the other one had. */
export type SettleOutcome = 'done' | 'already' | 'notHeld' | 'conflict';

export interface RestockRequest {
  /** What causes it (a refund's id): a repeat with the same reference does nothing. */
  readonly reference: string;
  readonly orderId: string;
  readonly lines: readonly StockLine[];
}

export interface AdjustRequest {
  /** Id of the adjustment: a repeat with the same reference does nothing. */
  readonly reference: string;
  readonly skuId: string;
  /** Units added to (positive) or taken from (negative) what is available. */
  readonly delta: number;
  readonly reason: string;
}

export type AdjustOutcome = 'done' | 'already' | 'notFound' | 'insufficient' | 'tooMany';

/**
 * Stock as TCC's Try / Confirm / Cancel over available, reserved and sold. Contract, proved by
 * test/contract/stock-store.suite.ts:
 * 1. A hold takes all its lines or none; lines of one SKU are summed.
 * 2. Each verb takes effect exactly once for its (order, SKU), however often it is repeated, and answers the same again.
 * 3. A hold is either confirmed or released, never both.
 * 4. Counters never go negative and equal the sum of the ledger, also under concurrency; verbs never deadlock.
 */
export interface StockStore {
  hold(request: HoldRequest): Promise<HoldOutcome>;
  confirm(orderId: string): Promise<SettleOutcome>;
  release(orderId: string): Promise<SettleOutcome>;
  /** Units of a confirmed order go back on sale; `conflict` when more would go back than was sold. */
  restock(request: RestockRequest): Promise<SettleOutcome>;
  adjust(request: AdjustRequest): Promise<AdjustOutcome>;
  counters(skuId: string): Promise<StockCounters | null>;
}
