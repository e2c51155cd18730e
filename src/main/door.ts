import { performance } from 'node:perf_hooks';
import { gatedPlace } from '../adapters/admission/door/gated-place';
import { EmbeddedGate } from '../adapters/admission/embedded/gate';
import { DOOR_TIMEOUT_MS, RedisGate } from '../adapters/admission/redis/gate';
import { Refresher } from '../adapters/admission/redis/refresher';
import { openRedisScripts } from '../adapters/scripts/redis/runner';
import { type Config } from '../config';
import { type AppDeps } from '../http/deps';
import { type AdmissionGate } from '../ports/admission-gate';
import { type Logger } from '../ports/logger';
import { type Metrics } from '../telemetry/metrics';
import { timePlacing } from './observe/orders';
import { type Stores } from './stores';
import { type Teardown } from './teardown';

interface Parts {
  readonly stores: Pick<Stores, 'orders' | 'stockReadings' | 'knownKeys'>;
  readonly redis: Config['redis'];
  readonly metrics: Pick<Metrics, 'counterPer' | 'gauge' | 'histogramPer'>;
  readonly log: Logger;
}

/** The orders as the API places them: behind the gate of this process, and of all of them where there is a Redis. */
export function openDoor({ stores, redis, metrics, log }: Parts, teardown: Teardown): AppDeps['orders'] {
  const { orders, stockReadings: stock, knownKeys: keys } = stores;
  const own = new EmbeddedGate({ stock, elapsed: () => performance.now(), log });
  teardown.add(() => own.stop());
  metrics.gauge('holdfast_admission_watched_skus', 'Sold-out SKUs that this process watches at its door', () =>
    Promise.resolve(own.size()),
  );
  const gate = redis ? sharedGate(own, redis, { stores, metrics, log }, teardown) : own;
  return {
    place: timePlacing(
      gatedPlace((placing) => orders.place(placing), { gate, keys, log }),
      metrics,
    ),
    rememberAnswer: (key, order) => orders.rememberAnswer(key, order),
    earlierAnswer: (key) => orders.earlierAnswer(key),
    find: (orderId) => orders.find(orderId),
    findPayment: (orderId, paymentId) => orders.findPayment(orderId, paymentId),
    keepChoice: (orderId, paymentId, choice) => orders.keepChoice(orderId, paymentId, choice),
    dropChoice: (paymentId) => orders.dropChoice(paymentId),
    list: (query) => orders.list(query),
    timeline: (orderId) => orders.timeline(orderId),
  };
}

function sharedGate(
  own: AdmissionGate,
  { url, prefix }: NonNullable<Config['redis']>,
  { stores, metrics, log }: Omit<Parts, 'redis'>,
  teardown: Teardown,
): AdmissionGate {
  const redis = openRedisScripts({ url, timeoutMs: DOOR_TIMEOUT_MS, component: 'admission', log });
  const refresher = new Refresher({ redis, stock: stores.stockReadings, prefix, log });
  teardown.add(async () => {
    await refresher.stop();
    redis.close();
  });
  metrics.gauge('holdfast_admission_redis_circuit_open', '1 while this process admits without Redis', () =>
    Promise.resolve(redis.asking() ? 0 : 1),
  );
  return new RedisGate({ redis, refresher, own, log });
}
