import { createInboxDispatcher } from '../dispatch/inbox-dispatcher';
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
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly teardown: Teardown;
}) {
  const { stores, process, rush, metrics, log, teardown } = parts;
  const starter = createStarter({ intents: stores.intents, process, rush, log });
  const inboxDispatcher = createInboxDispatcher({ ...stores, process, alert: metrics.alert, log });
  for (const dispatcher of [starter, inboxDispatcher]) {
    dispatcher.start();
    teardown.add(() => dispatcher.stop());
  }
  return { starter, inboxDispatcher };
}
