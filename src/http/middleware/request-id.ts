import { randomUUID } from 'node:crypto';
import { type IncomingMessage } from 'node:http';

/** What we take over from a caller: short, and harmless in a log, a header and a URI reference. */
const SANE_ID = /^[A-Za-z0-9_.-]{1,128}$/;

/** The caller's X-Request-Id where it is sane, else a fresh one; told back in the answer's header. */
export function requestId(req: IncomingMessage): string {
  const given = req.headers['x-request-id'];
  return typeof given === 'string' && SANE_ID.test(given) ? given : randomUUID();
}
