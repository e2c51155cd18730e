import { HoldfastError } from '../../domain/errors';
import { type DeadLettersView, type EventView, type PageOf, type Replayed } from '../contract';
import { type ConsoleDeps } from '../deps';
import { type Route, route } from '../route';
import { emptySchema, eventsQuerySchema } from '../schemas';

/** The feed, and what consumers gave up on. */
export function eventRoutes({ reads, deadLetters }: ConsoleDeps): Route[] {
  return [
    route({
      method: 'get',
      path: '/events',
      role: 'viewer',
      query: eventsQuerySchema,
      handle: ({ query: { orderId = null, type = null, cursor = null, limit } }): Promise<PageOf<EventView>> =>
        reads.events({ orderId, type, cursor, limit }),
    }),
    route({
      method: 'get',
      path: '/dead-letters',
      role: 'viewer',
      handle: async (): Promise<DeadLettersView> => {
        const counts = await deadLetters.counts().catch(() => null);
        if (!counts) return { reachable: false, consumers: [] };
        const kept = await reads.deadEvents();
        const consumers = [...counts].map(([consumer, count]) => ({
          consumer,
          count,
          events: kept.get(consumer) ?? [],
        }));
        return { reachable: true, consumers };
      },
    }),
    route({
      method: 'post',
      path: '/dead-letters/:consumer/replay',
      role: 'operator',
      body: emptySchema,
      handle: async ({ actor, params: { consumer = '' }, log }): Promise<Replayed> => {
        const replayed = await deadLetters.replay(consumer);
        if (replayed === null) throw new HoldfastError('event_consumer_not_found');
        log.info({ actor: actor.id, consumer, replayed }, 'dead letters replayed in the console');
        return { replayed };
      },
    }),
  ];
}
