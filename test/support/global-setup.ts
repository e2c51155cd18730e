import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { SEARCH_ATTRIBUTES } from '../../src/adapters/process/temporal/search-attributes';
import { applyMigrations } from '../../src/adapters/store/prisma/migrate';
import { endRecorded } from '../../src/main/local/child';
import { dataDirHolder, lockDataDir, type DataDirLock } from '../../src/main/local/data-dir';
import { ensureDatabase, startEmbeddedPostgres } from '../../src/main/local/postgres';
import { resolveTemporalCli, temporalCacheDir } from '../../src/main/local/temporal-cli';
import { startTemporalDevServer } from '../../src/main/local/temporal-server';
import { bundleWorkflows } from '../../src/main/workflows';
import { VARIABLES, type TestEnvironment } from './environment';

/** What this run started, for the teardown, which runs in the same process. */
export interface TestRun {
  readonly environment: TestEnvironment;
  readonly lock: DataDirLock;
  /** In the order to stop. */
  readonly servers: { readonly name: string; readonly pid: number; stop(): Promise<void> }[];
}

declare global {
  var holdfastTestRun: TestRun | undefined;
}

const PREFIX = 'holdfast-test-';
const NAMESPACE = 'default';
const log = (line: string): void => void process.stderr.write(`test setup: ${line}\n`);

export default async function globalSetup(): Promise<void> {
  await sweep();
  const runDir = await mkdtemp(join(tmpdir(), PREFIX));
  await chmod(runDir, 0o711); // as root, PostgreSQL runs as another user and has to pass
  const lock = await lockDataDir(runDir);
  const servers: TestRun['servers'] = [];
  let abandoned: Promise<void> | undefined; // npm passes Ctrl-C on, so it arrives twice
  const onSignal = (signal: NodeJS.Signals): void => void (abandoned ??= abandon(signal, servers, runDir));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  const runId = basename(runDir).slice(PREFIX.length).toLowerCase();
  const [adminUrl, temporalAddress, workflowBundlePath] = await allOrStop(servers, [
    postgres(runDir, servers),
    temporal(runDir, servers),
    bundle(runDir),
  ]);
  const templateDatabase = `holdfast_test_${runId}_template`;
  await makeTemplate(adminUrl, templateDatabase);
  const environment: TestEnvironment = {
    ...{ runId, runDir, adminUrl, templateDatabase, temporalAddress, workflowBundlePath },
    temporalNamespace: NAMESPACE,
  };
  for (const [key, name] of Object.entries(VARIABLES)) process.env[name] = environment[key as keyof TestEnvironment];
  globalThis.holdfastTestRun = { environment, lock, servers };
}

/** A start that failed must not leave the others running: jest runs no teardown then. */
async function allOrStop(servers: TestRun['servers'], starts: Promise<string>[]): Promise<[string, string, string]> {
  const results = await Promise.allSettled(starts);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) {
    await Promise.all(servers.map((server) => server.stop()));
    throw failed.reason;
  }
  return results.map((result) => (result as PromiseFulfilledResult<string>).value) as [string, string, string];
}

async function postgres(runDir: string, servers: TestRun['servers']): Promise<string> {
  const given = process.env['DATABASE_URL'];
  if (given !== undefined && given !== '') return given;
  const server = await startEmbeddedPostgres({ dataDir: runDir, env: process.env, log: quiet, throwAway: true });
  servers.push({ name: 'PostgreSQL', pid: server.pid, stop: () => server.stop() });
  return server.adminUrl;
}

async function temporal(runDir: string, servers: TestRun['servers']): Promise<string> {
  const given = process.env['TEMPORAL_ADDRESS'];
  if (given !== undefined && given !== '') return given;
  const env = process.env;
  const executable = await resolveTemporalCli({ cacheDir: temporalCacheDir(env), env, log });
  const server = await startTemporalDevServer({
    ...{ executable, env, log: quiet, dataDir: runDir, dataFile: null, namespace: NAMESPACE },
    searchAttributes: SEARCH_ATTRIBUTES,
    // Long closings are cut soon enough for a test to see it; no other order comes near.
    dynamicConfig: ['limit.historyCount.suggestContinueAsNew=250'],
  });
  servers.unshift({ name: 'Temporal', pid: server.pid, stop: () => server.stop() });
  return server.address;
}

/** Once for all test files: bundling takes seconds. */
async function bundle(runDir: string): Promise<string> {
  const file = join(runDir, 'workflows.js');
  await writeFile(file, await bundleWorkflows('plain'));
  return file;
}

async function makeTemplate(adminUrl: string, name: string): Promise<void> {
  // Before Node 20.19, require() takes no ES module (the migration engine's); jest's hook here leaves it to Node, tsx's not.
  if (!('require_module' in process.features)) createRequire(__filename)('tsx/cjs');
  await ensureDatabase(adminUrl, name);
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  await applyMigrations({ databaseUrl: url.href });
}

/** Ctrl-C: jest would end at once, and the servers, in their own process groups, would stay. */
async function abandon(signal: NodeJS.Signals, servers: TestRun['servers'], runDir: string): Promise<void> {
  await Promise.all(servers.map((server) => server.stop()));
  await rm(runDir, { recursive: true, force: true });
  process.exit(signal === 'SIGINT' ? 130 : 143);
}

/** A folder younger than this may belong to a run that is about to lock it. */
const YOUNG_MS = 60_000;
/** What a failed run kept is worth a day. */
const KEPT_MS = 24 * 3_600_000;

/** Ends and removes what killed runs left. */
async function sweep(): Promise<void> {
  const names = (await readdir(tmpdir())).filter((name) => name.startsWith(PREFIX));
  for (const dir of names.map((name) => join(tmpdir(), name))) {
    const found = await stat(dir).catch(() => null);
    const keepFor = existsSync(join(dir, 'kept')) ? KEPT_MS : YOUNG_MS;
    if (found === null || Date.now() - found.mtimeMs < keepFor || (await dataDirHolder(dir)) !== null) continue;
    await endRecorded({ recordFile: join(dir, 'run', 'temporal.json') });
    await endRecorded({ recordFile: join(dir, 'run', 'postgres.json'), stopSignal: 'SIGINT' });
    await rm(dir, { recursive: true, force: true });
  }
}

function quiet(): void {
  // The servers of a test run start in well under a second; only what takes minutes is worth a line.
}
