import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { fail } from './process';

/** Bundles the workflows as the worker would at start; an import that breaks the workflow sandbox fails here. */
async function bundle(): Promise<void> {
  const root = join(__dirname, '..', '..');
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(root, 'workflows', 'index.ts'),
    logger: new DefaultLogger('WARN'),
  });
  const file = join(root, 'dist', 'workflow-bundle.js');
  await mkdir(join(root, 'dist'), { recursive: true });
  await writeFile(file, code);
  console.log(`workflows bundled: ${file}, ${Math.round(code.length / 1024)} KiB`);
}

bundle().catch(fail);
