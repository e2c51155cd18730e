import { join } from 'node:path';
import { SEARCH_ATTRIBUTES } from '../../adapters/process/temporal/search-attributes';
import { lockDataDir } from './data-dir';
import { startEmbeddedPostgres } from './postgres';
import { startSandboxProcess } from './sandbox';

import { resolveTemporalCli, temporalCacheDir } from './temporal-cli';
import { startTemporalDevServer } from './temporal-server';

export interface LocalConfig {
  readonly dataDir: string;
  /** A PostgreSQL that is already there; the embedded one is started otherwise. */
  readonly databaseUrl?: string | undefined;
  /** A Temporal server that is already there; a development server is started otherwise. */
  readonly temporalAddress?: string | undefined;
  /** Preferred port of the payment sandbox. */
  readonly sandboxPort: number;
}

export interface StartLocalOptions {
  readonly config: LocalConfig;
  /** What the children inherit (PATH, proxies, Go's and the SDK's own settings). */
  readonly env: NodeJS.ProcessEnv;
  /** Progress for people, one line each. */
  readonly log: (line: string) => void;
  /** Called when a server ends by itself, with a sentence that says which and why. */
  readonly onExit?: (message: string) => void;
}

export interface Local {
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  /** Null when the server was given. */
  readonly temporalUiUrl: string | null;
  readonly sandboxUrl: string;
  /** Idempotent; resolves when every process started here is gone and the folder is free. */
  stop(): Promise<void>;
}

const DATABASE = 'holdfast';
const NAMESPACE = 'default';
/** Temporal's usual ports, so that its tools find it without being told. */
const TEMPORAL_PORT = 7233;
const TEMPORAL_UI_PORT = 8233;

type Undo = () => Promise<void>;

/**
 * Starts what the machine lacks, all at once: PostgreSQL, Temporal, the payment sandbox. The data folder belongs to this
 * process until `stop`. When one of them fails, the others are stopped before the error is thrown.
 */
export async function startLocal(options: StartLocalOptions): Promise<Local> {
  const lock = await lockDataDir(options.config.dataDir);
  const common = {
    dataDir: lock.dir,
    env: options.env,
    log: options.log,
    ...(options.onExit === undefined ? {} : { onExit: options.onExit }),
  };
  const undos: Undo[] = [];
  let stopped: Promise<void> | undefined;
  const stopAll = async (): Promise<void> => {
    // Whoever uses these has stopped before; among themselves they are independent.
    await Promise.all(undos.map((undo) => undo()));
    await lock.release();
  };
  const stop = (): Promise<void> => (stopped ??= stopAll());
  const starts = [
    startDatabase(options.config, common, undos),
    startTemporal(options.config, common, undos),
    startSandbox(options.config, common, undos),
  ] as const;
  try {
    const [databaseUrl, temporal, sandboxUrl] = await Promise.all(starts);
    return { databaseUrl, ...temporal, sandboxUrl, stop };
  } catch (error) {
    await Promise.allSettled(starts); // one that comes up late must be stopped as well
    await stop();
    throw error;
  }
}

type Common = Pick<StartLocalOptions, 'env' | 'log' | 'onExit'> & { readonly dataDir: string };

async function startDatabase(config: LocalConfig, common: Common, undos: Undo[]): Promise<string> {
  if (config.databaseUrl !== undefined) return config.databaseUrl;
  const server = await startEmbeddedPostgres(common);
  undos.push(() => server.stop());
  return server.url(DATABASE);
}

async function startTemporal(
  config: LocalConfig,
  common: Common,
  undos: Undo[],
): Promise<Pick<Local, 'temporalAddress' | 'temporalUiUrl'>> {
  if (config.temporalAddress !== undefined) return { temporalAddress: config.temporalAddress, temporalUiUrl: null };
  const { env, log } = common;
  const executable = await resolveTemporalCli({ cacheDir: temporalCacheDir(env), env, log });
  const server = await startTemporalDevServer({
    ...common,
    executable,
    dataFile: join(common.dataDir, 'temporal', 'temporal.db'),
    namespace: NAMESPACE,
    searchAttributes: SEARCH_ATTRIBUTES,
    port: TEMPORAL_PORT,
    uiPort: TEMPORAL_UI_PORT,
  });
  undos.push(() => server.stop());
  return { temporalAddress: server.address, temporalUiUrl: server.uiUrl };
}

async function startSandbox(config: LocalConfig, common: Common, undos: Undo[]): Promise<string> {
  const sandbox = await startSandboxProcess({ ...common, port: config.sandboxPort });
  undos.push(() => sandbox.stop());
  return sandbox.url;
}
