import { type MethodParams, type Cmd } from 'rabbitmq-client';
import { topicOf } from '../../../domain/events';
import { type EventConsumer } from '../../../ports/event-consumer';

type Exchange = MethodParams[Cmd.ExchangeDeclare];
type Queue = MethodParams[Cmd.QueueDeclare];
type Binding = MethodParams[Cmd.QueueBind];

/** Events that nobody asked for are there to be looked at: for a week, and never so many that they fill a disk. */
const UNCLAIMED_MS = 7 * 24 * 60 * 60 * 1000;
const MOST_UNCLAIMED = 100_000;

/** An event that was in hand at so many ends of processes or connections is taken to be their cause. */
const MOST_DELIVERIES = 20;

/**
 * What Holdfast has on its broker, all of it durable. `prefix` names the deployment: `holdfast` unless tests share a broker.
 *
 *   <prefix>.events (topic) ──── order.paid, stock.* … ──▶ <prefix>.<consumer> ──▶ given up on ──▶ <prefix>.<consumer>.dead
 *        └── what no queue asked for ──▶ <prefix>.unclaimed (fanout) ──▶ <prefix>.unclaimed
 */
export function topologyOf(prefix: string) {
  const events = `${prefix}.events`;
  const unclaimed = `${prefix}.unclaimed`;
  return {
    events,
    exchanges: [
      { exchange: unclaimed, type: 'fanout', durable: true },
      { exchange: events, type: 'topic', durable: true, arguments: { 'alternate-exchange': unclaimed } },
    ] satisfies Exchange[],
    unclaimed: {
      queue: {
        queue: unclaimed,
        durable: true,
        arguments: { 'x-message-ttl': UNCLAIMED_MS, 'x-max-length': MOST_UNCLAIMED },
      } satisfies Queue,
      binding: { exchange: unclaimed, queue: unclaimed, routingKey: '' } satisfies Binding,
    },
    queueOf: (consumer: string): string => `${prefix}.${consumer}`,
    deadQueueOf: (consumer: string): string => `${prefix}.${consumer}.dead`,
  };
}
export type Topology = ReturnType<typeof topologyOf>;

/**
 * A consumer's queue: replicated where the broker is a cluster, handed to one process at a time so that order is kept, and a message
 * is gone from it only once the dead letters have it.
 */
export function consumerQueue(topology: Topology, consumer: string): Queue {
  return {
    queue: topology.queueOf(consumer),
    durable: true,
    arguments: {
      'x-queue-type': 'quorum',
      'x-single-active-consumer': true,
      'x-dead-letter-exchange': '',
      'x-dead-letter-routing-key': topology.deadQueueOf(consumer),
      'x-dead-letter-strategy': 'at-least-once',
      'x-overflow': 'reject-publish',
      'x-delivery-limit': MOST_DELIVERIES,
    },
  };
}

/** What brings a consumer's queue its events. */
export function consumerBindings(
  topology: Topology,
  { name, types }: Pick<EventConsumer, 'name' | 'types'>,
): Binding[] {
  return types.map((type) => ({
    exchange: topology.events,
    queue: topology.queueOf(name),
    routingKey: topicOf(type),
  }));
}

export function deadQueue(topology: Topology, consumer: string): Queue {
  return { queue: topology.deadQueueOf(consumer), durable: true, arguments: { 'x-queue-type': 'quorum' } };
}
