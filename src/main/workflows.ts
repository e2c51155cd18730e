import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type ServiceOptions } from './service';

/** The bundle that `npm run build` leaves beside the compiled code; from sources, the worker bundles at start. */
export function workflowSource(): ServiceOptions['workflows'] {
  const codePath = join(__dirname, '..', '..', 'workflow-bundle.js');
  return existsSync(codePath) ? { bundle: { codePath } } : { path: require.resolve('../../workflows') };
}
