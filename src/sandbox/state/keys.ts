import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/**
 * One gateway's throw-away keys: made at the first start, then read from `keys-<gateway>.json` (mode 0600) for ever.
 * Written to a temporary file, synced and renamed, so that a killed first start leaves either no file or a whole one.
 */
export async function loadOrMakeKeys<T>(dataDir: string, gateway: string, make: () => Promise<T>): Promise<T> {
  mkdirSync(dataDir, { recursive: true });
  const path = join(dataDir, `keys-${gateway}.json`);
  if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8')) as T;
  const keys = await make();
  const temporary = `${path}.${process.pid}.tmp`;
  const fd = openSync(temporary, 'w', 0o600);
  try {
    writeSync(fd, JSON.stringify(keys, null, 2));
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(temporary, path);
  return keys;
}
