import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Config } from '../../config';
import { keptSecret } from './kept-secret';

const FILE = 'console-secret';

/**
 * What seals the console's sessions on a development machine: what is configured, or else a secret that is made at the first
 * start and kept in `DATA_DIR/console-secret`, so that a restart signs nobody out. In production none is made.
 */
export async function keptConsoleSecret({
  console: { secret },
  dataDir,
  production,
}: Pick<Config, 'console' | 'dataDir' | 'production'>): Promise<string | null> {
  if (secret !== null || production) return secret;
  await mkdir(dataDir, { recursive: true });
  return keptSecret(join(dataDir, FILE), () => randomBytes(32).toString('base64'));
}
