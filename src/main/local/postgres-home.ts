import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, readFile, readlink, rename, rm, stat, symlink } from 'node:fs/promises';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { keptSecret } from './kept-secret';
import { canReach, exists, SHARED_ROOT, type PostgresBinaries, type SystemUser } from './postgres-binaries';
import { commandLine, endProcess, identify } from './process-identity';

const run = promisify(execFile);

/** The superuser of the embedded cluster. */
export const POSTGRES_ROLE = 'holdfast';

export interface PostgresHome {
  /** PostgreSQL's data directory. */
  readonly cluster: string;
  readonly password: string;
  /** Remembers the port between starts, so that tools keep their address. */
  readonly portFile: string;
}

/**
 * The folder of the cluster inside `dataDir`, made ready: password, cluster (initdb) and ownership. A cluster that
 * exists is complete: it is built under another name and renamed.
 */
export async function preparePostgresHome(
  dataDir: string,
  binaries: PostgresBinaries,
  user: SystemUser | null,
  log: (line: string) => void,
): Promise<PostgresHome> {
  const home = await placeHome(dataDir, user);
  const password = await keptSecret(join(home, 'password'), () => randomBytes(24).toString('base64url'));
  const cluster = join(home, 'cluster');
  if (!(await exists(cluster))) {
    log('creating the PostgreSQL cluster');
    await buildCluster(home, cluster, binaries, user);
  }
  await endForeignPostmaster(cluster, log);
  return { cluster, password, portFile: join(home, 'port') };
}

/** Execute for group and others, on a folder: pass through. */
const PASS_THROUGH = 0o011;

/**
 * `<dataDir>/postgres`, unless the user that PostgreSQL must run as can't pass the folders above (root's work in a
 * private folder): then a link to a place under /var/lib. Deleting DATA_DIR deletes the link, and a new start begins anew.
 */
async function placeHome(dataDir: string, user: SystemUser | null): Promise<string> {
  const entry = join(dataDir, 'postgres');
  // Ours, so it may be passed (not listed) by the user that PostgreSQL runs as.
  if (user !== null) await chmod(dataDir, (await stat(dataDir)).mode | PASS_THROUGH);
  let linked = await readlink(entry).catch(() => null);
  if (linked !== null && !(await exists(linked))) {
    await rm(entry); // a link to nowhere
    linked = null;
  }
  const home = linked ?? ((await exists(entry)) ? entry : await makeHome(dataDir, entry, user));
  await own(home, user);
  return home;
}

async function makeHome(dataDir: string, entry: string, user: SystemUser | null): Promise<string> {
  if (await canReach(user, dataDir)) {
    await mkdir(entry, { mode: 0o700 });
    return entry;
  }
  const elsewhere = join(SHARED_ROOT, `data-${randomBytes(6).toString('hex')}`);
  await mkdir(SHARED_ROOT, { recursive: true, mode: 0o755 });
  await mkdir(elsewhere, { mode: 0o700 });
  await symlink(elsewhere, entry);
  return elsewhere;
}

/** Each time, not only when made: a start may have been killed between the two. */
async function own(path: string, user: SystemUser | null): Promise<void> {
  if (user !== null) await chown(path, user.uid, user.gid);
}

async function buildCluster(
  home: string,
  cluster: string,
  binaries: PostgresBinaries,
  user: SystemUser | null,
): Promise<void> {
  const draft = `${cluster}.draft`;
  await rm(draft, { recursive: true, force: true }); // half of an earlier, interrupted build
  const passwordFile = join(home, 'password');
  await own(passwordFile, user);
  // The built-in locale orders text the same on every machine, whatever its C library.
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  await run(
    binaries.initdb,
    [`--pgdata=${draft}`, '--auth=scram-sha-256', `--username=${POSTGRES_ROLE}`, `--pwfile=${passwordFile}`, ...locale],
    { cwd: home, ...user },
  );
  await rename(draft, cluster);
}

/** Fast shutdown, then immediate, then by force: data is safe with each, the later ones only cost a recovery. */
const STOP_SIGNALS = ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const;
const STOP_GRACE_MS = 5_000;

/**
 * Ends a server that an earlier, killed start left running on this cluster, after checking that the process named in
 * postmaster.pid really is one; a number that belongs to something else by now is forgotten, or PostgreSQL would refuse.
 */
async function endForeignPostmaster(cluster: string, log: (line: string) => void): Promise<void> {
  const file = join(cluster, 'postmaster.pid');
  const pid = Number.parseInt(await readFile(file, 'utf8').catch(() => ''), 10);
  if (!Number.isInteger(pid) || pid <= 1) return;
  const owner = await identify(pid);
  if (owner === null) return; // PostgreSQL clears its own stale file, and checks its shared memory before
  const words = await commandLine(pid);
  if (words.some((word) => word === cluster)) {
    log(`stopping PostgreSQL (process ${pid}) left by an earlier start`);
    await endProcess(owner, STOP_SIGNALS, STOP_GRACE_MS);
  } else {
    await rm(file, { force: true });
  }
}
