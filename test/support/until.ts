/** Longer than any honest wait in these tests on a busy machine; reaching it means that the fact never came. */
const DEADLINE_MS = 40_000;
const LOOK_EVERY_MS = 20;

/** Waits until `look` finds the fact (anything but null, undefined or false) and returns it. */
export async function until<T>(
  what: string,
  look: () => Promise<T> | T,
  deadlineMs = DEADLINE_MS,
): Promise<NonNullable<Exclude<T, false>>> {
  const end = Date.now() + deadlineMs;
  for (;;) {
    const found = await look();
    if (found !== null && found !== undefined && found !== false) return found as NonNullable<Exclude<T, false>>;
    if (Date.now() > end) throw new Error(`never happened: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
