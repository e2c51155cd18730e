import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/main/local/postgres';
import { identify } from '../../src/main/local/process-identity';
import { temporaryDir } from './temporary';

const log: string[] = [];
const started: EmbeddedPostgres[] = [];

// Declared before the folder's own hooks, so that the servers have ended when it is removed.
afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.stop()));
  log.length = 0;
});
const dir = temporaryDir();

async function start(): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir: dir(), env: process.env, log: (line) => log.push(line) });
  started.push(server);
  return server;
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

test('keeps its data and its port, with a password of its own', async () => {
  const first = await start();
  const url = await first.url('shop');
  await query(url, 'CREATE TABLE kept AS SELECT 42 AS answer');
  await first.stop();

  const second = await start();

  expect(second.port).toBe(first.port);
  expect(await second.url('shop')).toBe(url);
  expect(await query(url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  const password = await readFile(join(dir(), 'postgres', 'password'), 'utf8');
  expect((await stat(join(dir(), 'postgres', 'password'))).mode & 0o777).toBe(0o600);
  await expect(query(url.replace(password.trim(), 'guess'), 'SELECT 1')).rejects.toThrow(/password/);
});

test('a killed server recovers what was committed', async () => {
  const first = await start();
  const url = await first.url('shop');
  await query(url, 'CREATE TABLE kept AS SELECT 42 AS answer');
  process.kill(first.pid, 'SIGKILL');

  await start();

  expect(await query(url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
});

test('a server left running without a record is recognised and ended before the next start', async () => {
  const left = await start();
  await writeFile(join(dir(), 'run', 'postgres.json'), '');
  const next = await start();
  expect(log).toContainEqual(expect.stringContaining(`process ${left.pid}`));
  expect(await identify(left.pid)).toBeNull();
  expect(next.port).toBe(left.port);
});

test('a half-built cluster is built anew', async () => {
  await mkdir(join(dir(), 'postgres', 'cluster.draft'), { recursive: true });
  await writeFile(join(dir(), 'postgres', 'cluster.draft', 'PG_VERSION'), '18');
  const server = await start();
  expect(await query(server.adminUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

test("postmaster.pid with another process's number does not stop the start, nor that process", async () => {
  await (await start()).stop();
  const file = join(dir(), 'postgres', 'cluster', 'postmaster.pid');
  await writeFile(file, `${process.pid}\n${join(dir(), 'postgres', 'cluster')}\n`);
  const server = await start();
  expect(await query(server.adminUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});
