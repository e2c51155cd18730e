import { type Express, type Request, type RequestHandler, type Response } from 'express';
import { HoldfastError } from '../domain/errors';
import { ANONYMOUS, type Authenticate } from './auth';
import { type ReadBody } from './body';
import { type Answer, type Endpoint, type RawBody } from './endpoint';

export interface MountTools {
  readonly authenticate: Authenticate;
  readonly read: Readonly<Record<'json' | RawBody, ReadBody>>;
}

/** Registers the endpoints; for a path that exists, any other method is answered 405 with what is allowed. */
export function mount(app: Express, endpoints: readonly Endpoint[], tools: MountTools): void {
  const paths = new Map<string, Endpoint[]>();
  for (const each of endpoints) paths.set(each.path, [...(paths.get(each.path) ?? []), each]);
  for (const [path, own] of paths) {
    const route = app.route(path.replace(/\{(\w+)\}/g, ':$1'));
    for (const each of own) route[each.method](serve(each, tools));
    route.all(wrongMethod(own));
  }
}

/** Who asks is settled before anything is read; the body is read before anything is parsed. */
function serve(each: Endpoint, { authenticate, read }: MountTools): RequestHandler {
  return async (req, res) => {
    const client = each.access === 'public' ? ANONYMOUS : authenticate(req.headers.authorization, each.access);
    const body = each.body ? await read[each.body.raw || 'json'](req, res) : Buffer.alloc(0);
    const answer = await each.handle({
      params: paramsOf(req),
      query: { ...req.query },
      headers: req.headers,
      idempotencyKeys: req.headersDistinct['idempotency-key'] ?? [],
      body,
      client,
      log: req.log,
    });
    send(res, answer);
  };
}

function paramsOf({ params }: Request): Record<string, string> {
  return Object.fromEntries(
    Object.entries(params).filter((each): each is [string, string] => typeof each[1] === 'string'),
  );
}

function send(
  res: Response,
  { status, body, contentType = 'application/json; charset=utf-8', headers = {} }: Answer,
): void {
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
