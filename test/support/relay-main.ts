import { createMetrics } from '../../src/telemetry/metrics';
import { openBroker, startEvents } from '../../src/main/events';
import { openStores } from '../../src/main/stores';
import { Teardown } from '../../src/main/teardown';
import { createLogger } from '../../src/telemetry/logger';

/** What src/main/relay.ts runs, under names of the test's own on the broker: `relay-main.ts <database> <broker> <prefix>`. */
async function main([databaseUrl = '', url = '', prefix = '']: string[]): Promise<void> {
  const log = createLogger('info');
  const metrics = createMetrics(log);
  const stores = openStores(databaseUrl, { now: Date.now, dataKeys: [] });
  const config = { production: false, amqp: { url, prefix } };
  const parts = { config, stores, metrics, now: Date.now, log, teardown: new Teardown() };
  await startEvents(parts, openBroker(parts), []);
  log.info({}, 'started');
}

void main(process.argv.slice(2));
