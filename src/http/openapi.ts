import { OpenApiGeneratorV31, OpenAPIRegistry, type RouteConfig } from '@asteasolutions/zod-to-openapi';
import { type ErrorCode } from '../domain/errors';
import { SCOPES } from '../domain/access';
import { type AnswerSpec, type Endpoint, errorCodesOf, RAW_BODIES } from './endpoint';
import { STATUS_OF } from './errors';
import { idSchema } from './schemas/common';
import { problemSchema } from './schemas/problem';
import { z } from './schemas/zod';

const BEARER = 'apiKey';

const keySchema = z
  .string()
  .regex(/^[\x20-\x7e]{1,255}$/)
  .openapi({ description: 'The same key with the same body gets the same answer; with another body it is refused.' });

const IDEMPOTENCY_HEADERS = {
  required: z.object({ 'Idempotency-Key': keySchema }),
  optional: z.object({ 'Idempotency-Key': keySchema.optional() }),
};

/** The OpenAPI 3.1 document of the endpoints, made of the schemas that validate. */
export function openApiDocument(endpoints: readonly Endpoint[]): object {
  const registry = new OpenAPIRegistry();
  registry.register('Problem', problemSchema);
  registry.registerComponent('securitySchemes', BEARER, {
    type: 'http',
    scheme: 'bearer',
    description: `An API key with scopes: ${SCOPES.join(', ')}.`,
  });
  for (const each of endpoints) registry.registerPath(operationOf(each));
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: {
      title: 'Holdfast',
      version: '1',
      description: 'Orders whose stock goes back only once the gateway has proved that nobody can pay any more.',
    },
    servers: [{ url: '/' }],
  });
}

function operationOf(each: Endpoint): RouteConfig {
  const access = each.access === 'public' ? '' : `Needs the scope ${each.access.join(' or ')}.`;
  return {
    method: each.method,
    path: each.path,
    tags: [each.tag],
    operationId: operationId(each),
    summary: each.summary,
    ...(access && { description: access }),
    security: each.access === 'public' ? [] : [{ [BEARER]: [] }],
    request: requestOf(each),
    responses: { ...successesOf(each), ...problemsOf(each) },
  };
}

/** `POST /v1/orders/{id}/cancel` → `post_orders_id_cancel`. */
function operationId({ method, path }: Endpoint): string {
  return [method, ...path.replace(/^\/v1/, '').split(/\W+/).filter(Boolean)].join('_');
}

function requestOf({ path, query, body, idempotencyKey, idSchema: ids = idSchema }: Endpoint): RouteConfig['request'] {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
  return {
    ...(names.length > 0 && {
      params: z.object(Object.fromEntries(names.map((name) => [name, ids]))),
    }),
    ...(query instanceof z.ZodObject && { query }),
    ...(idempotencyKey && { headers: IDEMPOTENCY_HEADERS[idempotencyKey] }),
    ...(body?.raw && { body: { required: true, content: { [RAW_BODIES[body.raw]]: {} } } }),
    ...(body &&
      !body.raw && { body: { required: !body.optional, content: { 'application/json': { schema: body.schema } } } }),
  };
}

function successesOf({ answers }: Endpoint): RouteConfig['responses'] {
  return Object.fromEntries(Object.entries(answers).map(([status, spec]) => [status, responseOf(spec)]));
}

function responseOf({ description, schema, contentType = 'application/json', headers }: AnswerSpec) {
  return {
    description,
    content: { [contentType]: schema ? { schema } : { schema: { type: 'string' as const } } },
    ...(headers && {
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, text]) => [
          name,
          { description: text, schema: { type: 'string' as const } },
        ]),
      ),
    }),
  };
}

/** One response per status, naming the codes that it may carry. */
function problemsOf(each: Endpoint): RouteConfig['responses'] {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of errorCodesOf(each))
    byStatus.set(STATUS_OF[code], [...(byStatus.get(STATUS_OF[code]) ?? []), code]);
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [status, problemResponse(codes, each.answers[status])]),
  );
}

/** Where the endpoint has an answer of its own with the status (a webhook's), both forms are named. */
function problemResponse(codes: readonly ErrorCode[], own: AnswerSpec | undefined) {
  const schema = {
    allOf: [{ $ref: '#/components/schemas/Problem' }, { properties: { code: { enum: [...codes] } } }],
  };
  const problem = { 'application/problem+json': { schema } };
  const description = codes.map((code) => `\`${code}\``).join(', ');
  if (!own) return { description, content: problem };
  const first = responseOf(own);
  return { ...first, description: `${own.description} Or ${description}.`, content: { ...first.content, ...problem } };
}
