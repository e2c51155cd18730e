import { HoldfastError } from '../../domain/errors';
import { type AppDeps } from '../deps';
import { type Endpoint, endpoint } from '../endpoint';
import { consumersSchema, feedQuerySchema, feedSchema, replayedSchema } from '../schemas/events';

export const EVENTS_TAG = 'Events';

/** The feed, and the consumers that run in this deployment. */
export function eventRoutes(deps: AppDeps): Endpoint[] {
  return [feed(deps), consumers(deps), replay(deps)];
}

function feed({ events }: AppDeps): Endpoint {
  return endpoint({
    method: 'get',
    path: '/v1/events',
    tag: EVENTS_TAG,
    summary: 'Read events in the order in which they became facts. Nothing is missed by reading on from `nextAfter`.',
    access: ['read'],
    query: feedQuerySchema,
    errors: [],
    answers: { 200: { description: 'Events, oldest first.', schema: feedSchema } },
    handle: async ({ query: { after = '0', limit, types = null } }) => {
      const { events: items, upTo: nextAfter } = await events.read({ after, types, limit });
      return { status: 200, body: { items, nextAfter } };
    },
  });
}

function consumers({ deadLetters }: AppDeps): Endpoint {
  return endpoint({
    method: 'get',
    path: '/v1/event-consumers',
    tag: EVENTS_TAG,
    summary: 'List the consumers of events, with how many events each gave up on.',
    access: ['operate', 'read'],
    errors: ['not_ready'],
    answers: { 200: { description: 'The consumers.', schema: consumersSchema } },
    handle: async () => {
      const counts = [...(await deadLetters.counts())];
      return { status: 200, body: { items: counts.map(([name, count]) => ({ name, deadLetters: count })) } };
    },
  });
}

function replay({ deadLetters }: AppDeps): Endpoint {
  return endpoint({
    method: 'post',
    path: '/v1/event-consumers/{id}/replay',
    tag: EVENTS_TAG,
    summary: 'Hand a consumer the events that it gave up on once more.',
    access: ['operate'],
    unknownId: 'event_consumer_not_found',
    errors: ['not_ready'],
    answers: { 200: { description: 'They are being tried again.', schema: replayedSchema } },
    handle: async ({ params: { id = '' } }) => {
      const replayed = await deadLetters.replay(id);
      if (replayed === null) throw new HoldfastError('event_consumer_not_found');
      return { status: 200, body: { replayed } };
    },
  });
}
