import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, escapeIdentifier } from 'pg';
import { applyMigrations } from '../../src/adapters/store/prisma/migrate';
import { createTestDatabase } from '../support/database';
import { testEnvironment } from '../support/environment';

const FUNCTION_WITH_SEMICOLONS = `
CREATE TABLE a (id int PRIMARY KEY);
CREATE FUNCTION one() RETURNS int LANGUAGE plpgsql AS $$ BEGIN PERFORM 1; RETURN 1; END $$;
`;
const HALF_BAD = 'CREATE TABLE half (id int); CREATE TABL typo;';

let dir: string;
let url: string;
let admin: Client;
const name = `holdfast_test_${testEnvironment().runId}_migrate_${process.pid}`;

beforeEach(async () => {
  dir = await mkdtemp(join(testEnvironment().runDir, 'migrations-'));
  admin = new Client({ connectionString: testEnvironment().adminUrl });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${escapeIdentifier(name)}`);
  const address = new URL(testEnvironment().adminUrl);
  address.pathname = `/${name}`;
  url = address.href;
});

afterEach(async () => {
  await admin.query(`DROP DATABASE ${escapeIdentifier(name)} WITH (FORCE)`);
  await admin.end();
  await rm(dir, { recursive: true });
});

async function migration(folder: string, id: string, sql: string): Promise<void> {
  await mkdir(join(folder, id), { recursive: true });
  await writeFile(join(folder, id, 'migration.sql'), sql);
}

async function query(sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

test('applies in order, whole scripts, and once', async () => {
  await migration(dir, '0002_second', 'INSERT INTO a VALUES (1)');
  await migration(dir, '0001_first', FUNCTION_WITH_SEMICOLONS);
  const log: string[] = [];

  const first = await applyMigrations({ databaseUrl: url, migrationsDir: dir, log: (line) => log.push(line) });
  const second = await applyMigrations({ databaseUrl: url, migrationsDir: dir });

  expect(first.applied).toEqual(['0001_first', '0002_second']);
  expect(second.applied).toEqual([]);
  expect(log).toHaveLength(2);
  expect(await query('SELECT one() AS one, (SELECT count(*)::int FROM a) AS rows')).toEqual([{ one: 1, rows: 1 }]);
});

test('starts at the same time take turns', async () => {
  await migration(dir, '0001_first', FUNCTION_WITH_SEMICOLONS);
  const starts = [1, 2, 3].map(() => applyMigrations({ databaseUrl: url, migrationsDir: dir }));
  const applied = (await Promise.all(starts)).flatMap((result) => result.applied);
  expect(applied).toEqual(['0001_first']);
});

test('refuses a database that a newer release has written', async () => {
  await migration(dir, '0001_first', FUNCTION_WITH_SEMICOLONS);
  const newer = join(dir, 'newer');
  await cp(join(dir, '0001_first'), join(newer, '0001_first'), { recursive: true });
  await migration(newer, '0002_second', 'CREATE TABLE b (id int)');
  await applyMigrations({ databaseUrl: url, migrationsDir: newer });
  await rm(newer, { recursive: true });

  const refused = applyMigrations({ databaseUrl: url, migrationsDir: dir });

  await expect(refused).rejects.toMatchObject({ reason: 'newer_schema', migrations: ['0002_second'] });
});

test('a failing migration changes nothing, and the database is refused until a person has looked', async () => {
  await migration(dir, '0001_bad', HALF_BAD);

  await expect(applyMigrations({ databaseUrl: url, migrationsDir: dir })).rejects.toThrow(/syntax error/);

  expect(await query("SELECT to_regclass('half') AS half")).toEqual([{ half: null }]);
  await expect(applyMigrations({ databaseUrl: url, migrationsDir: dir })).rejects.toMatchObject({
    reason: 'failed_migration',
    migrations: ['0001_bad'],
  });
});

test('refuses a database that belongs to something else', async () => {
  await query('CREATE TABLE theirs (id int)');
  await migration(dir, '0001_first', FUNCTION_WITH_SEMICOLONS);
  await expect(applyMigrations({ databaseUrl: url, migrationsDir: dir })).rejects.toMatchObject({ reason: 'not_ours' });
});

test("a test database has the project's migrations, all of them", async () => {
  const database = await createTestDatabase('migrate');
  expect((await applyMigrations({ databaseUrl: database.url })).applied).toEqual([]);
  await database.drop();
});
