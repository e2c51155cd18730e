import { type AppDeps } from '../../http/deps';
import { type BatchObserver } from '../../ports/batch-observer';
import { type OrderProcess } from '../../ports/order-process';
import { type Placing } from '../../ports/order-store';
import { type StartIntent } from '../../ports/start-intents';
import { BATCH_ORDERS, TRANSACTION_SECONDS } from '../../telemetry/buckets';
import { type Metrics } from '../../telemetry/metrics';
import { overriding } from '../../telemetry/overriding';
import { type Tracing } from '../../telemetry/tracing/index';
import { type Stores } from '../stores';
import { countOrders, countRefunds } from './orders';

/** The stores with what becomes of orders counted, and with the trace of a notification kept for its delivery. */
export function watchStores(stores: Stores, metrics: Metrics, tracing: Tracing | null): Stores {
  const counted = {
    ...stores,
    orders: countOrders(stores.orders, metrics),
    refunds: countRefunds(stores.refunds, metrics),
  };
  if (!tracing) return counted;
  const inbox = overriding(stores.inbox, {
    store: (entry) => {
      tracing.carried.keep(entry.paid.transactionId);
      return stores.inbox.store(entry);
    },
  });
  return { ...counted, inbox };
}

interface Waiting {
  readonly traced: unknown;
}

/** Counts placings that share transactions, and how long those take. */
export function watchPlacings(metrics: Metrics, tracing: Tracing | null): BatchObserver<Placing, Waiting> {
  const spans: BatchObserver<Placing> | null = tracing && tracing.placings;
  let waiting = 0;
  metrics.gauge('holdfast_hold_waiting', 'Placings of this process that wait for their transaction', () =>
    Promise.resolve(waiting),
  );
  const took = metrics.histogramPer(
    [],
    'holdfast_hold_transaction_seconds',
    'A transaction that holds stock for the placings of one batch, repeats included',
    TRANSACTION_SECONDS,
  );
  const sizes = metrics.histogramPer(
    [],
    'holdfast_hold_batch_orders',
    'Placings that shared a transaction',
    BATCH_ORDERS,
  );
  const tracedOf = (entered: readonly Waiting[]): unknown[] => entered.map(({ traced }) => traced);
  return {
    entered: (placing) => {
      waiting += 1;
      return { traced: spans?.entered(placing) };
    },
    dropped: (entered) => {
      waiting -= entered.length;
      spans?.dropped(tracedOf(entered));
    },
    took: async (entered, flight) => {
      waiting -= entered.length;
      sizes({}, entered.length);
      const begun = performance.now();
      await (spans ? spans.took(tracedOf(entered), flight) : flight());
      took({}, (performance.now() - begun) / 1_000);
    },
  };
}

/** The processes as dispatchers reach them: within the trace of the request that caused the delivery, where it is known. */
export function carriedProcess(process: OrderProcess, tracing: Tracing | null): OrderProcess {
  if (!tracing) return process;
  const { carried } = tracing;
  return overriding<OrderProcess>(process, {
    start: (orderId, draft) => carried.resume(orderId, () => process.start(orderId, draft)),
    startRefund: (refundId, gateway) => carried.resume(refundId, () => process.startRefund(refundId, gateway)),
    startLatePayment: (inboxId) => carried.resume(inboxId, () => process.startLatePayment(inboxId)),
    paymentReceived: (fact, draft) =>
      carried.resume(fact.paid.transactionId, () => process.paymentReceived(fact, draft)),
  });
}

interface HandOver {
  readonly starter: { offer(intent: StartIntent): void };
  readonly startLater: () => void;
  readonly inboxDispatcher: { wake(): void };
  readonly wait: { answered(orderId: string): Promise<void> };
}

/** How the API hands over what others go on with: each with the trace that it belongs to, and nothing of a request beyond it. */
export function tracedHandOver(
  { starter, startLater, inboxDispatcher, wait }: HandOver,
  tracing: Tracing | null,
): Pick<AppDeps, 'inboxWake' | 'paymentAnswered' | 'startLater' | 'startSoon'> {
  const plain = {
    startLater,
    startSoon: (intent: StartIntent): void => starter.offer(intent),
    inboxWake: (): void => inboxDispatcher.wake(),
    paymentAnswered: (orderId: string): Promise<void> => wait.answered(orderId),
  };
  if (!tracing) return plain;
  const { carried, waited } = tracing;
  return {
    startLater,
    startSoon: (intent) => {
      carried.keep(intent.id);
      carried.apart(() => plain.startSoon(intent));
    },
    inboxWake: () => carried.apart(plain.inboxWake),
    paymentAnswered: (orderId) => waited('wait for the gateway', () => plain.paymentAnswered(orderId)),
  };
}
