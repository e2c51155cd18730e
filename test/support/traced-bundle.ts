import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import { bundleWorkflows } from '../../src/main/workflows';
import { testEnvironment } from './environment';

/** The traced workflows, bundled by the function that the build bundles them with; answers the file. */
export async function tracedBundle(): Promise<string> {
  const file = join(testEnvironment().runDir, `workflows-traced-${process.pid}.js`);
  await writeFile(file, await bundleWorkflows('traced'));
  return file;
}
