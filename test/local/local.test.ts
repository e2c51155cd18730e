import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startLocal, type Local, type StartLocalOptions } from '../../src/main/local';
import { dataDirHolder } from '../../src/main/local/data-dir';
import { identify, type ProcessIdentity } from '../../src/main/local/process-identity';
import { testEnvironment } from '../support/environment';
import { temporaryDir, until } from './temporary';

let local: Local | undefined;
const notices: string[] = [];

// Declared before the folder's own hooks, so that everything has ended when it is removed.
afterEach(async () => {
  await local?.stop();
  local = undefined;
  notices.length = 0;
});
const dir = temporaryDir();

function start(config: Partial<StartLocalOptions['config']> = {}): Promise<Local> {
  return startLocal({
    config: { dataDir: dir(), sandboxPort: 0, ...config },
    env: process.env,
    log: () => undefined,
    onExit: (message) => notices.push(message),
  });
}

async function pidOf(name: string): Promise<number> {
  return (JSON.parse(await readFile(join(dir(), 'run', `${name}.json`), 'utf8')) as ProcessIdentity).pid;
}

test('uses what is given and starts only the rest', async () => {
  const { adminUrl, temporalAddress } = testEnvironment();
  local = await start({ databaseUrl: adminUrl, temporalAddress });
  expect(local).toMatchObject({ databaseUrl: adminUrl, temporalAddress, temporalUiUrl: null });
  expect((await fetch(`${local.sandboxUrl}/_sandbox/ledger`)).status).toBe(200);
  await expect(pidOf('postgres')).rejects.toThrow(/ENOENT/);
  await expect(pidOf('temporal')).rejects.toThrow(/ENOENT/);
});

test('starts everything, keeps the folder to itself, and leaves nothing running', async () => {
  local = await start();
  const pids = await Promise.all(['postgres', 'temporal', 'sandbox'].map(pidOf));
  expect((await fetch(local.temporalUiUrl as string)).status).toBe(200);
  await expect(start()).rejects.toThrow(/DATA_DIR/);

  await local.stop();

  expect(await Promise.all(pids.map(identify))).toEqual([null, null, null]);
  expect(notices).toEqual([]);
});

test('a server that ends by itself is reported, and the next start has it again', async () => {
  local = await start();
  process.kill(await pidOf('temporal'), 'SIGKILL');
  await until('it is reported', () => notices.length > 0);
  expect(notices).toEqual(['Temporal ended unexpectedly (signal SIGKILL)']);
  await local.stop();
  local = await start();
  expect(await identify(await pidOf('temporal'))).not.toBeNull();
});

test('when one part fails, the others are stopped and the folder is free again', async () => {
  await writeFile(join(dir(), 'sandbox'), 'a file where the sandbox wants its folder');
  await expect(start()).rejects.toThrow(/the payment sandbox did not start/);
  await expect(pidOf('postgres')).rejects.toThrow(/ENOENT/);
  await expect(pidOf('temporal')).rejects.toThrow(/ENOENT/);
  expect(await dataDirHolder(dir())).toBeNull();
});
