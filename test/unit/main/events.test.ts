import { topologyOf } from '../../../src/adapters/events/rabbitmq/topology';
import { type Broker, type EventParts, startEvents } from '../../../src/main/events';
import { Teardown } from '../../../src/main/teardown';
import { createMetrics } from '../../../src/telemetry/metrics';
import { type EventConsumer } from '../../../src/ports/event-consumer';
import { QUIET } from '../../support/events';

const consumer: EventConsumer = { name: 'shipping-notice', types: ['OrderPaid'], handle: () => Promise.resolve() };

let teardown: Teardown;
let errors: unknown[];
beforeEach(() => {
  [teardown, errors] = [new Teardown(), []];
});
afterEach(() => teardown.run());

function partsWith(subscribe: () => Promise<void>): EventParts {
  const log = { ...QUIET, error: (...line: unknown[]) => void errors.push(line) };
  const stores = {
    events: { sequence: () => Promise.resolve(0) },
    cursors: { subscribe, claim: () => Promise.resolve(null) },
    deadEvents: {},
    webhookEndpoints: { due: () => Promise.resolve([]) },
  } as unknown as EventParts['stores'];
  const config = { amqp: null, production: false };
  return { config, stores, metrics: createMetrics(QUIET), now: () => 0, log, teardown };
}

const deadLetters = { counts: () => Promise.resolve(new Map<string, number>()), replay: () => Promise.resolve(null) };

test('a consumer that can’t be subscribed to the feed fails the start', async () => {
  const parts = partsWith(() => Promise.reject(new Error('no such table')));
  await expect(startEvents(parts, { rabbit: null, deadLetters }, [consumer])).rejects.toThrow('no such table');
});

test('one that can’t be subscribed to the broker is told of, and ends nothing', async () => {
  const error = new Error('no channel');
  const connection = {
    createConsumer: () => {
      throw error;
    },
    createPublisher: () => ({ on: () => undefined, close: () => Promise.resolve() }),
  };
  const rabbit = { connection, topology: topologyOf('holdfast-test') } as unknown as Broker['rabbit'];

  await startEvents(
    partsWith(() => Promise.resolve()),
    { rabbit, deadLetters },
    [consumer],
  );
  await teardown.run();

  expect(errors).toEqual([[{ err: error }, 'not every consumer is subscribed']]);
});
