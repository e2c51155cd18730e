import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type Logger } from 'pino';
import { pinoHttp } from 'pino-http';
import { requestId } from './request-id';

/** Asked every few seconds by machines; their answers are of interest only when they are bad. */
const PROBES = new Set(['/healthz', '/readyz', '/metrics']);

/** Gives each request its id and its logger, and logs its end: method, path, status. No bodies, headers or query strings. */
export function accessLog(logger: Logger) {
  return pinoHttp({
    logger,
    genReqId: requestId,
    wrapSerializers: false,
    quietReqLogger: true,
    customAttributeKeys: { reqId: 'requestId' },
    customLogLevel: levelOf,
    // pino-http makes up an error for every 5xx; the real one has been logged by then.
    customErrorObject: (_req, _res, _error, fields: object) => ({ ...fields, err: undefined }),
    serializers: {
      req: (req: IncomingMessage) => ({ method: req.method, path: pathOf(req) }),
      res: (res: ServerResponse) => ({ status: res.statusCode }),
    },
  });
}

function levelOf(req: IncomingMessage, res: ServerResponse, error?: Error): 'error' | 'info' | 'debug' {
  if (error || res.statusCode >= 500) return 'error';
  return PROBES.has(pathOf(req)) ? 'debug' : 'info';
}

function pathOf(req: IncomingMessage): string {
  const url = 'originalUrl' in req && typeof req.originalUrl === 'string' ? req.originalUrl : (req.url ?? '');
  return url.split('?', 1)[0] ?? '';
}
