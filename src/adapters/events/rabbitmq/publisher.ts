import { setImmediate } from 'node:timers/promises';
import { type Connection, type Publisher } from 'rabbitmq-client';
import { type EventEnvelope, subjectOf, topicOf } from '../../../domain/events';
import { type EventConsumer } from '../../../ports/event-consumer';
import { type EventPublisher } from '../../../ports/event-publisher';
import { consumerBindings, consumerQueue, type Topology } from './topology';

/** A broker confirms within milliseconds; one that takes longer than this is treated as away. */
const CONFIRM_TIMEOUT_MS = 10_000;

const APP_ID = 'holdfast';

export interface RabbitPublisherOptions {
  readonly connection: Connection;
  readonly topology: Topology;
  /** Their queues are there before anything is published: they miss nothing, though they be started later. */
  readonly consumers: readonly Pick<EventConsumer, 'name' | 'types'>[];
  /** Told of events that the broker could route nowhere: its topology was tampered with. */
  readonly returned: (count: number) => void;
  readonly confirmTimeoutMs?: number;
}

/** Publishes to the topic exchange, persistent, confirmed and mandatory. */
export class RabbitEventPublisher implements EventPublisher {
  private readonly publisher: Publisher;
  private readonly unroutable = new Set<string>();

  constructor(private readonly options: RabbitPublisherOptions) {
    const { connection, topology, consumers } = options;
    const { exchanges, unclaimed } = topology;
    this.publisher = connection.createPublisher({
      confirm: true,
      exchanges,
      queues: [unclaimed.queue, ...consumers.map(({ name }) => consumerQueue(topology, name))],
      queueBindings: [unclaimed.binding, ...consumers.flatMap((consumer) => consumerBindings(topology, consumer))],
    });
    this.publisher.on('basic.return', ({ messageId }) => {
      if (messageId !== undefined) this.unroutable.add(messageId);
    });
  }

  async publish(events: readonly EventEnvelope[]): Promise<void> {
    for (const round of roundsOf(events)) await this.publishRound(round);
  }

  close(): Promise<void> {
    return this.publisher.close();
  }

  private async publishRound(events: readonly EventEnvelope[]): Promise<void> {
    const { confirmTimeoutMs = CONFIRM_TIMEOUT_MS, returned } = this.options;
    await within(confirmTimeoutMs, Promise.all(events.map((event) => this.send(event))));
    // The broker returns what it can't route before it confirms it; the library tells of returns a turn of the event loop later.
    await setImmediate();
    const nowhere = events.filter(({ id }) => this.unroutable.delete(id));
    if (nowhere.length === 0) return;
    returned(nowhere.length);
    throw new Error(
      `RabbitMQ could route ${nowhere.length} events nowhere: the alternate exchange or its queue is missing`,
    );
  }

  private send(event: EventEnvelope): Promise<void> {
    return this.publisher.send(
      {
        exchange: this.options.topology.events,
        routingKey: topicOf(event.type),
        durable: true,
        mandatory: true,
        messageId: event.id,
        type: event.type,
        timestamp: Math.floor(Date.parse(event.at) / 1000),
        appId: APP_ID,
        contentType: 'application/json',
        headers: { schemaVersion: event.schemaVersion },
      },
      // As bytes: of a text the library would say that it is plain.
      Buffer.from(JSON.stringify(event)),
    );
  }
}

/** The events in rounds, each with at most one event of a subject, in the order of the batch. */
export function roundsOf(events: readonly EventEnvelope[]): EventEnvelope[][] {
  const rounds: EventEnvelope[][] = [];
  const seen = new Map<string, number>();
  for (const event of events) {
    const subject = subjectOf(event);
    const round = seen.get(subject) ?? 0;
    (rounds[round] ??= []).push(event);
    seen.set(subject, round + 1);
  }
  return rounds;
}

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`RabbitMQ did not confirm within ${ms} ms`)), ms);
  });
  try {
    await Promise.race([work, patience]);
  } finally {
    clearTimeout(timer);
  }
}
