import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fail } from './process';
import { withProgress } from './progress';
import { type BundleKind, BUNDLES, bundleWorkflows } from './workflows';

/** Bundles the workflows as the worker would at start, untraced and traced; an import that breaks the workflow sandbox fails here. */
async function bundle(): Promise<void> {
  const dist = join(__dirname, '..', '..', 'dist');
  await mkdir(dist, { recursive: true });
  for (const kind of Object.keys(BUNDLES) as BundleKind[]) {
    const code = await withProgress(`bundling ${BUNDLES[kind]}`, console.log, () => bundleWorkflows(kind));
    const file = join(dist, BUNDLES[kind]);
    await writeFile(file, code);
    console.log(`workflows bundled: ${file}, ${Math.round(code.length / 1024)} KiB`);
  }
}

bundle().catch(fail);
