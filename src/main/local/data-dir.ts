import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { identify, isSameProcess, type ProcessIdentity } from './process-identity';

export interface DataDirLock {
  /** Absolute path. */
  readonly dir: string;
  release(): Promise<void>;
}

export class DataDirInUseError extends Error {
  override readonly name = 'DataDirInUseError';
  constructor(
    readonly dir: string,
    readonly pid: number,
  ) {
    super(
      `${dir} is in use by process ${pid}: stop that one, or start this one elsewhere ` +
        '(DATA_DIR=<another folder>, and PORT and SANDBOX_PORT if those are taken too)',
    );
  }
}

const LOCK_FILE = 'lock.json';
/** Two starts that take over the same stale lock at once: the loser looks again. More rounds mean something is wrong. */
const ROUNDS = 20;

/**
 * Takes the folder for this process alone, creating it when missing. The lock names process and start time, so one left
 * by a killed process, or one whose number is used again after a reboot, is taken over.
 *
 * @throws DataDirInUseError when a living process holds it.
 */
export async function lockDataDir(path: string): Promise<DataDirLock> {
  const dir = resolve(path);
  await mkdir(dir, { recursive: true });
  const file = join(dir, LOCK_FILE);
  const self = await identify(process.pid);
  if (self === null) throw new Error('this process cannot be identified');
  // A complete file appears under its name at once by link(), which fails when the name is taken.
  const draft = join(dir, `lock.${randomUUID()}.tmp`);
  await writeFile(draft, JSON.stringify(self));
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      if (await taken(draft, file)) return { dir, release: () => release(file, self) };
      await removeIfStale(dir, file);
    }
    throw new Error(`the lock ${file} could not be taken: remove it if nothing uses ${dir}`);
  } finally {
    await rm(draft, { force: true });
  }
}

/** The process holding the folder, or null when none that lives does. */
export async function dataDirHolder(path: string): Promise<ProcessIdentity | null> {
  const holder = await readLock(join(resolve(path), LOCK_FILE));
  return holder !== null && (await isSameProcess(holder)) ? holder : null;
}

async function taken(draft: string, file: string): Promise<boolean> {
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function removeIfStale(dir: string, file: string): Promise<void> {
  const before = await stat(file).catch(() => null);
  if (before === null) return;
  const holder = await readLock(file);
  if (holder !== null && (await isSameProcess(holder))) throw new DataDirInUseError(dir, holder.pid);
  const now = await stat(file).catch(() => null);
  if (now?.ino === before.ino) await rm(file, { force: true }); // still the stale one, not a rival's new lock
}

async function release(file: string, self: ProcessIdentity): Promise<void> {
  const holder = await readLock(file);
  if (holder?.pid === self.pid && holder.born === self.born) await rm(file, { force: true });
}

async function readLock(file: string): Promise<ProcessIdentity | null> {
  const text = await readFile(file, 'utf8').catch(() => '');
  try {
    const { pid, born } = JSON.parse(text) as Partial<ProcessIdentity>;
    return typeof pid === 'number' && typeof born === 'string' ? { pid, born } : null;
  } catch {
    return null;
  }
}
