import { type Config } from '../config';
import { type Logger } from '../ports/logger';
import { createMetrics } from '../telemetry/metrics';
import { createConsumers } from './consumers';
import { openBroker, startEvents } from './events';
import { openSkuReads } from './sku-cache';
import { openStores } from './stores';
import { type Teardown } from './teardown';

export interface RelayOptions {
  readonly config: Pick<Config, 'amqp' | 'consumers' | 'production' | 'redis' | 'timing'> & {
    readonly databaseUrl: string;
  };
  readonly log: Logger;
  readonly teardown: Teardown;
}

/** Carries events to the broker and to webhooks. It runs no consumer, but makes the queues of those that workers run. */
export async function startRelay({ config, log, teardown }: RelayOptions): Promise<void> {
  const now = Date.now;
  const metrics = createMetrics(log);
  const stores = openStores(config.databaseUrl, { now, dataKeys: [] });
  teardown.add(() => stores.close());
  await stores.ping();
  const parts = { config, stores, metrics, now, log, teardown };
  const { cache } = openSkuReads(parts);
  const runElsewhere = createConsumers({ stores, cache, settings: config.consumers, log });
  await startEvents(parts, openBroker(parts), [], runElsewhere);
}
