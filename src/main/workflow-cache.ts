/** An order's workflow that waits for its payment, in memory; measured with 5,000 of them (docs/tuning.md). */
const BYTES_EACH = 200 * 1024;
/** The other half is for the workflows that run, and for garbage. */
const SHARE = 0.5;
/** More were not measured. */
const MOST = 5_000;

/** How many open orders a worker keeps in memory whose heap may grow to `heapLimitBytes`. */
export function workflowsThatFit(heapLimitBytes: number): number {
  return Math.max(1, Math.min(MOST, Math.floor((heapLimitBytes * SHARE) / BYTES_EACH)));
}
