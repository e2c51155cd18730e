import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type Logger } from '../ports/logger';
import { type Answer, type Endpoint } from './endpoint';
import { problemHeaders, problemOf } from './errors';
import { beginRequest, logEnd } from './middleware/access-log';
import { expectedError, PROBLEM_TYPE } from './middleware/problems';
import { DATA_HEADERS } from './middleware/security-headers';
import { JSON_TYPE, type MountTools, perform } from './mount';

/** Answers a request if it is one of its own; false: somebody else has to. */
export type Lane = (req: IncomingMessage, res: ServerResponse) => boolean;

const ALWAYS = [...DATA_HEADERS, 'Cache-Control', 'no-store'];

/**
 * The short way to endpoints whose whole address is known beforehand, placing first among them: looked up by method and URL, without
 * Express' routing and without middleware. The answers are those of the long way, header by header; whatever is asked for
 * in another spelling (with a query, with HEAD) goes there.
 */
export function openLane(endpoints: readonly Endpoint[], tools: MountTools, logger: Logger): Lane {
  const own = new Map(
    endpoints
      .filter(({ path }) => path.startsWith('/v1/') && !path.includes('{'))
      .map((each) => [`${each.method.toUpperCase()} ${each.path}`, watched(each, tools)] as const),
  );
  return (req, res) => {
    const route = own.get(`${req.method} ${req.url}`);
    if (!route) return false;
    beginRequest(logger, req);
    route.watch?.(res);
    void answer(route.each, req, res, tools);
    return true;
  };
}

function watched(each: Endpoint, { watchRoute }: MountTools) {
  return { each, watch: watchRoute?.(each.method.toUpperCase(), each.path) };
}

async function answer(each: Endpoint, req: IncomingMessage, res: ServerResponse, tools: MountTools): Promise<void> {
  try {
    send(req, res, await perform(each, { req, res, params: {}, query: {} }, tools));
  } catch (thrown) {
    refuse(req, res, thrown, tools);
  }
}

function send(req: IncomingMessage, res: ServerResponse, { status, body, contentType, headers = {} }: Answer): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  write(req, res, { status, headers, text, type: contentType ?? JSON_TYPE });
  logEnd(req, { status, location: headers['Location'] });
}

function refuse(req: IncomingMessage, res: ServerResponse, thrown: unknown, tools: MountTools): void {
  const error = expectedError(thrown, req.log, tools.isAway);
  if (res.headersSent) {
    res.destroy();
    return;
  }
  const problem = problemOf(error, req.id);
  const { status, code } = problem;
  write(req, res, { status, headers: problemHeaders(error), text: JSON.stringify(problem), type: PROBLEM_TYPE });
  logEnd(req, { status, code });
}

interface Written {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly type: string;
}

function write(req: IncomingMessage, res: ServerResponse, { status, headers, text, type }: Written): void {
  const length = String(Buffer.byteLength(text));
  const all = ['X-Request-Id', req.id, ...ALWAYS, 'Content-Type', type, 'Content-Length', length];
  for (const name in headers) all.push(name, headers[name] ?? '');
  res.writeHead(status, all).end(text);
}
