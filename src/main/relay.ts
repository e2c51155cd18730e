import { ConfigError, readConfig } from '../config';
import { createLogger } from '../telemetry/logger';
import { fail, onSignal } from './process';
import { startRelay } from './relay-service';
import { Teardown } from './teardown';

/** Carries events out of the database, beside or instead of the workers that do so, too: to the broker and to webhooks. */
async function relay(): Promise<void> {
  const config = readConfig();
  const { databaseUrl } = config;
  if (!databaseUrl) throw new ConfigError(['DATABASE_URL: must be given']);
  const log = createLogger(config.logLevel);
  const teardown = new Teardown();
  await startRelay({ config: { ...config, databaseUrl }, log, teardown });
  log.info({ roles: { relay: true } }, 'started');
  onSignal(async (signal) => {
    log.info({ signal }, 'draining');
    await teardown.run();
    log.info({}, 'stopped');
  });
}

relay().catch(fail);
