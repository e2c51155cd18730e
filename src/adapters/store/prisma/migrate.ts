import { readdir, readFile, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import type { MigrationList, SchemaEngine, SchemaFilter } from '@prisma/schema-engine-wasm';
import type * as EngineModule from '@prisma/schema-engine-wasm/schema_engine_bg';
import { Client, Pool } from 'pg';

/**
 * Why a database was refused.
 * - `newer_schema`: it holds migrations this code does not know; start the newer release instead.
 * - `failed_migration`: an earlier migration stopped half-way; a person has to look.
 * - `not_ours`: it has tables but no migration history.
 */
export type MigrationRefusal = 'newer_schema' | 'failed_migration' | 'not_ours';

export class MigrationRefusedError extends Error {
  override readonly name = 'MigrationRefusedError';
  constructor(
    readonly reason: MigrationRefusal,
    message: string,
    /** The migrations the refusal is about; empty for `not_ours`. */
    readonly migrations: readonly string[] = [],
  ) {
    super(message);
  }
}

export interface ApplyMigrationsOptions {
  readonly databaseUrl: string;
  /** Folder of `<name>/migration.sql`; the project's `prisma/migrations` unless told. */
  readonly migrationsDir?: string;
  readonly log?: (line: string) => void;
}

/** Any fixed number: every Holdfast process takes the same one ("HOLD" in ASCII), and Prisma's own lock is another. */
const ADVISORY_LOCK = 0x484f4c44;
/** Prisma's code for "the database schema is not empty" when there is no history to compare with. */
const NOT_EMPTY = 'P3005';
const NO_FILTER: SchemaFilter = { externalTables: [], externalEnums: [] };

/**
 * Brings the database to the schema of this code, as `prisma migrate deploy` does (same engine, same
 * `_prisma_migrations` rows) but without its native binary, which would have to be downloaded.
 * Processes that start together take turns by an advisory lock; all but the first find nothing to do.
 *
 * @returns the names just applied, oldest first; empty when the schema was up to date.
 * @throws MigrationRefusedError with nothing changed; any other error is the migration's or the connection's own.
 */
export async function applyMigrations(options: ApplyMigrationsOptions): Promise<{ applied: string[] }> {
  const migrations = await readMigrations(options.migrationsDir ?? (await findMigrationsDir()));
  const lock = new Client({ connectionString: options.databaseUrl });
  await lock.connect();
  try {
    await lock.query('SELECT pg_advisory_lock($1)', [ADVISORY_LOCK]);
    return await withEngine(options.databaseUrl, async (engine) => {
      const pending = await diagnose(engine, migrations, options.log);
      if (!pending) return { applied: [] };
      const { appliedMigrationNames } = await engine.applyMigrations({
        migrationsList: migrations,
        filters: NO_FILTER,
      });
      for (const name of appliedMigrationNames) options.log?.(`migration ${name} applied`);
      return { applied: appliedMigrationNames };
    });
  } catch (error) {
    throw explain(error);
  } finally {
    await lock.end(); // ends the session, and with it the lock
  }
}

/** True when there is something to apply. */
async function diagnose(
  engine: SchemaEngine,
  migrations: MigrationList,
  log: ((line: string) => void) | undefined,
): Promise<boolean> {
  const found = await engine.diagnoseMigrationHistory({
    migrationsList: migrations,
    optInToShadowDatabase: false,
    filters: NO_FILTER,
  });
  if (found.failedMigrationNames.length > 0) {
    const names = found.failedMigrationNames.join(', ');
    throw new MigrationRefusedError(
      'failed_migration',
      `the database holds a failed migration (${names}): repair it, then mark it with "prisma migrate resolve"`,
      found.failedMigrationNames,
    );
  }
  const history = found.history;
  if (history !== null && history.diagnostic !== 'databaseIsBehind') {
    const names = history.unpersistedMigrationNames;
    throw new MigrationRefusedError(
      'newer_schema',
      `the database holds migrations this release does not know (${names.join(', ')}): it was written by a newer ` +
        'release; start that one, or use another database',
      names,
    );
  }
  for (const name of found.editedMigrationNames) log?.(`migration ${name} was edited after it had been applied`);
  return history !== null;
}

function explain(error: unknown): unknown {
  if (error instanceof MigrationRefusedError) return error;
  const code = (error as { code?: unknown } | null)?.code;
  if (code !== NOT_EMPTY) return error;
  return new MigrationRefusedError(
    'not_ours',
    'the database is not empty and has no migration history: it belongs to something else; use an empty one',
  );
}

async function withEngine<T>(databaseUrl: string, use: (engine: SchemaEngine) => Promise<T>): Promise<T> {
  // The engine works on one connection, and the adapter leaves closing a given pool to us.
  const pool = new Pool({ connectionString: databaseUrl, max: 1 });
  // `end()` does not wait until the connection is closed, and a server that ends it first would end this process.
  pool.on('error', () => undefined);
  try {
    const { SchemaEngine: Engine } = await loadEngine();
    const factory = bindMigrationAwareSqlAdapterFactory(wholeScripts(new PrismaPg(pool)));
    const engine = await Engine.new({ datamodels: undefined }, () => undefined, factory);
    try {
      return await use(engine);
    } finally {
      engine.free();
    }
  } finally {
    await pool.end();
  }
}

/**
 * The adapter cuts a script at every semicolon, which breaks function bodies and leaves half a migration behind when a
 * later statement fails. Sent whole, PostgreSQL parses it, and runs it as one transaction.
 */
function wholeScripts(factory: PrismaPg): PrismaPg {
  const connect = factory.connect.bind(factory);
  factory.connect = async () => {
    const adapter = await connect();
    adapter.executeScript = async (sql) => {
      await adapter.executeRaw({ sql, args: [], argTypes: [] });
    };
    return adapter;
  };
  return factory;
}

/** The part of the standard WebAssembly API used here: TypeScript declares it with the browser's library only. */
interface WebAssemblyApi {
  instantiate(bytes: Uint8Array, imports: Record<string, object>): Promise<{ instance: { exports: object } }>;
}

let engineModule: Promise<typeof EngineModule> | undefined;

/**
 * The package's own entry imports the .wasm file as a module, which Node can't; its glue code takes an instance instead.
 * Once per process: the glue keeps the instance in a module variable.
 */
function loadEngine(): Promise<typeof EngineModule> {
  engineModule ??= (async () => {
    const glue = await import('@prisma/schema-engine-wasm/schema_engine_bg');
    const gluePath = createRequire(__filename).resolve('@prisma/schema-engine-wasm/schema_engine_bg');
    const bytes = await readFile(join(dirname(gluePath), 'schema_engine_bg.wasm'));
    const { WebAssembly: api } = globalThis as unknown as { WebAssembly: WebAssemblyApi };
    const { instance } = await api.instantiate(bytes, { './schema_engine_bg.js': { ...glue, ...quietTimers(glue) } });
    glue.__wbg_set_wasm(instance.exports);
    (instance.exports as { __wbindgen_start(): void }).__wbindgen_start();
    return glue;
  })();
  return engineModule;
}

/**
 * The engine guards its own lock with a 10 s timer that it never clears; it must not keep a finished process alive.
 * (The connection keeps it alive as long as there is work.)
 */
function quietTimers(glue: typeof EngineModule): Record<string, (run: () => void, ms: number) => NodeJS.Timeout> {
  const names = Object.keys(glue).filter((name) => name.startsWith('__wbg_setTimeout_'));
  return Object.fromEntries(names.map((name) => [name, (run, ms) => setTimeout(run, ms).unref()]));
}

/** Names of the migrations that this code comes with, oldest first. */
export async function knownMigrations(): Promise<string[]> {
  const { migrationDirectories } = await readMigrations(await findMigrationsDir());
  return migrationDirectories.map(({ path }) => path);
}

async function readMigrations(dir: string): Promise<MigrationList> {
  const entries = await readdir(dir, { withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  const lockfile = await readFile(join(dir, 'migration_lock.toml'), 'utf8').catch(() => null);
  return {
    baseDir: dir,
    lockfile: { path: 'migration_lock.toml', content: lockfile },
    shadowDbInitScript: '',
    migrationDirectories: await Promise.all(
      names.map(async (name) => ({
        path: name,
        migrationFile: {
          path: 'migration.sql',
          content: { tag: 'ok' as const, value: await readFile(join(dir, name, 'migration.sql'), 'utf8') },
        },
      })),
    ),
  };
}

/** `prisma/migrations` beside the sources or beside `dist/`, wherever this file runs from. */
async function findMigrationsDir(): Promise<string> {
  for (let dir = __dirname; dirname(dir) !== dir; dir = dirname(dir)) {
    const candidate = join(dir, 'prisma', 'migrations');
    const found = await stat(candidate).catch(() => null);
    if (found?.isDirectory()) return candidate;
  }
  throw new Error(`no prisma/migrations folder above ${__dirname}`);
}
