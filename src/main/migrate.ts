import { applyMigrations } from '../adapters/store/prisma/migrate';
import { ConfigError, readConfig } from '../config';
import { fail } from './process';
import { withProgress } from './progress';

/** Brings the database to this version's schema; run once before API and workers of a new version start. */
async function migrate(): Promise<void> {
  const { databaseUrl } = readConfig();
  if (!databaseUrl) throw new ConfigError(['DATABASE_URL: must be given']);
  const log = (line: string): void => console.log(line);
  const { applied } = await withProgress('migrating', log, () => applyMigrations({ databaseUrl, log }));
  console.log(applied.length === 0 ? 'the schema is up to date' : `${applied.length} migration(s) applied`);
}

migrate().catch(fail);
