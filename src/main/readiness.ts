/** A component that takes longer than this to answer is not ready to serve. */
const PATIENCE_MS = 2_000;

/** Names of the components that don't answer; empty when all do. */
export async function missingComponents(checks: Readonly<Record<string, () => Promise<void>>>): Promise<string[]> {
  const verdicts = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => ((await answers(check)) ? [] : [name])),
  );
  return verdicts.flat();
}

async function answers(check: () => Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), PATIENCE_MS);
  });
  try {
    return await Promise.race([check().then(() => true), patience]);
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}
