import { connectTemporal, ensureSearchAttributes } from '../adapters/process/temporal/connect';
import { TemporalOrderProcess } from '../adapters/process/temporal/order-process';
import { installRuntime, runtimeMetrics } from '../adapters/process/temporal/runtime';
import { temporalTracing } from '../adapters/process/temporal/tracing';
import { type Metrics } from '../telemetry/metrics';
import { createGateways, showCircuits } from './gateways';
import { freePort, LOOPBACK } from './local/ports';
import { demandMasterKeys } from './master-keys';
import { watchGateways } from './observe/gateways';
import { watchPlacings, watchStores } from './observe/index';
import { showStandings } from './observe/standings';
import { type ServiceOptions } from './service-options';
import { openStores } from './stores';
import { type Teardown } from './teardown';

/** What every process stands on: its database, its gateways and its Temporal server. */
export async function connect(options: ServiceOptions, metrics: Metrics, teardown: Teardown) {
  const { stores, gateways } = openBooks(options, metrics, teardown);
  await stores.ping();
  if (options.roles.api) await demandMasterKeys(stores.buyerData);
  const { temporal, spans } = await openTemporal(options, metrics, teardown);
  const process = new TemporalOrderProcess({
    client: temporal.client,
    eagerStart: options.roles.worker,
    ...(options.taskQueue === undefined ? {} : { taskQueue: options.taskQueue }),
  });
  return { stores, gateways, temporal, spans, process };
}

/** The books and who is asked beside them, each watched. */
function openBooks({ config, log, tracing = null }: ServiceOptions, metrics: Metrics, teardown: Teardown) {
  const now = Date.now;
  const statement = tracing?.statement;
  const placings = watchPlacings(metrics, tracing);
  const opened = openStores(config.databaseUrl, { now, dataKeys: config.dataKeys, statement, placings });
  teardown.add(() => opened.close());
  const stores = watchStores(opened, metrics, tracing);
  showStandings(stores.standings, metrics);
  const watch = watchGateways(metrics, tracing);
  const gateways = createGateways(config, { now, log, points: stores.points, watch });
  showCircuits(gateways, metrics);
  return { stores, gateways };
}

async function openTemporal(
  { config, temporal: settings, log, roles, tracing }: ServiceOptions,
  metrics: Metrics,
  teardown: Teardown,
) {
  const shown = roles.api || config.metricsPort > 0;
  installRuntime({ log, metricsAddress: shown ? `${LOOPBACK}:${await freePort()}` : null });
  metrics.append(runtimeMetrics);
  const spans = tracing ? temporalTracing(tracing) : null;
  const temporal = await connectTemporal(settings, spans?.client);
  teardown.add(() => temporal.close());
  await ensureSearchAttributes(temporal, log);
  return { temporal, spans };
}
