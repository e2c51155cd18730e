import { type Config } from '../config';
import { type Logger } from '../ports/logger';
import { createMetrics } from '../telemetry/metrics';
import { type Tracing } from '../telemetry/tracing/index';
import { createConsumers } from './consumers';
import { openBroker, showFeed, startEvents } from './events';
import { showMetrics } from './metrics-site';
import { missingComponents } from './readiness';
import { openSkuReads } from './sku-cache';
import { openStores } from './stores';
import { type Teardown } from './teardown';

export interface RelayOptions {
  readonly config: Pick<Config, 'amqp' | 'consumers' | 'host' | 'metricsPort' | 'production' | 'redis' | 'timing'> & {
    readonly databaseUrl: string;
  };
  readonly tracing?: Tracing | null;
  readonly log: Logger;
  readonly teardown: Teardown;
}

/** Carries events to the broker and to webhooks. It runs no consumer, but makes the queues of those that workers run. */
export async function startRelay({ config, tracing = null, log, teardown }: RelayOptions): Promise<void> {
  const now = Date.now;
  const metrics = createMetrics(log);
  const stores = openStores(config.databaseUrl, { now, dataKeys: [], statement: tracing?.statement });
  teardown.add(() => stores.close());
  await stores.ping();
  const parts = { config, stores, metrics, tracing, now, log, teardown };
  showFeed(parts);
  const readiness = () => missingComponents({ postgresql: () => stores.ping() });
  await showMetrics({ config, metrics, readiness }, teardown);
  const { cache } = openSkuReads(parts);
  const runElsewhere = createConsumers({ stores, cache, settings: config.consumers, log });
  await startEvents(parts, openBroker(parts), [], runElsewhere);
}
