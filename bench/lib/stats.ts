/** What several runs came to. */
export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  return { min: sorted[0] ?? NaN, median: middleOf(sorted), max: sorted.at(-1) ?? NaN };
}

/** The mean of the two in the middle where their number is even. */
function middleOf(sorted: readonly number[]): number {
  const upper = sorted[sorted.length >> 1] ?? NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[(sorted.length >> 1) - 1] ?? NaN)) / 2;
}

/** The smallest value that at least the given part (0..1) of all does not exceed (nearest rank). NaN of none. */
export function percentile(values: Iterable<number>, part: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(Math.ceil(sorted.length * part) - 1, 0)] ?? NaN;
}
