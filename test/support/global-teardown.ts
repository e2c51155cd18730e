import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, escapeIdentifier } from 'pg';
import { identify } from '../../src/main/local/process-identity';
import type { TestRun } from './global-setup';

/**
 * Stops what the setup started and checks that the tests left nothing: no database, no server process.
 *
 * @throws Error naming what was left; jest then exits with a failure.
 */
export default async function globalTeardown(): Promise<void> {
  const run = globalThis.holdfastTestRun;
  if (run === undefined) return;
  const { runDir, runId } = run.environment;
  const kept: string[] = await readdir(join(runDir, 'kept')).catch(() => []);
  const problems: string[] = [];
  try {
    const forgotten = (await leftDatabases(run)).filter((name) => !kept.includes(name));
    if (forgotten.length > 0) problems.push(`tests left databases behind: ${forgotten.join(', ')}`);
  } catch (error) {
    problems.push(`the databases left behind can't be listed: ${String(error)}`);
  }
  for (const server of run.servers) {
    await server.stop();
    if ((await identify(server.pid)) !== null) problems.push(`${server.name} (process ${server.pid}) is still running`);
  }
  await run.lock.release();
  if (kept.length === 0) await rm(runDir, { recursive: true, force: true });
  else process.stderr.write(`kept for inspection after a failure (run ${runId}, ${runDir}): ${kept.join(', ')}\n`);
  if (problems.length > 0) throw new Error(problems.join('\n'));
}

/** The run's databases but for its template, which is dropped here. */
async function leftDatabases(run: TestRun): Promise<string[]> {
  const { adminUrl, runId, templateDatabase } = run.environment;
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query(`DROP DATABASE IF EXISTS ${escapeIdentifier(templateDatabase)}`);
    const { rows } = await client.query<{ datname: string }>(
      'SELECT datname FROM pg_database WHERE starts_with(datname, $1)',
      [`holdfast_test_${runId}_`],
    );
    return rows.map((row) => row.datname);
  } finally {
    await client.end();
  }
}
