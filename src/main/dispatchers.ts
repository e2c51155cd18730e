import { createInboxDispatcher } from '../dispatch/inbox-dispatcher';
import { HandOver } from '../dispatch/hand-over';
import { type Rush } from '../dispatch/rush';
import { createStarter } from '../dispatch/starter';
import { type Logger } from '../ports/logger';
import { type OrderProcess } from '../ports/order-process';
import { type Metrics } from '../telemetry/metrics';
import { type Stores } from './stores';
import { type Teardown } from './teardown';

/** What carries what PostgreSQL remembers to Temporal: starts, and payments told to us. */
export function startDispatchers(parts: {
  readonly stores: Stores;
  readonly process: OrderProcess;
  readonly rush: Rush;
  /** Whether there is a worker in this process, which takes the first task of what is started here at once. */
  readonly eager: boolean;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly teardown: Teardown;
}) {
  const { stores, process, rush, eager, metrics, log, teardown } = parts;
  const handOver = eager ? null : new HandOver(stores.intents, () => performance.now());
  const starter = createStarter({ intents: stores.intents, process, rush, ...(handOver && { handOver }), log });
  const inboxDispatcher = createInboxDispatcher({ ...stores, process, alert: metrics.alert, log });
  for (const dispatcher of [starter, inboxDispatcher]) {
    dispatcher.start();
    teardown.add(() => dispatcher.stop());
  }
  return { starter, inboxDispatcher, startLater: () => handOver?.keep() };
}
