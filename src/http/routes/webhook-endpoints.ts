import { HoldfastError, validationFailed } from '../../domain/errors';
import { type WebhookEndpoint } from '../../ports/webhook-endpoints';
import { type AppDeps } from '../deps';
import { type Answer, type Endpoint, endpoint } from '../endpoint';
import {
  createdWebhookEndpointSchema,
  newWebhookEndpointSchema,
  replaySchema,
  webhookEndpointChangeSchema,
  webhookEndpointSchema,
  webhookEndpointsSchema,
} from '../schemas/webhook-endpoints';
import { EVENTS_TAG as TAG } from './events';

/** Whoever points an endpoint somewhere sees every order. */
const WRITERS = ['operate'] as const;
const READERS = ['operate', 'read'] as const;
const PATH = '/v1/webhook-endpoints';
const ONE = `${PATH}/{id}`;

/** What PUT does not take. */
const NOT_CHANGEABLE = { secret: 'a secret never changes; create another endpoint and remove this one' };

/** `/v1/webhook-endpoints` and below. */
export function webhookEndpointRoutes(deps: AppDeps): Endpoint[] {
  return [create(deps), list(deps), read(deps), update(deps), remove(deps), replay(deps)];
}

function create({ webhookEndpoints, webhookUrlFault }: AppDeps): Endpoint {
  return endpoint({
    method: 'post',
    path: PATH,
    tag: TAG,
    summary: 'Have events sent to an address, signed, from now on.',
    access: WRITERS,
    body: { schema: newWebhookEndpointSchema },
    errors: ['too_many_webhook_endpoints'],
    answers: {
      201: {
        description: 'Created, with the secret that signs what is sent.',
        schema: createdWebhookEndpointSchema,
        headers: { Location: 'Where the endpoint is.' },
      },
    },
    handle: async ({ body: { url, types = null } }) => {
      refuseFault(webhookUrlFault(url));
      const created = await webhookEndpoints.create({ url, types });
      if (!created) throw new HoldfastError('too_many_webhook_endpoints');
      const { endpoint: made, secret } = created;
      return { status: 201, body: { ...made, secret }, headers: { Location: `${PATH}/${made.id}` } };
    },
  });
}

function list({ webhookEndpoints }: AppDeps): Endpoint {
  return endpoint({
    method: 'get',
    path: PATH,
    tag: TAG,
    summary: 'List webhook endpoints, with how each is doing.',
    access: READERS,
    errors: [],
    answers: { 200: { description: 'All of them.', schema: webhookEndpointsSchema } },
    handle: async () => ({ status: 200, body: { items: await webhookEndpoints.list() } }),
  });
}

function read({ webhookEndpoints }: AppDeps): Endpoint {
  return endpoint({
    method: 'get',
    path: ONE,
    tag: TAG,
    summary: 'Read a webhook endpoint.',
    access: READERS,
    unknownId: 'webhook_endpoint_not_found',
    errors: [],
    answers: { 200: { description: 'The endpoint.', schema: webhookEndpointSchema } },
    handle: async ({ params: { id = '' } }) => found(await webhookEndpoints.find(id)),
  });
}

function update({ webhookEndpoints, webhookUrlFault }: AppDeps): Endpoint {
  return endpoint({
    method: 'put',
    path: ONE,
    tag: TAG,
    summary: 'Change a webhook endpoint, enable or disable it. It keeps its place in the feed.',
    access: WRITERS,
    unknownId: 'webhook_endpoint_not_found',
    body: { schema: webhookEndpointChangeSchema, notAccepted: NOT_CHANGEABLE },
    errors: [],
    answers: { 200: { description: 'The endpoint as it is now.', schema: webhookEndpointSchema } },
    handle: async ({ params: { id = '' }, body: { url, types = null, enabled } }) => {
      refuseFault(webhookUrlFault(url));
      return found(await webhookEndpoints.update(id, { url, types, enabled }));
    },
  });
}

function remove({ webhookEndpoints }: AppDeps): Endpoint {
  return endpoint({
    method: 'delete',
    path: ONE,
    tag: TAG,
    summary: 'Remove a webhook endpoint and its place in the feed.',
    access: WRITERS,
    unknownId: 'webhook_endpoint_not_found',
    errors: [],
    answers: { 204: { description: 'Removed.' } },
    handle: async ({ params: { id = '' } }) => {
      if (!(await webhookEndpoints.remove(id))) throw new HoldfastError('webhook_endpoint_not_found');
      return { status: 204, body: '' };
    },
  });
}

function replay({ webhookEndpoints }: AppDeps): Endpoint {
  return endpoint({
    method: 'post',
    path: `${ONE}/replay`,
    tag: TAG,
    summary: 'Send events again, from behind a position on.',
    access: WRITERS,
    unknownId: 'webhook_endpoint_not_found',
    body: { schema: replaySchema },
    errors: [],
    answers: { 200: { description: 'The endpoint at its new place.', schema: webhookEndpointSchema } },
    handle: async ({ params: { id = '' }, body: { after } }) => found(await webhookEndpoints.replay(id, after)),
  });
}

function found(one: WebhookEndpoint | null): Answer {
  if (!one) throw new HoldfastError('webhook_endpoint_not_found');
  return { status: 200, body: one };
}

function refuseFault(message: string | null): void {
  if (message !== null) throw validationFailed([{ path: 'url', message }]);
}
