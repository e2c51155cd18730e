import { setImmediate } from 'node:timers/promises';
import { type AsyncMessage, type Connection, type Consumer, ConsumerStatus } from 'rabbitmq-client';
import { type EventEnvelope, EVENT_TYPES } from '../../../domain/events';
import { type EventConsumer, type EventSource } from '../../../ports/event-consumer';
import { type Logger } from '../../../ports/logger';
import { consumerBindings, consumerQueue, deadQueue, type Topology } from './topology';

/** One at a time: what was fetched ahead and given back would come again in another order. */
const PREFETCH = 1;

export interface RabbitSourceOptions {
  readonly connection: Connection;
  readonly topology: Topology;
  readonly log: Logger;
}

/** Each consumer has a queue of its own and gets its events one at a time, whichever process it runs in. */
export class RabbitEventSource implements EventSource {
  private readonly consumers: Consumer[] = [];
  private handling: Promise<unknown>[] = [];
  private stopping: Promise<void> | null = null;

  constructor(private readonly options: RabbitSourceOptions) {}

  async run(consumer: EventConsumer): Promise<void> {
    const { connection, topology, log } = this.options;
    const { queue, ...queueOptions } = consumerQueue(topology, consumer.name);
    const subscription = connection.createConsumer(
      {
        queue: queue ?? '',
        queueOptions,
        exchanges: topology.exchanges,
        queueBindings: consumerBindings(topology, consumer),
        qos: { prefetchCount: PREFETCH },
        concurrency: 1,
      },
      (message) => this.receive(consumer, message),
    );
    this.consumers.push(subscription);
    subscription.on('error', (error: unknown) => {
      log.warn({ consumer: consumer.name, err: error }, 'RabbitMQ delivers nothing to the consumer; trying again');
    });
    await new Promise<void>((resolve) => {
      subscription.on('ready', () => void this.prepareDead(consumer.name).then(resolve));
    });
  }

  /** At every connection: until the queue is there, the broker keeps what is given up on in the consumer's own. */
  private async prepareDead(consumer: string): Promise<void> {
    const { connection, topology, log } = this.options;
    try {
      await connection.queueDeclare(deadQueue(topology, consumer));
    } catch (error) {
      log.warn({ consumer, err: error }, 'no queue for dead letters yet');
    }
  }

  /** First what is being handled, then the subscriptions: another process gets nothing before the event before it was answered. */
  async stop(): Promise<void> {
    let cancelled = (): void => undefined;
    this.stopping = new Promise((resolve) => (cancelled = resolve));
    await Promise.allSettled(this.handling);
    await setImmediate();
    const closing = this.consumers.map((subscription) => subscription.close());
    await setImmediate();
    cancelled();
    await Promise.all(closing);
  }

  private async receive(consumer: EventConsumer, message: AsyncMessage): Promise<ConsumerStatus> {
    if (this.stopping) {
      await this.stopping;
      return ConsumerStatus.REQUEUE;
    }
    const handling = handle(consumer, message, this.options.log);
    this.handling.push(handling);
    const status = await handling;
    this.handling = this.handling.filter((each) => each !== handling);
    return status;
  }
}

/** What is rejected, or is no event, goes to the dead letters; a process that dies leaves it to the next. */
async function handle(
  consumer: EventConsumer,
  { body, messageId }: AsyncMessage,
  log: Logger,
): Promise<ConsumerStatus> {
  if (!isEvent(body)) {
    log.error({ consumer: consumer.name, messageId }, 'a message that is no event was set aside');
    return ConsumerStatus.DROP;
  }
  try {
    await consumer.handle(body);
    return ConsumerStatus.ACK;
  } catch (error) {
    log.error({ consumer: consumer.name, eventId: body.id, err: error }, 'an event was set aside');
    return ConsumerStatus.DROP;
  }
}

/** Whoever may publish to the exchange may send anything. */
function isEvent(body: unknown): body is EventEnvelope {
  if (typeof body !== 'object' || body === null) return false;
  const { id, type, data } = body as Partial<Record<keyof EventEnvelope, unknown>>;
  return (
    typeof id === 'string' && (EVENT_TYPES as unknown[]).includes(type) && typeof data === 'object' && data !== null
  );
}
