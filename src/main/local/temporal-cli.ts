import { execFile } from 'node:child_process';
import { access, constants, mkdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { DataDirInUseError, lockDataDir, type DataDirLock } from './data-dir';
import { buildWithGo, downloadRelease, GO_PACKAGE, type InstallAttempt } from './temporal-install';

const run = promisify(execFile);

export interface ResolveTemporalOptions {
  /** Where a fetched binary is kept, shared by all clones; see `temporalCacheDir`. */
  readonly cacheDir: string;
  readonly env: NodeJS.ProcessEnv;
  readonly log: (line: string) => void;
  /** Ways to get the binary, tried in turn; each writes it into a folder and answers its path. */
  readonly installers?: readonly Installer[];
}

export interface Installer {
  readonly name: string;
  readonly install: (attempt: InstallAttempt) => Promise<string>;
}

const INSTALLERS: readonly Installer[] = [
  { name: 'download', install: downloadRelease },
  { name: 'go install', install: buildWithGo },
];

const EXECUTABLE = process.platform === 'win32' ? 'temporal.exe' : 'temporal';
/** A cold 250 MB binary on a slow disk answers within seconds. */
const VERSION_WITHIN_MS = 30_000;
/** How often a start waits again for another one that is installing. */
const WAIT_MS = 500;

/** `$XDG_CACHE_HOME/holdfast/bin`, by default `~/.cache/holdfast/bin`. */
export function temporalCacheDir(env: NodeJS.ProcessEnv): string {
  const base = env['XDG_CACHE_HOME'];
  return join(base !== undefined && base !== '' ? base : join(homedir(), '.cache'), 'holdfast', 'bin');
}

/**
 * Path of a Temporal CLI that runs: on PATH, else cached, else fetched into the cache. A binary enters the cache by a
 * rename after it has run once, so a half-written one never counts; starts at the same time install once.
 *
 * @throws Error naming every failed attempt and how to install it by hand.
 */
export async function resolveTemporalCli(options: ResolveTemporalOptions): Promise<string> {
  const cached = join(options.cacheDir, EXECUTABLE);
  for (const candidate of [...onPath(options.env), cached]) {
    if (await runs(candidate)) return candidate;
  }
  const lock = await waitForLock(options);
  try {
    if (await runs(cached)) return cached; // another start installed it meanwhile
    await install(options, cached);
    return cached;
  } finally {
    await lock.release();
  }
}

function onPath(env: NodeJS.ProcessEnv): string[] {
  const path = env['PATH'] ?? env['Path'] ?? '';
  return path
    .split(delimiter)
    .filter((dir) => dir !== '')
    .map((dir) => join(dir, EXECUTABLE));
}

/** The kernel refuses to run a file that is still open for writing somewhere; with Node 20.3 that outlives its close(). */
const BUSY_WITHIN_MS = 5_000;
const BUSY_WAIT_MS = 20;

/** True when the file is a Temporal CLI that can be run here (right platform, complete). */
async function runs(file: string): Promise<boolean> {
  const deadline = Date.now() + BUSY_WITHIN_MS;
  for (;;) {
    try {
      await access(file, constants.X_OK);
      const { stdout } = await run(file, ['--version'], { timeout: VERSION_WITHIN_MS });
      return /\btemporal version\b/.test(stdout);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ETXTBSY' || Date.now() > deadline) return false;
    }
    await new Promise((resolve) => setTimeout(resolve, BUSY_WAIT_MS));
  }
}

async function waitForLock(options: ResolveTemporalOptions): Promise<DataDirLock> {
  for (let told = false; ; told = true) {
    try {
      return await lockDataDir(join(options.cacheDir, 'installing'));
    } catch (error) {
      if (!(error instanceof DataDirInUseError)) throw error;
      if (!told) options.log(`waiting for process ${error.pid}, which is installing the Temporal CLI`);
      await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
    }
  }
}

async function install(options: ResolveTemporalOptions, target: string): Promise<void> {
  const failures: string[] = [];
  const dir = join(options.cacheDir, 'installing', 'draft');
  for (const installer of options.installers ?? INSTALLERS) {
    await rm(dir, { recursive: true, force: true }); // ours by the lock: what an interrupted attempt left
    await mkdir(dir, { recursive: true });
    try {
      const file = await installer.install({ dir, env: options.env, log: options.log, executable: EXECUTABLE });
      if (!(await runs(file))) throw new Error('what it brought does not run here');
      await rename(file, target);
      options.log(`Temporal CLI kept in ${target}`);
      await rm(dir, { recursive: true, force: true });
      return;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      failures.push(`${installer.name}: ${reason}`);
      options.log(`Temporal CLI by ${installer.name} failed: ${reason}`);
    }
  }
  await rm(dir, { recursive: true, force: true });
  throw new Error(
    `the Temporal CLI is needed and could not be fetched (${failures.join('; ')}). Install it by hand ` +
      `(https://docs.temporal.io/cli, or "go install ${GO_PACKAGE}") so that "temporal" is on PATH, or give the ` +
      'address of a running server in TEMPORAL_ADDRESS',
  );
}
