import { type Channel, type Connection } from 'rabbitmq-client';
import { HoldfastError } from '../../../domain/errors';
import { type DeadLetters } from '../../../ports/event-consumer';
import { consumerQueue, deadQueue, type Topology } from './topology';

/** The dead letters of consumers that RabbitMQ serves: a queue beside each consumer's. */
export class RabbitDeadLetters implements DeadLetters {
  constructor(
    private readonly options: {
      readonly connection: Connection;
      readonly topology: Topology;
      readonly consumers: readonly string[];
    },
  ) {}

  counts(): Promise<ReadonlyMap<string, number>> {
    const { topology, consumers } = this.options;
    return this.onChannel(async (channel) => {
      const counts = new Map<string, number>();
      for (const name of consumers)
        counts.set(name, (await channel.queueDeclare(deadQueue(topology, name))).messageCount);
      return counts;
    });
  }

  async replay(consumer: string): Promise<number | null> {
    if (!this.options.consumers.includes(consumer)) return null;
    return this.onChannel((channel) => this.moveAll(channel, consumer));
  }

  private async onChannel<T>(work: (channel: Channel) => Promise<T>): Promise<T> {
    const channel = await this.options.connection.acquire().catch(() => {
      throw new HoldfastError('not_ready', 'not reachable: rabbitmq');
    });
    try {
      return await work(channel);
    } finally {
      await channel.close();
    }
  }

  /** Each is gone from the dead letters only once the consumer's queue has it; only those that wait now, so that it ends. */
  private async moveAll(channel: Channel, consumer: string): Promise<number> {
    const { topology } = this.options;
    await channel.confirmSelect();
    await channel.queueDeclare(consumerQueue(topology, consumer));
    const { queue, messageCount } = await channel.queueDeclare(deadQueue(topology, consumer));
    for (let moved = 0; moved < messageCount; moved += 1) {
      const letter = await channel.basicGet({ queue });
      if (!letter) return moved;
      const { deliveryTag, contentType, messageId, type, timestamp, appId, headers } = letter;
      const body: unknown = letter.body;
      const bytes = Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
      await channel.basicPublish(
        {
          routingKey: topology.queueOf(consumer),
          durable: true,
          ...{ contentType, messageId, type, timestamp, appId },
          headers: { schemaVersion: headers?.['schemaVersion'] as unknown },
        },
        bytes,
      );
      channel.basicAck({ deliveryTag });
    }
    return messageCount;
  }
}
