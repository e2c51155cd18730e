import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { resolveTemporalCli, temporalCacheDir, type Installer } from '../../src/main/local/temporal-cli';
import { script, temporaryDir } from './temporary';

const dir = temporaryDir();
const VERSION = 'echo "temporal version 1.2.3 (Server 4.5.6)"';

/** An installer that writes a working binary and counts its calls. */
function working(): Installer & { calls: number } {
  const installer = {
    name: 'fake',
    calls: 0,
    install: ({ dir: draft, executable }: { dir: string; executable: string }) => {
      installer.calls += 1;
      return script(join(draft, executable), VERSION);
    },
  };
  return installer;
}

const broken: Installer = { name: 'broken', install: () => Promise.reject(new Error('no network')) };

function resolveWith(installers: readonly Installer[], path = ''): Promise<string> {
  return resolveTemporalCli({ cacheDir: join(dir(), 'cache'), env: { PATH: path }, log: () => undefined, installers });
}

async function put(folder: string, body: string): Promise<string> {
  await mkdir(join(dir(), folder), { recursive: true });
  return script(join(dir(), folder, 'temporal'), body);
}

test('one on PATH comes first, the cached one next', async () => {
  const cached = await put('cache', VERSION);
  const own = await put('bin', VERSION);
  expect(await resolveWith([], `${join(dir(), 'nothing')}:${join(dir(), 'bin')}`)).toBe(own);
  expect(await resolveWith([])).toBe(cached);
});

test('something else of that name on PATH does not count', async () => {
  await put('bin', 'echo "temporary files, version 1"');
  const cached = await put('cache', VERSION);
  expect(await resolveWith([], join(dir(), 'bin'))).toBe(cached);
});

test.each([
  ['half written', '\u007fELF half a binary', 0o755],
  ['not executable', `#!/bin/sh\n${VERSION}\n`, 0o644],
])('a cached file that is %s is replaced', async (_what, content, mode) => {
  const cached = join(dir(), 'cache', 'temporal');
  await mkdir(join(dir(), 'cache'));
  await writeFile(cached, content);
  await chmod(cached, mode);

  expect(await resolveWith([working()])).toBe(cached);
  expect(await readFile(cached, 'utf8')).toContain(VERSION);
});

test('ways are tried in turn, and what does not run never reaches the cache', async () => {
  const wrongPlatform: Installer = {
    name: 'wrong platform',
    install: ({ dir: draft }) => script(join(draft, 'temporal'), 'exit 126'),
  };
  const last = working();
  expect(await resolveWith([broken, wrongPlatform, last])).toBe(join(dir(), 'cache', 'temporal'));
  expect(last.calls).toBe(1);

  const failed = resolveTemporalCli({
    cacheDir: join(dir(), 'other'),
    env: {},
    log: () => undefined,
    installers: [broken, wrongPlatform],
  });
  await expect(failed).rejects.toThrow(/broken: no network; wrong platform: .*does not run.*TEMPORAL_ADDRESS/s);
  expect(await readdir(join(dir(), 'other'))).not.toContain('temporal');
});

test('two starts at once install once: the second waits, and uses what the first brought', async () => {
  const installer = working();
  const waiting: string[] = [];
  const together = [1, 2].map(() =>
    resolveTemporalCli({
      cacheDir: join(dir(), 'cache'),
      env: {},
      log: (line) => waiting.push(line),
      installers: [installer],
    }),
  );
  const cached = join(dir(), 'cache', 'temporal');
  expect(await Promise.all(together)).toEqual([cached, cached]);
  expect(installer.calls).toBe(1);
  expect(waiting).toContainEqual(expect.stringMatching(/waiting for process/));
});

test('the cache follows XDG_CACHE_HOME', () => {
  expect(temporalCacheDir({ XDG_CACHE_HOME: '/somewhere' })).toBe('/somewhere/holdfast/bin');
  expect(temporalCacheDir({ XDG_CACHE_HOME: '' })).toMatch(/\.cache\/holdfast\/bin$/);
});
