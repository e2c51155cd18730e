import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { endRecorded, startChild, type ChildOptions } from '../../src/main/local/child';
import { identify, type ProcessIdentity } from '../../src/main/local/process-identity';
import { temporaryDir, until } from './temporary';

const dir = temporaryDir();

function node(program: string, more: Partial<ChildOptions> = {}): ChildOptions {
  return {
    name: 'a server',
    command: process.execPath,
    args: ['-e', program],
    env: process.env,
    logFile: join(dir(), 'logs', 'server.log'),
    recordFile: join(dir(), 'run', 'server.json'),
    ...more,
  };
}

const FOREVER = "console.log('up'); setInterval(() => {}, 1000);";
const DEAF = `process.on('SIGTERM', () => console.log('deaf')); ${FOREVER}`;

async function record(): Promise<ProcessIdentity> {
  return JSON.parse(await readFile(join(dir(), 'run', 'server.json'), 'utf8')) as ProcessIdentity;
}

test('stops in an orderly way, without a notice, and forgets the record', async () => {
  const notices: string[] = [];
  const child = await startChild(node(FOREVER, { onExit: (message) => notices.push(message) }));
  expect(await record()).toEqual(await identify(child.pid));

  await Promise.all([child.stop(), child.stop()]);

  expect(await child.exited).toBe('signal SIGTERM');
  expect(await identify(child.pid)).toBeNull();
  expect(notices).toEqual([]);
  await expect(record()).rejects.toThrow(/ENOENT/);
});

test('is ended by force when it does not listen', async () => {
  const child = await startChild(node(DEAF, { graceMs: 50 }));
  await until('it is up', () => child.output().includes('up'));
  await child.stop();
  expect(await child.exited).toBe('signal SIGKILL');
});

test('leads its own process group, which Ctrl-C in the terminal does not reach', async () => {
  const child = await startChild(node(FOREVER));
  expect(() => process.kill(-child.pid, 0)).not.toThrow();
  await child.stop();
});

test('its own end is reported with the reason, and its last words are kept', async () => {
  const notices: string[] = [];
  const program = "for (let line = 1; line <= 30; line++) console.error('line ' + line); process.exitCode = 3;";
  const child = await startChild(node(program, { onExit: (message) => notices.push(message) }));
  await child.exited;
  expect(notices).toEqual(['a server ended unexpectedly (exit code 3)']);
  expect(child.logTail().split('\n').at(-1)).toBe('line 30');
  expect(child.logTail()).not.toContain('line 2\n');
});

test('a command that does not exist is an error with its name', async () => {
  await expect(startChild(node('', { command: join(dir(), 'nothing') }))).rejects.toThrow(/a server can't be started/);
});

test('one that a killed start left is ended before the next, but never a later process with its number', async () => {
  const orphan = await startChild(node(FOREVER));
  const left = await record();
  const successor = await startChild(node(FOREVER));
  expect(await identify(orphan.pid)).toBeNull();

  const file = join(dir(), 'other.json');
  await writeFile(file, JSON.stringify({ pid: successor.pid, born: left.born }));
  expect(await endRecorded({ recordFile: file })).toBe(true);
  expect(await identify(successor.pid)).not.toBeNull();
  await successor.stop();
});
