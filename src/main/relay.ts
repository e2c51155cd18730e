import { ConfigError, readConfig } from '../config';
import { traceTo } from '../telemetry/tracing/index';
import { openLog } from './log';
import { fail, onSignal } from './process';
import { startRelay } from './relay-service';
import { Teardown } from './teardown';

/** Carries events out of the database, beside or instead of the workers that do so, too: to the broker and to webhooks. */
async function relay(): Promise<void> {
  const config = readConfig();
  const { databaseUrl } = config;
  if (!databaseUrl) throw new ConfigError(['DATABASE_URL: must be given']);
  const tracing = config.tracing && traceTo(config.tracing);
  const log = openLog(config.logLevel, { traced: tracing !== null });
  const teardown = new Teardown();
  if (tracing) teardown.add(() => tracing.shutdown());
  await startRelay({ config: { ...config, databaseUrl }, tracing, log, teardown });
  onSignal(async (signal) => {
    log.info({ signal }, 'draining');
    await teardown.run();
    log.info({}, 'stopped');
  });
  // Last: who reads it may send a signal at once.
  log.info({ roles: { relay: true } }, 'started');
}

relay().catch(fail);
