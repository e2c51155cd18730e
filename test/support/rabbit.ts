import { randomBytes } from 'node:crypto';
import { Connection } from 'rabbitmq-client';
import { deadQueue, type Topology, topologyOf } from '../../src/adapters/events/rabbitmq/topology';
import { type EventEnvelope, type EventType, topicOf } from '../../src/domain/events';
import { describeWith } from './reachable';
import { startTcpProxy, type TcpProxy } from './tcp-proxy';

export const AMQP_URL = process.env['AMQP_URL'] ?? 'amqp://guest:guest@127.0.0.1:5672';

export const describeWithRabbit = describeWith('RabbitMQ', AMQP_URL, 5672);

/** The broker as a stranger uses it, with exchanges and queues of this test's own. */
export interface RabbitUnderTest {
  readonly prefix: string;
  readonly topology: Topology;
  readonly connection: Connection;
  /** Everything that arrives for the types, as some program of the shop's would get it; keeps filling up. */
  listen(name: string, types: readonly EventType[] | 'all'): Promise<EventEnvelope[]>;
  /** Publishes a message as whoever has access to the broker may. */
  send(routingKey: string, body: string | object, contentType?: string): Promise<void>;
  waiting(queue: string): Promise<number>;
  dead(consumer: string): Promise<number>;
  /** Removes what was made under the prefix, queues of the consumers named included. */
  close(...consumers: string[]): Promise<void>;
}

export function openRabbit(url = AMQP_URL): RabbitUnderTest {
  const prefix = `holdfast-test-${randomBytes(6).toString('hex')}`;
  const topology = topologyOf(prefix);
  const connection = new Connection(url);
  connection.on('error', () => undefined);
  const listeners: { close(): Promise<void> }[] = [];
  const queues = new Set<string>([topology.unclaimed.queue.queue]);
  const publisher = connection.createPublisher({ confirm: true, exchanges: topology.exchanges });
  const waiting = async (queue: string): Promise<number> =>
    (await connection.queueDeclare({ queue, passive: true })).messageCount;
  return {
    prefix,
    topology,
    connection,
    waiting,
    listen: async (name, types) => {
      const got: EventEnvelope[] = [];
      const queue = `${prefix}.listener.${name}`;
      queues.add(queue);
      const keys = types === 'all' ? ['#'] : types.map(topicOf);
      const listener = connection.createConsumer(
        {
          queue,
          queueOptions: { durable: true },
          exchanges: topology.exchanges,
          queueBindings: keys.map((routingKey) => ({ exchange: topology.events, routingKey })),
          concurrency: 1,
        },
        ({ body }) => {
          got.push(body as EventEnvelope);
        },
      );
      listener.on('error', () => undefined);
      listeners.push(listener);
      await new Promise<void>((resolve) => listener.once('ready', resolve));
      return got;
    },
    send: (routingKey, body, contentType = 'application/json') =>
      publisher.send(
        { exchange: topology.events, routingKey, durable: true, contentType },
        Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
      ),
    dead: async (consumer) => (await connection.queueDeclare(deadQueue(topology, consumer))).messageCount,
    close: async (...consumers) => {
      await Promise.all(listeners.map((listener) => listener.close()));
      await publisher.close();
      for (const name of consumers) queues.add(topology.queueOf(name)).add(topology.deadQueueOf(name));
      for (const queue of queues) await connection.queueDelete({ queue });
      for (const { exchange } of topology.exchanges) await connection.exchangeDelete({ exchange });
      await connection.close();
    },
  };
}

/** A network to the broker that the test breaks; `url` leads through it. */
export async function brokerProxy(): Promise<TcpProxy & { readonly url: string }> {
  const { hostname, port } = new URL(AMQP_URL);
  const proxy = await startTcpProxy({ host: hostname, port: Number(port || 5672) });
  const url = new URL(AMQP_URL);
  url.hostname = '127.0.0.1';
  url.port = String(proxy.port);
  return { ...proxy, url: url.href };
}
