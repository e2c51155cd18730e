import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DataDirInUseError, dataDirHolder, lockDataDir } from '../../src/main/local/data-dir';
import { identify } from '../../src/main/local/process-identity';
import { temporaryDir } from './temporary';

const dir = temporaryDir();
const lockFile = (): string => join(dir(), 'lock.json');

test('is exclusive until released', async () => {
  const lock = await lockDataDir(dir());
  const second = lockDataDir(dir());
  await expect(second).rejects.toThrow(DataDirInUseError);
  await expect(second).rejects.toThrow(new RegExp(`process ${process.pid}.*DATA_DIR=`));
  await lock.release();
  await (await lockDataDir(dir())).release();
});

test('creates the folder when it is missing', async () => {
  const lock = await lockDataDir(join(dir(), 'deep', 'er'));
  expect((await stat(join(dir(), 'deep', 'er'))).isDirectory()).toBe(true);
  await lock.release();
});

test('names a living holder in another process', async () => {
  const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  await once(other, 'spawn');
  const holder = await identify(other.pid as number);
  await writeFile(lockFile(), JSON.stringify(holder));

  await expect(lockDataDir(dir())).rejects.toMatchObject({ pid: other.pid });
  expect(await dataDirHolder(dir())).toEqual(holder);

  other.kill('SIGKILL');
  await once(other, 'exit');
  expect(await dataDirHolder(dir())).toBeNull();
  await (await lockDataDir(dir())).release();
});

test('takes over a lock whose number belongs to a later process', async () => {
  await writeFile(lockFile(), JSON.stringify({ pid: process.pid, born: 'long ago' }));
  const lock = await lockDataDir(dir());
  expect(JSON.parse(await readFile(lockFile(), 'utf8'))).toEqual(await identify(process.pid));
  await lock.release();
});

test.each(['', '{"pid":', 'null', '{"pid":"1"}'])(
  'takes over a lock that a power failure cut off: %j',
  async (text) => {
    await writeFile(lockFile(), text);
    await (await lockDataDir(dir())).release();
  },
);

test('of several that take over a stale lock at once, one gets it', async () => {
  await writeFile(lockFile(), JSON.stringify({ pid: process.pid, born: 'long ago' }));
  const program = `
    require('tsx/cjs');
    const { lockDataDir } = require('./src/main/local/data-dir.ts');
    const hold = () => { console.log('held'); process.stdin.resume(); };
    lockDataDir(process.argv[1]).then(hold, (error) => console.log(error.name));`;
  const rivals = [1, 2, 3].map(() =>
    spawn(process.execPath, ['-e', program, dir()], { stdio: ['pipe', 'pipe', 'inherit'] }),
  );
  const closed = rivals.map((rival) => once(rival, 'close'));
  const answers = await Promise.all(
    rivals.map(async (rival) => String((await once(rival.stdout, 'data')) as [Buffer]).trim()),
  );
  for (const rival of rivals) rival.stdin.end();
  await Promise.all(closed);
  expect(answers.sort()).toEqual(['DataDirInUseError', 'DataDirInUseError', 'held']);
});
