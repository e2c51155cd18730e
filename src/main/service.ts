import { once } from 'node:events';
import { type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { type WorkflowBundleOption } from '@temporalio/worker';
import { type Logger as PinoLogger } from 'pino';
import { type ActivityPorts, createOrderActivities } from '../../activities';
import { connectTemporal, ensureSearchAttributes, type TemporalOptions } from '../adapters/process/temporal/connect';
import { TemporalOrderProcess } from '../adapters/process/temporal/order-process';
import { logRuntimeTo } from '../adapters/process/temporal/runtime';
import { createOrderWorker } from '../adapters/process/temporal/worker';
import { type Config } from '../config';
import { createInboxDispatcher } from '../dispatch/inbox-dispatcher';
import { PaymentWait } from '../dispatch/payment-wait';
import { createStarter } from '../dispatch/starter';
import { createApp } from '../http/app';
import { createMetrics } from '../telemetry/metrics';
import { createGateways } from './gateways';
import { missingComponents } from './readiness';
import { Teardown } from './teardown';
import { openStores } from './stores';

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
  const gateways = createGateways(config, { now, log });
  const stores = openStores(config.databaseUrl, now);
  teardown.add(() => stores.close());
  await stores.ping();
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

  const starter = createStarter({ intents: stores.intents, process, log });
  const inboxDispatcher = createInboxDispatcher({ ...stores, process, alert: metrics.alert, log });
  for (const dispatcher of [starter, inboxDispatcher]) {
    dispatcher.start();
    teardown.add(() => dispatcher.stop());
  }
  metrics.gauge('holdfast_start_intents', 'Orders answered whose workflow has not been started yet', () =>
    stores.intents.pending(),
  );
  if (!roles.api) return null;

  const wait = new PaymentWait({ orders: stores.orders, longestMs: config.timing.paymentWaitMs, log });
  const app = createApp({
    ...stores,
    process,
    gateways,
    metrics,
    alert: metrics.alert,
    apiKeys: config.apiKeys,
    paymentWindow: config.paymentWindow,
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

async function startWorker(
  options: ServiceOptions,
  ports: Omit<ActivityPorts, 'paymentWindow' | 'escalateAfterMs'>,
  connection: Parameters<typeof createOrderWorker>[0]['connection'],
  teardown: Teardown,
): Promise<void> {
  const { config, temporal, workflows, taskQueue, onFailure } = options;
  const worker = await createOrderWorker({
    connection,
    namespace: temporal.namespace,
    workflows,
    activities: createOrderActivities({
      ...ports,
      paymentWindow: config.paymentWindow,
      escalateAfterMs: config.timing.escalateAfterMs,
    }),
    ...(taskQueue === undefined ? {} : { taskQueue }),
  });
  const running = worker.run();
  running.catch(onFailure);
  teardown.add(async () => {
    if (worker.getState() === 'RUNNING') worker.shutdown();
    await running.catch(() => undefined);
  });
}

/** Requests under way end; connections that idle between requests are closed. */
async function closeServer(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  await closed;
}
