import { HoldfastError } from '../../domain/errors';
import { type AppDeps } from '../deps';
import { type Endpoint, endpoint } from '../endpoint';
import { idempotencyOf } from '../idempotency';
import {
  outageBodySchema,
  outagePageSchema,
  outageResultPageSchema,
  outageSchema,
  pageQuerySchema,
} from '../schemas/operator-actions';
import { OPERATING_TAG, operatorOf } from './operator-actions';

const ANSWER = { description: 'The outage, with how many orders have which result so far.', schema: outageSchema };

/** Outages: every deadline at a gateway is extended, one by one, each with its result. */
export function outageRoutes(deps: AppDeps): Endpoint[] {
  return [start(deps), list(deps), read(deps), results(deps), stop(deps)];
}

function start({ outageDesk }: AppDeps): Endpoint {
  return endpoint({
    method: 'post',
    path: '/v1/outages',
    tag: OPERATING_TAG,
    summary: 'Extend the deadline of every order that waits for its payment at a gateway.',
    access: ['operate'],
    idempotencyKey: 'required',
    body: { schema: outageBodySchema },
    errors: ['gateway_not_available'],
    answers: { 202: ANSWER },
    handle: async (call) => {
      const key = idempotencyOf(call, 'POST /v1/outages', call.body);
      if (!key) throw new HoldfastError('idempotency_key_required');
      const request = { ...call.body, actor: operatorOf(call.client), idempotencyKey: key.key };
      return { status: 202, body: await outageDesk.start(request) };
    },
  });
}

function list({ outageDesk }: AppDeps): Endpoint {
  return endpoint({
    method: 'get',
    path: '/v1/outages',
    tag: OPERATING_TAG,
    summary: 'List outages, newest first.',
    access: ['operate', 'read'],
    query: pageQuerySchema,
    errors: [],
    answers: { 200: { description: 'A page of outages.', schema: outagePageSchema } },
    handle: async ({ query: { cursor, limit } }) => ({
      status: 200,
      body: await outageDesk.list({ cursor: cursor ?? null, limit }),
    }),
  });
}

function read({ outageDesk }: AppDeps): Endpoint {
  return endpoint({
    method: 'get',
    path: '/v1/outages/{id}',
    tag: OPERATING_TAG,
    summary: 'Read an outage.',
    access: ['operate', 'read'],
    unknownId: 'outage_not_found',
    errors: [],
    answers: { 200: ANSWER },
    handle: async ({ params: { id = '' } }) => {
      const outage = await outageDesk.find(id);
      if (!outage) throw new HoldfastError('outage_not_found');
      return { status: 200, body: outage };
    },
  });
}

function results({ outageDesk }: AppDeps): Endpoint {
  return endpoint({
    method: 'get',
    path: '/v1/outages/{id}/results',
    tag: OPERATING_TAG,
    summary: 'List what became of each order.',
    access: ['operate', 'read'],
    unknownId: 'outage_not_found',
    query: pageQuerySchema,
    errors: [],
    answers: { 200: { description: 'A page of results.', schema: outageResultPageSchema } },
    handle: async ({ params: { id = '' }, query: { cursor, limit } }) => {
      if (!(await outageDesk.find(id))) throw new HoldfastError('outage_not_found');
      return { status: 200, body: await outageDesk.results(id, { cursor: cursor ?? null, limit }) };
    },
  });
}

function stop({ outageDesk }: AppDeps): Endpoint {
  return endpoint({
    method: 'post',
    path: '/v1/outages/{id}/stop',
    tag: OPERATING_TAG,
    summary: 'End an outage; orders that have their result keep it.',
    access: ['operate'],
    unknownId: 'outage_not_found',
    errors: [],
    answers: { 200: ANSWER },
    handle: async ({ params: { id = '' } }) => {
      const outage = await outageDesk.stop(id);
      if (!outage) throw new HoldfastError('outage_not_found');
      return { status: 200, body: outage };
    },
  });
}
