import { ConfigError, readConfig, readTemporalSettings } from '../config';
import { traceTo } from '../telemetry/tracing/index';
import { openLog } from './log';
import { withSandbox } from './sandbox-settings';
import { startService } from './service';
import { workflowSource } from './workflows';

/** Longer than the worker's own limit for draining; past it the process ends, and Temporal and PostgreSQL carry on elsewhere. */
const SHUTDOWN_MS = 40_000;

/** Runs one production process until SIGTERM or SIGINT; exit code 0 after a clean drain. */
export async function runProcess(roles: { api: boolean; worker: boolean }): Promise<void> {
  const config = readConfig();
  const temporal = readTemporalSettings();
  const { databaseUrl } = config;
  if (!databaseUrl) throw new ConfigError(['DATABASE_URL: must be given']);
  if (!temporal) throw new ConfigError(['TEMPORAL_ADDRESS: must be given']);
  if (roles.api && config.apiKeys.length === 0) throw new ConfigError(['API_KEYS: must be given']);
  if (roles.api && config.dataKeys.length === 0) throw new ConfigError(['DATA_KEYS: must be given']);
  const paying = config.sandbox ? await withSandbox(config, config.sandbox) : config;
  const tracing = config.tracing && traceTo(config.tracing);
  const log = openLog(config.logLevel, { traced: tracing !== null });
  const service = await startService({
    config: { ...paying, databaseUrl },
    temporal: { ...temporal, connection: temporal.connection },
    roles,
    workflows: workflowSource(tracing !== null),
    tracing,
    log,
    onFailure: (error) => {
      log.error({ err: error }, 'the worker ended by itself');
      process.exit(1);
    },
  });
  onSignal(async (signal) => {
    log.info({ signal }, 'draining');
    await service.stop();
    await tracing?.shutdown();
    log.info({}, 'stopped');
  });
  // Last: who reads it may send a signal at once.
  log.info({ roles, port: service.port }, 'started');
}

/** A terminal's Ctrl-C can reach us twice, from the terminal and from npm; later than this, a second one means "at once". */
const ECHO_MS = 1_000;

/** Calls `stop` on the first SIGTERM, SIGINT or SIGHUP and ends the process; a second signal ends it at once. */
export function onSignal(stop: (signal: string) => Promise<void>): void {
  let stoppingSince: number | null = null;
  const handle = (signal: NodeJS.Signals): void => {
    if (stoppingSince !== null) {
      if (Date.now() - stoppingSince > ECHO_MS) process.exit(130);
      return;
    }
    stoppingSince = Date.now();
    setTimeout(() => process.exit(1), SHUTDOWN_MS).unref();
    stop(signal).then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, handle);
}

/** Ends the process with a message for people: of a wrong configuration the message, of anything else the whole error. */
export function fail(error: unknown): never {
  console.error(error instanceof ConfigError ? error.message : error);
  process.exit(1);
}
