/** A variable that the benchmark gives each of its programs. */
export function given(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '')
    throw new Error(`${name} is missing: benchmarks start this program, not people`);
  return value;
}

/** What a program prints once it serves. */
export const READY = 'ready';
