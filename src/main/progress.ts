/** Whoever waits longer without a word takes it for hung. */
const EVERY_MS = 5_000;

/** Does the work, saying every few seconds that it is still being done. */
export async function withProgress<T>(what: string, say: (line: string) => void, work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const beat = setInterval(() => say(`${what}: ${Math.round((performance.now() - began) / 1_000)} s`), EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(beat);
  }
}
