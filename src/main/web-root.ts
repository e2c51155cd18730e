import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Where a bundled page is: beside the compiled sources, or in `dist` of a checkout that runs its sources. */
export function bundledPage(name: string): string {
  const candidates = [join(__dirname, '..', '..', 'web', name), join(__dirname, '..', '..', 'dist', 'web', name)];
  const found = candidates.find((dir) => existsSync(join(dir, 'index.html')));
  if (!found) throw new Error(`the page ${name} is not bundled: run \`node scripts/setup.mjs\``);
  return found;
}
