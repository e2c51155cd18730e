import { randomUUID } from 'node:crypto';
import { type IncomingMessage, type ServerResponse } from 'node:http';

/** What we take over from a caller: short, and harmless in a log, a header and a URI reference. */
const SANE_ID = /^[A-Za-z0-9_.-]{1,128}$/;

/** The id that the request was given when it came in. */
export function requestIdOf(req: IncomingMessage): string {
  return typeof req.id === 'string' ? req.id : '';
}

/** The caller's X-Request-Id where it is sane, else a fresh one; told back in the answer's header. */
export function requestId(req: IncomingMessage, res: ServerResponse): string {
  const given = req.headers['x-request-id'];
  const id = typeof given === 'string' && SANE_ID.test(given) ? given : randomUUID();
  res.setHeader('X-Request-Id', id);
  return id;
}
