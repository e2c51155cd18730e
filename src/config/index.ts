import { loadClientConnectConfig } from '@temporalio/envconfig';
import { ConfigError, loadConfig } from './load';
import { type Config } from './types';

export { developmentKey, digestOf } from './api-keys';
export { parseDataKeys } from './data-keys';
export { ConfigError, loadConfig } from './load';
export { type Operator } from './operators';
export * from './types';

/** How to reach Temporal: the SDK's standard profile and TEMPORAL_* variables. Null when no address is given. */
export interface TemporalSettings {
  readonly connection: ReturnType<typeof loadClientConnectConfig>['connectionOptions'];
  readonly namespace: string;
}

/** The process' own environment, checked. The only place where it is read. */
export function readConfig(): Config {
  return loadConfig(process.env);
}

export function readTemporalSettings(): TemporalSettings | null {
  try {
    const { connectionOptions, namespace } = loadClientConnectConfig();
    if (!connectionOptions.address) return null;
    return { connection: connectionOptions, namespace: namespace ?? 'default' };
  } catch (error) {
    throw new ConfigError([`TEMPORAL_*: ${(error as Error).message}`]);
  }
}

/** The environment that child processes inherit (PATH, proxies, a toolchain's own settings); not for reading values from. */
export function inheritedEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env };
}
