import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, DatabaseError, escapeIdentifier } from 'pg';
import { testEnvironment } from './environment';

export interface TestDatabase {
  readonly name: string;
  readonly url: string;
  /**
   * Drops it; keeps it, and says where it is, when a test of this file has failed.
   *
   * @throws Error when connections to it are still open: the test has not closed what it opened.
   */
  drop(): Promise<void>;
}

/** PostgreSQL: the template is being copied elsewhere, or a database still has sessions. */
const OBJECT_IN_USE = '55006';
/** A server process ends some milliseconds after its client hung up; seconds mean a connection that nobody closes. */
const RELEASED_WITHIN_MS = 5_000;
/** Copies of the template by other test files queue up behind each other. */
const TEMPLATE_FREE_WITHIN_MS = 30_000;
const LOOK_EVERY_MS = 25;
/** PostgreSQL cuts longer names silently. */
const MAX_NAME = 63;

let made = 0;

/** A database of its own with all migrations applied. `label` says in its name which test it belongs to. */
export async function createTestDatabase(label: string): Promise<TestDatabase> {
  const { adminUrl, runId, runDir, templateDatabase } = testEnvironment();
  made += 1;
  const words = label.toLowerCase().replace(/[^a-z0-9]+/g, '_');
  const name = `holdfast_test_${runId}_${process.pid}_${made}_${words}`.slice(0, MAX_NAME);
  const [created, template] = [escapeIdentifier(name), escapeIdentifier(templateDatabase)];
  await whileInUse(adminUrl, `CREATE DATABASE ${created} TEMPLATE ${template}`, TEMPLATE_FREE_WITHIN_MS);
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return {
    name,
    url: url.href,
    drop: async () => {
      if (hasFailed()) await keep(runDir, name);
      else await whileInUse(adminUrl, `DROP DATABASE IF EXISTS ${created}`, RELEASED_WITHIN_MS);
    },
  };
}

/** Set by scripts/jest/environment.cjs. */
function hasFailed(): boolean {
  return (globalThis as { holdfastTestFailed?: boolean }).holdfastTestFailed === true;
}

async function keep(runDir: string, name: string): Promise<void> {
  const dir = join(runDir, 'kept');
  await mkdir(dir, { recursive: true });
  await writeFile(join(dir, name), '');
}

async function whileInUse(adminUrl: string, sql: string, withinMs: number): Promise<void> {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const deadline = Date.now() + withinMs;
    for (;;) {
      try {
        await client.query(sql);
        return;
      } catch (error) {
        const busy = error instanceof DatabaseError && error.code === OBJECT_IN_USE;
        if (!busy || Date.now() > deadline) throw error;
        await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
      }
    }
  } finally {
    await client.end();
  }
}
