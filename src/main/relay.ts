import { ConfigError, readConfig } from '../config';
import { createLogger } from '../telemetry/logger';
import { createMetrics } from '../telemetry/metrics';
import { openBroker, startEvents } from './events';
import { fail, onSignal } from './process';
import { openStores } from './stores';
import { Teardown } from './teardown';

/** Carries events out of the database, beside or instead of the workers that do so, too: to the broker and to webhooks. */
async function relay(): Promise<void> {
  const config = readConfig();
  if (!config.databaseUrl) throw new ConfigError(['DATABASE_URL: must be given']);
  const now = Date.now;
  const log = createLogger(config.logLevel);
  const metrics = createMetrics(log);
  const teardown = new Teardown();
  const stores = openStores(config.databaseUrl, { now, dataKeys: [] });
  teardown.add(() => stores.close());
  await stores.ping();
  const parts = { config, stores, metrics, now, log, teardown };
  await startEvents(parts, openBroker(parts), []);
  log.info({ roles: { relay: true } }, 'started');
  onSignal(async (signal) => {
    log.info({ signal }, 'draining');
    await teardown.run();
    log.info({}, 'stopped');
  });
}

relay().catch(fail);
