import { open, readFile, rename } from 'node:fs/promises';

/**
 * A secret that is made at the first start and read from `file` (mode 0600) ever after. Synced and renamed, so that a killed
 * first start leaves either no file or a whole one.
 */
export async function keptSecret(file: string, make: () => string): Promise<string> {
  const kept = await readFile(file, 'utf8').catch(missing);
  if (kept.trim() !== '') return kept.trim();
  const secret = make();
  const draft = await open(`${file}.tmp`, 'w', 0o600);
  try {
    await draft.writeFile(`${secret}\n`);
    await draft.sync();
  } finally {
    await draft.close();
  }
  await rename(`${file}.tmp`, file);
  return secret;
}

/** A file that is there and can't be read must not be replaced: what it protects would be lost. */
function missing(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return '';
  throw error;
}
