import { createInboxDispatcher } from '../dispatch/inbox-dispatcher';
import { LeaveToWorkers } from '../dispatch/leave-to-workers';
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
  const { intents } = stores;
  const leave = eager ? null : new LeaveToWorkers(intents, () => performance.now());
  const starter = createStarter({ intents, process, rush, ...(leave && { leave }), log });
  const inboxDispatcher = createInboxDispatcher({ ...stores, process, alert: metrics.alert, log });
  // Undone once the starter has stopped: what it kept for after a rush, others begin with at once.
  teardown.add(() =>
    intents.release().catch((err: unknown) => log.warn({ err }, 'what was kept is left to its lease')),
  );
  for (const dispatcher of [starter, inboxDispatcher]) {
    dispatcher.start();
    teardown.add(() => dispatcher.stop());
  }
  return { starter, inboxDispatcher, startLater: () => leave?.keep() };
}
