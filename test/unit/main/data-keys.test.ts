import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keptDataKeys } from '../../../src/main/local/data-keys';

describe('the data keys of npm start', () => {
  let dataDir: string;
  let file: string;
  beforeEach(() => {
    dataDir = join(mkdtempSync(join(tmpdir(), 'holdfast-keys-')), 'data');
    file = join(dataDir, 'data-keys');
  });
  afterEach(() => rmSync(join(dataDir, '..'), { recursive: true }));

  const kept = (change: Partial<Parameters<typeof keptDataKeys>[0]> = {}) =>
    keptDataKeys({ dataKeys: [], dataDir, production: false, ...change });

  it('are made once, for this user alone, and read ever after', async () => {
    const [made, ...others] = await kept();
    expect(others).toEqual([]);
    expect(made).toEqual({ id: 'local', key: expect.any(Buffer) });
    expect(made?.key).toHaveLength(32);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await kept()).toEqual([made]);
  });

  it('are those that are configured, where some are', async () => {
    const dataKeys = [{ id: 'a', key: Buffer.alloc(32) }];
    expect(await kept({ dataKeys })).toBe(dataKeys);
    expect(await kept({ dataKeys, production: true })).toBe(dataKeys);
    expect(() => statSync(file)).toThrow('ENOENT');
  });

  it('are never made in production', async () => {
    await expect(kept({ production: true })).rejects.toThrow('DATA_KEYS: must be set when NODE_ENV=production');
    expect(() => statSync(file)).toThrow('ENOENT');
  });

  it('are not made anew over a file that holds something else: what they open would be lost', async () => {
    await kept();
    writeFileSync(file, 'local=gone\n');
    await expect(kept()).rejects.toThrow('holds no data key');
    expect(readFileSync(file, 'utf8')).toBe('local=gone\n');
  });
});
