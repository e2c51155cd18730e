import { Client } from 'pg';
import { knownMigrations } from './migrate';

/** A database as it is found, whatever state it is in. */
export interface DatabaseFindings {
  /** As the server tells it: `17.2`. */
  readonly version: string;
  /** Milliseconds by which the server's clock is ahead of this machine's. */
  readonly clockAheadMs: number;
  /** Migrations of this code that are not applied. */
  readonly pending: readonly string[];
  /** Applied ones that this code doesn't know: a newer release was here. */
  readonly unknown: readonly string[];
  /** Begun and never finished. */
  readonly failed: readonly string[];
}

interface MigrationRow {
  readonly migration_name: string;
  readonly finished: boolean;
}

/** Looks at a database without changing it. Rejects with the driver's error where it can't be reached within the limit. */
export async function inspectDatabase(url: string, timeoutMs: number): Promise<DatabaseFindings> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: timeoutMs, query_timeout: timeoutMs });
  // Told of a connection that breaks later; the query that is under way rejects by itself.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const asked = Date.now();
    const { rows } = await client.query<{ version: string; now: Date }>(
      `SELECT current_setting('server_version') AS version, clock_timestamp() AS now`,
    );
    const [server] = rows;
    const between = (asked + Date.now()) / 2;
    return {
      version: server?.version ?? 'unknown',
      clockAheadMs: Math.round((server?.now.getTime() ?? between) - between),
      ...(await migrationsIn(client)),
    };
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function migrationsIn(client: Client): Promise<Pick<DatabaseFindings, 'pending' | 'unknown' | 'failed'>> {
  const known = await knownMigrations();
  const { rows: there } = await client.query<{ there: boolean }>(
    `SELECT to_regclass('_prisma_migrations') IS NOT NULL AS there`,
  );
  if (there[0]?.there !== true) return { pending: known, unknown: [], failed: [] };
  const { rows } = await client.query<MigrationRow>(
    `SELECT migration_name, finished_at IS NOT NULL AS finished FROM _prisma_migrations WHERE rolled_back_at IS NULL`,
  );
  const applied = new Set(rows.filter(({ finished }) => finished).map(({ migration_name: name }) => name));
  return {
    pending: known.filter((name) => !applied.has(name)),
    unknown: [...applied].filter((name) => !known.includes(name)),
    failed: rows.filter(({ finished }) => !finished).map(({ migration_name: name }) => name),
  };
}
