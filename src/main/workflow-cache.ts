/**
 * An order's workflow that waits for its payment, in memory; measured with 5,000 of them (docs/tuning.md). Most of it is the SDK's own,
 * outside of JavaScript's heap: the heap's limit only tells how large the machine or the container is.
 */
const BYTES_EACH = 300 * 1024;
/** Of the heap's limit, which Node.js sets to half of what there is, or less. */
const SHARE = 0.5;
/** More were not measured. */
const MOST = 5_000;

/** How many open orders a worker keeps in memory whose heap may grow to `heapLimitBytes`. */
export function workflowsThatFit(heapLimitBytes: number): number {
  return Math.max(1, Math.min(MOST, Math.floor((heapLimitBytes * SHARE) / BYTES_EACH)));
}
