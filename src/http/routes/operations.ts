import { HoldfastError } from '../../domain/errors';
import { asyncApiDocument } from '../asyncapi';
import { type AppDeps } from '../deps';
import { docsPage } from '../docs';
import { type Endpoint, endpoint } from '../endpoint';
import { z } from '../schemas/zod';

const TAG = 'Operations';

const statusSchema = (status: string) => z.strictObject({ status: z.literal(status) });

/** What runs the service needs to see: liveness, readiness, metrics. */
export function operationRoutes({ readiness, metrics }: AppDeps): Endpoint[] {
  return [
    endpoint({
      ...open('/healthz', 'Liveness: the process answers.'),
      answers: { 200: { description: 'Alive.', schema: statusSchema('ok') } },
      handle: () => Promise.resolve({ status: 200, body: { status: 'ok' } }),
    }),
    endpoint({
      ...open('/readyz', 'Readiness: everything that the service needs is reachable.'),
      errors: ['not_ready'],
      answers: { 200: { description: 'Ready.', schema: statusSchema('ready') } },
      handle: async () => {
        const missing = await readiness();
        if (missing.length === 0) return { status: 200, body: { status: 'ready' } };
        const errors = missing.map((path) => ({ path, message: 'not reachable' }));
        throw new HoldfastError('not_ready', `not reachable: ${missing.join(', ')}`, { errors });
      },
    }),
    endpoint({
      ...open('/metrics', 'Metrics in Prometheus’ text format.'),
      answers: { 200: { description: 'Metrics.', contentType: 'text/plain' } },
      handle: async () => ({ status: 200, body: await metrics.metrics(), contentType: metrics.contentType }),
    }),
  ];
}

/** The contract itself; `document` answers the OpenAPI document of all routes, these included. */
export function contractRoutes(document: () => object): Endpoint[] {
  return [
    endpoint({
      ...open('/openapi.json', 'This contract: OpenAPI 3.1.'),
      answers: { 200: { description: 'The document.', schema: z.looseObject({ openapi: z.string() }) } },
      handle: () => Promise.resolve({ status: 200, body: document() }),
    }),
    endpoint({
      ...open('/asyncapi.json', 'The events: AsyncAPI 3.'),
      answers: { 200: { description: 'The document.', schema: z.looseObject({ asyncapi: z.string() }) } },
      handle: () => Promise.resolve({ status: 200, body: asyncApiDocument() }),
    }),
    endpoint({
      ...open('/docs', 'This contract, for people.'),
      answers: { 200: { description: 'A page.', contentType: 'text/html' } },
      handle: () => Promise.resolve({ status: 200, body: docsPage(), contentType: 'text/html; charset=utf-8' }),
    }),
  ];
}

function open(path: string, summary: string) {
  return { method: 'get', path, tag: TAG, summary, access: 'public', errors: [] } as const;
}
