import { createOrderActivities } from '../../activities';
import { keyedDigests } from '../adapters/crypto/node/digests';
import { faultOfUrl } from '../adapters/events/webhook/addresses';
import { isDatabaseAway } from '../adapters/store/prisma/away';
import { PaymentWait } from '../dispatch/payment-wait';
import { createApp } from '../http/app';
import { createMetrics, type Metrics } from '../telemetry/metrics';
import { connect } from './connect';
import { openConsole } from './console';
import { createConsumers } from './consumers';
import { startDispatchers } from './dispatchers';
import { openDoor } from './door';
import { openBroker, showFeed, startEvents } from './events';
import { listen } from './listen';
import { showMetrics } from './metrics-site';
import { carriedProcess, tracedHandOver } from './observe/index';
import { timeRequests } from './observe/requests';
import { openDesks, outageActivities } from './operate';
import { missingComponents } from './readiness';
import { openReconciliation, reconcileActivities, scheduleReconciliation, showReconciliation } from './reconciliation';
import { startWorker, withLimits } from './run-worker';
import { openRush } from './rush';
import { type ServiceOptions } from './service-options';
import { openShop } from './shop';
import { site } from './site';
import { openSkuReads } from './sku-cache';
import { Teardown } from './teardown';

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
  const { config, log, roles, taskQueue, tracing = null } = options;
  const now = Date.now;
  const metrics = createMetrics(log);
  const { spans, ...connected } = await connect(options, metrics, teardown);
  const { stores, gateways, temporal, process } = connected;
  const readiness = () => missingComponents({ postgresql: () => stores.ping(), temporal: () => temporal.ping() });
  await showMetrics({ config, metrics, readiness }, teardown);
  const skuReads = openSkuReads({ config, stores, metrics, log, teardown });
  const { cache } = skuReads;
  const reconciling = { config, stores, gateways, cache, process, temporal, taskQueue, metrics, now, log };
  showReconciliation(reconciling);
  if (roles.worker) {
    const ports = withLimits({ ...stores, gateways, now, alert: metrics.alert }, config);
    const activities = { ...createOrderActivities(ports), ...outageActivities(reconciling) };
    const { connection } = temporal;
    const own = { connection, activities, reconcileActivities: reconcileActivities(reconciling) };
    await startWorker(options, { ...own, tracing: spans?.worker ?? null }, teardown);
    await scheduleReconciliation(reconciling);
  }

  const rush = openRush(metrics);
  const delivering = carriedProcess(process, tracing);
  const dispatchers = startDispatchers({
    ...{ stores, process: delivering, rush, eager: roles.worker },
    ...{ metrics, log, teardown },
  });
  const wait = new PaymentWait({ orders: stores.orders, longestMs: config.timing.paymentWaitMs, log });
  const handOver = tracedHandOver({ ...dispatchers, wait }, tracing);
  const desks = openDesks({ ...reconciling, startSoon: handOver.startSoon }, teardown);
  const eventParts = { config, stores, metrics, tracing, now, log, teardown };
  const { deadLetters, ...broker } = openBroker(eventParts);
  showFeed(eventParts);
  if (roles.worker) {
    const consumers = createConsumers({ stores, cache, settings: config.consumers, log });
    await startEvents(eventParts, { deadLetters, ...broker }, consumers);
  }
  if (!roles.api) return null;
  const reconciliation = openReconciliation(reconciling);
  const { catalogue } = skuReads;
  const parts = { ...desks, ...handOver, rush, readiness, deadLetters, reconciliation, catalogue, metrics };
  return openApi(options, { ...connected, ...parts }, teardown);
}

type Connected = Omit<Awaited<ReturnType<typeof connect>>, 'spans'>;

interface ApiParts
  extends
    Connected,
    ReturnType<typeof openDesks>,
    ReturnType<typeof tracedHandOver>,
    Pick<ReturnType<typeof openBroker>, 'deadLetters'>,
    Pick<ReturnType<typeof openSkuReads>, 'catalogue'> {
  readonly rush: ReturnType<typeof openRush>;
  readonly readiness: () => Promise<readonly string[]>;
  readonly reconciliation: ReturnType<typeof openReconciliation>;
  readonly metrics: Metrics;
}

/** The API with console and shop; answers its port. */
async function openApi(options: ServiceOptions, parts: ApiParts, teardown: Teardown): Promise<number> {
  const { config, log, tracing } = options;
  const { stores, gateways, temporal, metrics, desk, outageDesk, reconciliation, deadLetters, catalogue } = parts;
  // Known once the API listens; the shop's pages are part of what it serves.
  let apiUrl = '';
  const shop = openShop(config, { apiUrl: () => apiUrl, now: Date.now, log });
  const app = createApp({
    ...stores,
    ...parts,
    orders: openDoor({ stores, redis: config.redis, metrics, log }, teardown),
    alert: metrics.alert,
    apiKeys: [...config.apiKeys, ...shop.apiKeys],
    paymentWindow: config.paymentWindow,
    twoPersonAboveMinor: config.twoPersonAboveMinor,
    webhookUrlFault: (url) => faultOfUrl(url, config.production),
    personalDigests: keyedDigests(config.dataKeys),
    isAway: isDatabaseAway,
    watchRoute: timeRequests(metrics),
    ...(tracing && { spans: tracing.requests }),
    logger: log,
    bodyLimitBytes: BODY_LIMIT_BYTES,
  });
  const operating = { desk, outages: outageDesk, reconciliation, deadLetters, catalogue };
  const { namespace } = options.temporal;
  const consolePages = openConsole({ config, stores, gateways, temporal, namespace, log, ...operating });
  const { port, url } = await listen(site(app, { ...consolePages, ...shop.pages }, config), config, teardown);
  apiUrl = url;
  return port;
}
