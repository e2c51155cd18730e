import { connectRabbit } from '../adapters/events/rabbitmq/connect';
import { RabbitDeadLetters } from '../adapters/events/rabbitmq/dead-letters';
import { RabbitEventPublisher } from '../adapters/events/rabbitmq/publisher';
import { RabbitEventSource } from '../adapters/events/rabbitmq/source';
import { topologyOf } from '../adapters/events/rabbitmq/topology';
import { HttpWebhookSender } from '../adapters/events/webhook/sender';
import { type Config } from '../config';
import { CONSUMER_NAMES } from '../consumers/names';
import { createRelay, createSequencer, RELAY } from '../dispatch/event-relay';
import { FeedDeadLetters, FeedSource } from '../dispatch/feed-source';
import { withRetries } from '../dispatch/retrying-consumer';
import { createWebhookDeliverer } from '../dispatch/webhook-deliverer';
import { type Clock } from '../ports/clock';
import { type DeadLetters, type EventConsumer, type EventSource } from '../ports/event-consumer';
import { FEED_LANES } from '../ports/event-feed';
import { type Logger } from '../ports/logger';
import { type Metrics } from '../telemetry/metrics';
import { overriding } from '../telemetry/overriding';
import { type Tracing } from '../telemetry/tracing/index';
import { type Stores } from './stores';
import { type Teardown } from './teardown';

export interface EventParts {
  readonly config: Pick<Config, 'amqp' | 'production'>;
  readonly stores: Pick<Stores, 'events' | 'cursors' | 'deadEvents' | 'webhookEndpoints'>;
  readonly metrics: Metrics;
  readonly tracing?: Tracing | null;
  readonly now: Clock;
  readonly log: Logger;
  readonly teardown: Teardown;
}

/** A broker, as far as one is given, and who the dead letters are with. */
export interface Broker {
  readonly rabbit: {
    readonly connection: ReturnType<typeof connectRabbit>;
    readonly topology: ReturnType<typeof topologyOf>;
  } | null;
  readonly deadLetters: DeadLetters;
}

/** Doesn't wait for the broker: orders are taken whether it is there or not. */
export function openBroker({ config: { amqp }, stores, log, teardown }: EventParts): Broker {
  if (!amqp) return { rabbit: null, deadLetters: new FeedDeadLetters(stores.deadEvents, CONSUMER_NAMES) };
  const connection = connectRabbit({ url: amqp.url, name: 'holdfast', log });
  teardown.add(() => connection.close());
  const rabbit = { connection, topology: topologyOf(amqp.prefix) };
  return { rabbit, deadLetters: new RabbitDeadLetters({ ...rabbit, consumers: CONSUMER_NAMES }) };
}

/** What is read from the database at every scrape, by whichever process is scraped. */
export function showFeed({ stores, metrics }: EventParts): void {
  metrics.gauge('holdfast_events_unplaced', 'Events that are committed and not in the feed yet', () =>
    stores.events.unplaced(),
  );
  metrics.gaugePer(
    'subscriber',
    'holdfast_events_behind',
    'Events that a subscriber of the feed has not got past',
    async () => (await stores.cursors.standings()).map(({ subscriber, behind }) => [subscriber, behind] as const),
  );
  metrics.gaugePer('subscriber', 'holdfast_events_oldest_seconds', 'Age of the oldest of them', async () =>
    (await stores.cursors.standings()).map(({ subscriber, oldestSeconds }) => [subscriber, oldestSeconds] as const),
  );
}

/**
 * Starts what carries events out of the database: sequencer, relay where there is a broker, webhooks, and the consumers of this
 * process. Before it relays anything the relay makes the queues of the `declared` consumers, wherever those run: none misses what is
 * relayed before it is started.
 */
export async function startEvents(
  parts: EventParts,
  { rabbit, deadLetters }: Broker,
  consumers: readonly EventConsumer[],
  declared: readonly EventConsumer[] = consumers,
): Promise<void> {
  const { stores, metrics, log, teardown } = parts;
  const source = rabbit
    ? new RabbitEventSource({ ...rabbit, log })
    : new FeedSource({ ...stores, dead: stores.deadEvents, log });
  teardown.add(() => source.stop());
  metrics.gaugePer('consumer', 'holdfast_events_dead', 'Events that a consumer gave up on', () => deadLetters.counts());

  const deliverer = createWebhookDeliverer({
    ...parts,
    ...stores,
    deliveries: stores.webhookEndpoints,
    sender: new HttpWebhookSender({ now: parts.now, publicOnly: parts.config.production }),
    alert: metrics.alert,
  });
  const relay = rabbit ? await openRelay(parts, rabbit, declared) : null;
  const sequencer = createSequencer({
    feed: stores.events,
    placed: () => [relay, deliverer, source instanceof FeedSource ? source : null].forEach((each) => each?.wake()),
    log,
  });
  for (const each of [deliverer, sequencer]) {
    each.start();
    teardown.add(() => each.stop());
  }
  relay?.start();
  const subscribed = runAll(source, consumers, { alert: metrics.alert, log });
  // A broker may be away for long: what waits for it tries again by itself.
  if (!rabbit) await subscribed;
  else subscribed.catch((error: unknown) => log.error({ err: error }, 'not every consumer is subscribed'));
}

function runAll(
  source: EventSource,
  consumers: readonly EventConsumer[],
  retries: Parameters<typeof withRetries>[1],
): Promise<unknown> {
  return Promise.all(consumers.map((consumer) => source.run(withRetries(consumer, retries))));
}

async function openRelay(
  { stores, metrics, tracing, log, teardown }: EventParts,
  rabbit: NonNullable<Broker['rabbit']>,
  consumers: readonly EventConsumer[],
) {
  const published = metrics.counter('holdfast_events_published_total', 'Events that the broker has confirmed');
  const returned = metrics.counter('holdfast_events_returned_total', 'Events that the broker could route nowhere');
  const publisher = new RabbitEventPublisher({
    ...rabbit,
    consumers,
    returned: (count) => {
      returned(count);
      metrics.alert('event_unroutable', { count });
    },
  });
  teardown.add(() => publisher.close());
  await stores.cursors.subscribe(RELAY, { lanes: FEED_LANES, from: 'first' });
  const traced = tracing
    ? overriding(publisher, { publish: (events) => tracing.published(events.length, () => publisher.publish(events)) })
    : publisher;
  const relay = createRelay({ cursors: stores.cursors, publisher: traced, published, log });
  teardown.add(() => relay.stop());
  return relay;
}
