import { type Request, type RequestHandler, type Response, Router } from 'express';
import { type Actor, type Role } from '../domain/access';
import { HoldfastError, validationFailed } from '../domain/errors';
import { bodyReader, parseJson } from '../http/body';
import { theKey } from '../http/idempotency';
import { idSchema } from '../http/schemas/common';
import { type z } from '../http/schemas/zod';
import { validate } from '../http/validation';
import { type Sessions } from './session';

/** JSON of the console: an action with its reason, fifty lines at most. */
const BODY_BYTES = 64 * 1024;

/** What a handler works with: who asks, and what the schemas accepted. */
export interface Call<Q, B> {
  readonly actor: Actor;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Q;
  readonly body: B;
  /** Where the route needs one. */
  readonly idempotencyKey: string;
  readonly log: Request['log'];
}

/** One address of the console's data. */
export interface Route {
  readonly method: 'get' | 'post';
  /** Below `/api`, as Express has it: `/orders/:id`. */
  readonly path: string;
  serve(request: Request, response: Response, sessions: Sessions): Promise<object>;
}

interface Spec<Q extends z.ZodType, B extends z.ZodType, A extends object> {
  readonly method: 'get' | 'post';
  readonly path: string;
  readonly role: Role;
  readonly query?: Q;
  readonly body?: B;
  /** The body as text instead, up to so many bytes. */
  readonly text?: { readonly limitBytes: number; read(body: Buffer, contentType: string | undefined): string };
  readonly idempotencyKey?: 'required';
  handle(call: Call<z.output<Q>, z.output<B>> & { readonly text: string }): Promise<A>;
}

/** Makes a route whose handler is called only for an actor with the role, and only with what its schemas accepted. */
export function route<Q extends z.ZodType, B extends z.ZodType, A extends object>(spec: Spec<Q, B, A>): Route {
  const readBytes = bodyReader(spec.text?.limitBytes ?? BODY_BYTES, { inflate: true });
  return {
    method: spec.method,
    path: spec.path,
    serve: async (request, response, sessions) => {
      const { actor } = await sessions.read(request, response);
      demandRole(actor, spec.role);
      const params = paramsOf(request);
      const query = spec.query && validate(spec.query, { ...request.query });
      const bytes = spec.method === 'get' ? Buffer.alloc(0) : await readBytes(request, response);
      const type = request.get('content-type');
      const text = spec.text?.read(bytes, type) ?? '';
      const body = spec.body && validate(spec.body, parseJson(bytes, type) ?? {});
      const idempotencyKey = spec.idempotencyKey ? keyOf(request) : '';
      const call = { actor, params, query: query as z.output<Q>, body: body as z.output<B>, text, idempotencyKey };
      return spec.handle({ ...call, log: request.log });
    },
  };
}

/** The router of the routes; whatever else is asked below it is answered `not_found` by whoever comes after. */
export function routerOf(routes: readonly Route[], sessions: Sessions): RequestHandler {
  const router = Router({ caseSensitive: true, strict: true });
  for (const each of routes) {
    router[each.method](each.path, async (request, response) => {
      const body = await each.serve(request, response, sessions);
      response.status(200).type('json').send(JSON.stringify(body));
    });
  }
  return router;
}

export function demandRole(actor: Actor, role: Role): void {
  if (!actor.roles.includes(role)) throw new HoldfastError('forbidden', `this needs the role ${role}`);
}

/** An id that cannot be one names nothing: nobody is asked. */
function paramsOf({ params }: Request): Record<string, string> {
  const given = Object.entries(params).map(([name, value]) => [name, String(value)] as const);
  if (!given.every(([, value]) => idSchema.safeParse(value).success)) throw new HoldfastError('not_found');
  return Object.fromEntries(given);
}

function keyOf(request: Request): string {
  const key = theKey(request.headersDistinct['idempotency-key'] ?? []);
  if (key === null) throw new HoldfastError('idempotency_key_required');
  return key;
}

/** For what a schema cannot say. */
export function invalid(path: string, message: string): HoldfastError {
  return validationFailed([{ path, message }]);
}
