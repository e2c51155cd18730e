import { once } from 'node:events';
import { Connection } from 'rabbitmq-client';
import { openPool } from '../lib/pool';
import { BareBatcher } from './batcher';
import { confirmTogether, type Hold, holdTogether, POOL_SIZE, settleAlone } from './books';
import { given } from './settings';
import { serve } from './web';

/** The pay window: an unpaid order's message lies this long in the waiting queue. */
const WINDOW_MS = 30 * 60_000;

/**
 * An order service without an engine, as the articles build it: PostgreSQL with group commit at the door, and RabbitMQ for what
 * comes later. The message that will release an unpaid hold waits in a queue of its own until it is too old for it and falls
 * into the one that is read. What it leaves open: an order whose process dies between commit and publish is held for ever.
 */
async function main(): Promise<void> {
  const pool = openPool({ connectionString: given('DATABASE_URL'), max: POOL_SIZE });
  const holds = new BareBatcher((batch: readonly Hold[]) => holdTogether(pool, batch));
  const confirms = new BareBatcher((batch: readonly string[]) => confirmTogether(pool, batch));

  const waiting = `${given('QUEUE_PREFIX')}.waiting`;
  const due = `${given('QUEUE_PREFIX')}.due`;
  const broker = new Connection({ url: given('AMQP_URL') });
  await broker.queueDeclare({
    queue: waiting,
    durable: true,
    arguments: { 'x-message-ttl': WINDOW_MS, 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': due },
  });
  const expiries = broker.createPublisher({ confirm: true });
  const consumer = broker.createConsumer(
    { queue: due, queueOptions: { durable: true }, qos: { prefetchCount: 20 } },
    async (message) => {
      await settleAlone(pool, 'release', (message.body as { id: string }).id);
    },
  );
  await once(consumer, 'ready');

  serve({
    place: async (hold) => {
      if (!(await holds.submit(hold))) return false;
      await expiries.send({ routingKey: waiting, durable: true }, { id: hold.id });
      return true;
    },
    pay: async (orderId) => {
      await confirms.submit(orderId);
    },
  });
}

void main();
