import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { TRACING_MODULES } from '../adapters/process/temporal/tracing';
import { type ServiceOptions } from './service-options';

/** Files that `npm run build` leaves beside the compiled code. */
export const BUNDLES = { plain: 'workflow-bundle.js', traced: 'workflow-bundle-traced.js' } as const;
export type BundleKind = keyof typeof BUNDLES;

/** The bundle that was built, with tracing in it or without; from sources, the worker bundles at start. */
export function workflowSource(traced: boolean): ServiceOptions['workflows'] {
  const codePath = join(__dirname, '..', '..', traced ? BUNDLES.traced : BUNDLES.plain);
  return existsSync(codePath) ? { bundle: { codePath } } : sources();
}

/** The code of a bundle, made as the worker would at start: what is built and what the tests run is the same. */
export async function bundleWorkflows(kind: BundleKind): Promise<string> {
  const { path, preload } = sources();
  const { code } = await bundleWorkflowCode({
    workflowsPath: path,
    preloadModules: preload,
    workflowInterceptorModules: kind === 'traced' ? [...TRACING_MODULES] : [],
    logger: new DefaultLogger('WARN'),
  });
  return code;
}

function sources(): { readonly path: string; readonly preload: string[] } {
  return { path: require.resolve('../../workflows'), preload: [require.resolve('../../workflows/preload')] };
}
