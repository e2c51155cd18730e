import { once } from 'node:events';
import { type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { type WorkflowBundleOption } from '@temporalio/worker';
import { type Logger as PinoLogger } from 'pino';
import { type ActivityPorts, createOrderActivities } from '../../activities';
import { keyedDigests } from '../adapters/crypto/node/digests';
import { faultOfUrl } from '../adapters/events/webhook/addresses';
import { connectTemporal, ensureSearchAttributes, type TemporalOptions } from '../adapters/process/temporal/connect';
import { TemporalOrderProcess } from '../adapters/process/temporal/order-process';
import { logRuntimeTo } from '../adapters/process/temporal/runtime';
import { createWorkers } from '../adapters/process/temporal/worker';
import { type Config } from '../config';
import { createInboxDispatcher } from '../dispatch/inbox-dispatcher';
import { PaymentWait } from '../dispatch/payment-wait';
import { createStarter } from '../dispatch/starter';
import { createApp } from '../http/app';
import { type OrderProcess } from '../ports/order-process';
import { createMetrics, type Metrics } from '../telemetry/metrics';
import { createConsumers } from './consumers';
import { openDoor } from './door';
import { openBroker, showFeed, startEvents } from './events';
import { createGateways, showCircuits } from './gateways';
import { demandMasterKeys } from './master-keys';
import { missingComponents } from './readiness';
import { openSkuReads } from './sku-cache';
import { Teardown } from './teardown';
import { openStores, type Stores } from './stores';

export interface ServiceOptions {
  readonly config: Config & { readonly databaseUrl: string };
  readonly temporal: TemporalOptions;
  /** What this process does; `npm start` does both. */
  readonly roles: { readonly api: boolean; readonly worker: boolean };
  readonly workflows: { readonly bundle: WorkflowBundleOption } | { readonly path: string };
  readonly taskQueue?: string;
  readonly log: PinoLogger;
  /** The worker ended by itself: the process is of no use any more. */
  readonly onFailure: (error: unknown) => void;
}

export interface Service {
  /** The API's port; null where this process has no API. */
  readonly port: number | null;
  /** Drains: no new requests, those under way end, then dispatchers, worker, connections. Idempotent. */
  stop(): Promise<void>;
}

/** 50 lines with ids of 128 characters and a note come to 10 KB; ten times that is no order. */
const BODY_LIMIT_BYTES = 100 * 1024;

/** Composes and starts one process of the service. What was started is stopped again when a later part fails. */
export async function startService(options: ServiceOptions): Promise<Service> {
  const teardown = new Teardown();
  try {
    const port = await compose(options, teardown);
    return { port, stop: () => teardown.run() };
  } catch (error) {
    await teardown.run();
    throw error;
  }
}

async function compose(options: ServiceOptions, teardown: Teardown): Promise<number | null> {
  const { config, log, roles, taskQueue } = options;
  const now = Date.now;
  const metrics = createMetrics(log);
  const stores = openStores(config.databaseUrl, { now, dataKeys: config.dataKeys });
  teardown.add(() => stores.close());
  const gateways = createGateways(config, { now, log, points: stores.points });
  showCircuits(gateways, metrics);
  await stores.ping();
  if (roles.api) await demandMasterKeys(stores.buyerData);
  logRuntimeTo(log);
  const temporal = await connectTemporal(options.temporal);
  teardown.add(() => temporal.close());
  await ensureSearchAttributes(temporal, log);

  const process = new TemporalOrderProcess({
    client: temporal.client,
    eagerStart: roles.worker,
    ...(taskQueue === undefined ? {} : { taskQueue }),
  });
  if (roles.worker)
    await startWorker(options, { ...stores, gateways, now, alert: metrics.alert }, temporal.connection, teardown);

  const { starter, inboxDispatcher } = startDispatchers({ stores, process, metrics, log, teardown });
  const { cache, catalogue } = openSkuReads({ config, stores, metrics, log, teardown });
  const eventParts = { config, stores, metrics, now, log, teardown };
  const broker = openBroker(eventParts);
  showFeed(eventParts);
  if (roles.worker) {
    const consumers = createConsumers({ stores, cache, settings: config.consumers, log });
    await startEvents(eventParts, broker, consumers);
  }
  if (!roles.api) return null;

  const wait = new PaymentWait({ orders: stores.orders, longestMs: config.timing.paymentWaitMs, log });
  const app = createApp({
    ...stores,
    orders: openDoor({ stores, redis: config.redis, metrics, log }, teardown),
    catalogue,
    process,
    gateways,
    metrics,
    alert: metrics.alert,
    apiKeys: config.apiKeys,
    paymentWindow: config.paymentWindow,
    deadLetters: broker.deadLetters,
    webhookUrlFault: (url) => faultOfUrl(url, config.production),
    personalDigests: keyedDigests(config.dataKeys),
    startSoon: (intent) => starter.offer(intent),
    inboxWake: () => inboxDispatcher.wake(),
    paymentAnswered: (orderId) => wait.answered(orderId),
    readiness: () => missingComponents({ postgresql: () => stores.ping(), temporal: () => temporal.ping() }),
    logger: log,
    bodyLimitBytes: BODY_LIMIT_BYTES,
  });
  const server = app.listen(config.port, config.host);
  await once(server, 'listening');
  teardown.add(() => closeServer(server));
  return (server.address() as AddressInfo).port;
}

/** What carries what PostgreSQL remembers to Temporal: starts, and payments told to us. */
function startDispatchers(parts: {
  readonly stores: Stores;
  readonly process: OrderProcess;
  readonly metrics: Metrics;
  readonly log: PinoLogger;
  readonly teardown: Teardown;
}) {
  const { stores, process, metrics, log, teardown } = parts;
  const starter = createStarter({ intents: stores.intents, process, log });
  const inboxDispatcher = createInboxDispatcher({ ...stores, process, alert: metrics.alert, log });
  for (const dispatcher of [starter, inboxDispatcher]) {
    dispatcher.start();
    teardown.add(() => dispatcher.stop());
  }
  metrics.gauge('holdfast_start_intents', 'Orders answered whose workflow has not been started yet', () =>
    stores.intents.pending(),
  );
  metrics.gauge('holdfast_inbox_undelivered', 'Payments told to us whose orders have not been told yet', () =>
    stores.inbox.pending(),
  );
  return { starter, inboxDispatcher };
}

async function startWorker(
  options: ServiceOptions,
  ports: Omit<ActivityPorts, 'paymentWindow' | 'escalateAfterMs' | 'latePaymentPolicy'>,
  connection: Parameters<typeof createWorkers>[0]['connection'],
  teardown: Teardown,
): Promise<void> {
  const { config, temporal, workflows, taskQueue, onFailure } = options;
  const workers = await createWorkers({
    connection,
    namespace: temporal.namespace,
    workflows,
    activities: createOrderActivities({
      ...ports,
      paymentWindow: config.paymentWindow,
      escalateAfterMs: config.timing.escalateAfterMs,
      latePaymentPolicy: config.latePaymentPolicy,
    }),
    ...(taskQueue === undefined ? {} : { taskQueue }),
  });
  const running = workers.map((worker) => worker.run());
  running.forEach((run) => void run.catch(onFailure));
  teardown.add(async () => {
    workers.filter((worker) => worker.getState() === 'RUNNING').forEach((worker) => worker.shutdown());
    await Promise.allSettled(running);
  });
}

/** The longest answer is a cancellation's, which waits for two gateway calls; later connections are cut. */
const DRAIN_MS = 25_000;

/** Requests under way end; connections that idle between requests are closed. */
async function closeServer(server: Server): Promise<void> {
  const closed = once(server, 'close');
  // A client that keeps sending on its connection would keep it open for ever: it is told to come back on another.
  server.prependListener('request', (_request, response) => response.setHeader('Connection', 'close'));
  server.close();
  server.closeIdleConnections();
  const patience = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await closed;
  clearTimeout(patience);
}
