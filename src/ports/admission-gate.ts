import { type Shortage } from '../domain/errors';
import { type StockCounters, type StockLine } from '../domain/stock';
import { type IdempotencyKey } from './idempotency';

/**
 * What became of a placing that was let in. `short`: PostgreSQL refused it for want of these SKUs. `untouched`: it took
 * nothing, or nobody knows.
 */
export type PlacingOutcome =
  { readonly t: 'held' } | { readonly t: 'short'; readonly skuIds: readonly string[] } | { readonly t: 'untouched' };

export type Admission =
  /** Go and ask PostgreSQL; `told` takes what came of it, once. It never throws. */
  | { readonly t: 'admitted'; readonly told: (outcome: PlacingOutcome) => void }
  /** PostgreSQL had less than was asked for, at most `READING_LIFE_MS` ago. */
  | { readonly t: 'soldOut'; readonly shortages: readonly Shortage[] };

/** No refusal rests on a reading of the stock that was begun longer ago than this, milliseconds. */
export const READING_LIFE_MS = 1_000;

/**
 * Asked before a placing, so that most buyers beyond the stock cost no transaction. PostgreSQL stays the truth. Contract,
 * proved by test/contract/admission-gate.suite.ts for every adapter:
 * 1. Wrong in one direction only: it may admit what PostgreSQL then refuses.
 * 2. A refusal rests on a reading of PostgreSQL at most `READING_LIFE_MS` old, less what was let in since. So units that
 *    come back (cancelled, timed out, restocked, adjusted) or that a dead process took with it are on sale again by then,
 *    whoever forgets to tell.
 * 3. What it does not know, it admits: a SKU not asked for before, one without a limit, a database or a Redis that is away.
 * 4. It never rejects, and what it remembers is bounded.
 */
export interface AdmissionGate {
  admit(lines: readonly StockLine[]): Promise<Admission>;
}

/** The truth, as a gate reads it: without locks, beside the placings. */
export interface StockReadings {
  /** Those of the SKUs that exist. */
  read(skuIds: readonly string[]): Promise<ReadonlyMap<string, Pick<StockCounters, 'available' | 'unlimited'>>>;
}

/** What was placed or refused under an Idempotency-Key has its answer already: the gate has no say in it. */
export interface KnownKeys {
  has(key: IdempotencyKey): Promise<boolean>;
}
