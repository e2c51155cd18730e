import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type RequestHandler } from 'express';
import { type Logger } from '../../ports/logger';
import { requestId } from './request-id';

declare module 'node:http' {
  interface IncomingMessage {
    /** Given when it came in. */
    id: string;
    /** Lines about this request, each with its id. */
    log: Logger;
    /** Epoch milliseconds. */
    begunAt: number;
    /** Of the problem that it is answered with. */
    errorCode?: string;
  }
}

/** Asked every few seconds by machines; their answers are of interest only when they are bad. */
const PROBES = new Set(['/healthz', '/readyz', '/metrics']);
/** Of a flash sale's refusals there are as many as buyers. */
const REFUSED_IN_MEMORY = 'sold_out';

/** Lines of one request. Not a child of the logger, which would be made for each and used for few. */
class RequestLog implements Logger {
  constructor(
    private readonly logger: Logger,
    private readonly requestId: string,
  ) {}

  debug(fields: object, message: string): void {
    this.logger.debug({ requestId: this.requestId, ...fields }, message);
  }

  info(fields: object, message: string): void {
    this.logger.info({ requestId: this.requestId, ...fields }, message);
  }

  warn(fields: object, message: string): void {
    this.logger.warn({ requestId: this.requestId, ...fields }, message);
  }

  error(fields: object, message: string): void {
    this.logger.error({ requestId: this.requestId, ...fields }, message);
  }
}

/** Gives a request its id and its logger. */
export function beginRequest(logger: Logger, req: IncomingMessage): void {
  req.id = requestId(req);
  req.log = new RequestLog(logger, req.id);
  req.begunAt = Date.now();
}

interface Ended {
  /** Null: the client left before it had an answer. */
  readonly status: number | null;
  /** Where a request made an order, its address is what it is found by in other lines. */
  readonly location?: string | undefined;
  /** The error's. */
  readonly code?: string | undefined;
}

/** Logs the end of a request: method, path, status, time. No bodies, headers or query strings. */
export function logEnd(req: IncomingMessage, { status, location, code }: Ended): void {
  const path = pathOf(req);
  const failed = status !== null && status >= 500;
  const level = failed ? 'error' : PROBES.has(path) || code === REFUSED_IN_MEMORY ? 'debug' : 'info';
  const fields = {
    req: { method: req.method, path },
    res: { status, location },
    responseTime: Date.now() - req.begunAt,
  };
  const end = status === null ? 'aborted' : failed ? 'errored' : 'completed';
  req.log[level](fields, `request ${end}`);
}

/** The same for what goes through Express: logged when the answer is out, or its client has left. */
export function accessLog(logger: Logger): RequestHandler {
  return (req, res: ServerResponse, next) => {
    beginRequest(logger, req);
    res.setHeader('X-Request-Id', req.id);
    res.once('close', () => logEnd(req, endOf(req, res)));
    next();
  };
}

function endOf(req: IncomingMessage, res: ServerResponse): Ended {
  const status = res.writableEnded ? res.statusCode : null;
  return { status, location: res.getHeader('location')?.toString(), code: req.errorCode };
}

function pathOf(req: IncomingMessage): string {
  const url = 'originalUrl' in req && typeof req.originalUrl === 'string' ? req.originalUrl : (req.url ?? '');
  return url.split('?', 1)[0] ?? '';
}
