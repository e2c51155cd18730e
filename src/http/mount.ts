import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type Express, type Request, type RequestHandler, type Response } from 'express';
import { HoldfastError } from '../domain/errors';
import { ANONYMOUS, type Authenticate } from './auth';
import { type ReadBody } from './body';
import { type AppDeps } from './deps';
import { type Answer, type Endpoint, type RawBody, type RawCall } from './endpoint';

export const JSON_TYPE = 'application/json; charset=utf-8';

export interface MountTools {
  readonly authenticate: Authenticate;
  readonly watchRoute?: AppDeps['watchRoute'];
  readonly isAway?: AppDeps['isAway'];
  readonly read: Readonly<Record<'json' | RawBody, ReadBody>>;
}

/** Registers the endpoints; for a path that exists, any other method is answered 405 with what is allowed. */
export function mount(app: Express, endpoints: readonly Endpoint[], tools: MountTools): void {
  const paths = new Map<string, Endpoint[]>();
  for (const each of endpoints) paths.set(each.path, [...(paths.get(each.path) ?? []), each]);
  for (const [path, own] of paths) {
    const route = app.route(path.replace(/\{(\w+)\}/g, ':$1'));
    for (const each of own) route[each.method](...watched(each, tools), serve(each, tools));
    route.all(wrongMethod(own));
  }
}

function watched({ method, path }: Endpoint, { watchRoute }: MountTools): RequestHandler[] {
  if (!watchRoute) return [];
  const watch = watchRoute(method.toUpperCase(), path);
  return [
    (_req, res, next) => {
      watch(res);
      next();
    },
  ];
}

function serve(each: Endpoint, tools: MountTools): RequestHandler {
  return async (req, res) => {
    send(res, await perform(each, { req, res, params: paramsOf(req), query: { ...req.query } }, tools));
  };
}

/** A request as whoever routed it hands it over. */
interface Routed extends Pick<RawCall, 'params' | 'query'> {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
}

const NO_BODY = Buffer.alloc(0);
const NO_KEYS: readonly string[] = [];

/** Who asks is settled before anything is read; the body is read before anything is parsed. */
export async function perform(
  each: Endpoint,
  { req, res, params, query }: Routed,
  { authenticate, read }: MountTools,
): Promise<Answer> {
  const { headers, log } = req;
  const client = each.access === 'public' ? ANONYMOUS : authenticate(headers.authorization, each.access);
  const body = each.body ? await read[each.body.raw || 'json'](req, res) : NO_BODY;
  const idempotencyKeys = 'idempotency-key' in headers ? req.headersDistinct['idempotency-key'] : undefined;
  return each.handle({ params, query, headers, idempotencyKeys: idempotencyKeys ?? NO_KEYS, body, client, log });
}

function paramsOf({ params }: Request): Record<string, string> {
  return Object.fromEntries(
    Object.entries(params).filter((each): each is [string, string] => typeof each[1] === 'string'),
  );
}

function send(res: Response, { status, body, contentType = JSON_TYPE, headers = {} }: Answer): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  res.status(status).set(headers);
  // Not `set`, which adds a charset of its own: a gateway's and prom-client's types are sent as they are.
  res.setHeader('Content-Type', contentType);
  res.end(text);
}

function wrongMethod(own: readonly Endpoint[]): RequestHandler {
  const allowed = own.flatMap(({ method }) => (method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()])).join(', ');
  return (_req, res) => {
    res.set('Allow', allowed);
    throw new HoldfastError('method_not_allowed', `this address takes ${allowed}`);
  };
}
