import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { testEnvironment } from '../support/environment';

/** A folder of its own for each test of a file, removed after it; inside the run's, which outlives no run. */
export function temporaryDir(): () => string {
  let dir = '';
  beforeEach(async () => {
    dir = await mkdtemp(join(testEnvironment().runDir, 'local-'));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));
  return () => dir;
}

/** An executable shell script. */
export async function script(file: string, body: string): Promise<string> {
  await writeFile(file, `#!/bin/sh\n${body}\n`);
  await chmod(file, 0o755);
  return file;
}

/** Waits for a fact; the deadline only ends a test that would hang. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`still not so: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
