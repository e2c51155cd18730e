import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError, type Config, parseDataKeys } from '../../config';
import { keptSecret } from './kept-secret';

const FILE = 'data-keys';

/**
 * The master keys of a development machine: those that are configured, or else one that is made at the first start and kept
 * in `DATA_DIR/data-keys`. Never made in production, where the folder may not survive and with it what it opens.
 */
export async function keptDataKeys({
  dataKeys,
  dataDir,
  production,
}: Pick<Config, 'dataKeys' | 'dataDir' | 'production'>): Promise<Config['dataKeys']> {
  if (dataKeys.length > 0) return dataKeys;
  if (production) throw new ConfigError(['DATA_KEYS: must be set when NODE_ENV=production; none is made there']);
  await mkdir(dataDir, { recursive: true });
  const value = await keptSecret(join(dataDir, FILE), () => `local=${randomBytes(32).toString('base64')}`);
  const faults: string[] = [];
  const kept = parseDataKeys(value, faults);
  if (faults.length > 0 || kept.length === 0) throw new ConfigError([`${join(dataDir, FILE)} holds no data key`]);
  return kept;
}
