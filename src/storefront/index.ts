import { type Request, type RequestHandler, type Response, Router } from 'express';
import { type Logger } from '../ports/logger';
import { HoldfastError, validationFailed } from '../domain/errors';
import { bodyReader, parseJson } from '../http/body';
import { accessLog } from '../http/middleware/access-log';
import { nothingHere, problems } from '../http/middleware/problems';
import { securityHeaders } from '../http/middleware/security-headers';
import { pages } from '../http/pages';
import { type PageCall, SHOP_CALLS, type ShopCall } from './calls';
import { type ShopSession } from './contract';
import { createLimits, fromOwnPages, type Limit, PER_BROWSER, type Rate } from './guards';
import { buyerOf, buyerOrNew, type SessionSettings } from './session';
import { type Upstream } from './upstream';

export interface StorefrontParts {
  readonly api: Upstream;
  readonly session: SessionSettings;
  /** Where the bundled page is. */
  readonly pageDir: string;
  readonly now: () => number;
  /** What one browser may ask of this process; `PER_BROWSER` unless given. */
  readonly perBrowser?: Rate;
  readonly logger: Logger;
}

/** A checkout with every field filled in to its limit fits. */
const BODY_LIMIT_BYTES = 64 * 1024;

/**
 * The demo shop, to be mounted on `/shop`: its pages, and below `/api` the calls of the public API that they may make, each
 * in the name of the browser's own buyer. It knows nothing that the public API doesn't tell.
 */
export function storefront(parts: StorefrontParts): RequestHandler {
  const router = Router();
  router.use(accessLog(parts.logger));
  router.use('/api', securityHeaders, noStore, calls(parts), nothingHere);
  router.use(pages(parts.pageDir), nothingHere, problems());
  return router;
}

const noStore: RequestHandler = (_request, response, next) => {
  response.set('Cache-Control', 'no-store');
  next();
};

function calls(parts: StorefrontParts): Router {
  const router = Router({ caseSensitive: true, strict: true });
  const limits = createLimits(parts.perBrowser ?? PER_BROWSER);
  router.use(fromOwnPages);
  router.post('/session', async (request, response) => {
    if (!(await buyerOf(request, response, parts.session))) await limits.newBuyers(request.ip ?? '');
    const buyerId = await buyerOrNew(request, response, parts.session);
    response.json({ buyerId, now: new Date(parts.now()).toISOString() } satisfies ShopSession);
  });
  for (const call of SHOP_CALLS) router[call.method](call.path, serve(call, parts, limits.calls));
  return router;
}

function serve(call: ShopCall, { api, session }: StorefrontParts, limit: Limit): RequestHandler {
  const read = bodyReader(BODY_LIMIT_BYTES, { inflate: true });
  return async (request, response) => {
    const buyerId = await buyerOf(request, response, session);
    if (!buyerId) throw new HoldfastError('unauthenticated', 'this browser has no session: reload the page');
    await limit(buyerId);
    const body =
      call.method === 'get' ? undefined : parseJson(await read(request, response), request.get('content-type'));
    const page = pageCall(request, buyerId, body);
    if (call.ofOrder) await demandOwn(api, buyerId, page.params['id'] ?? '');
    const answer = await api(call.forward(page));
    send(response, answer.status, answer.headers, answer.text);
  };
}

function pageCall(request: Request, buyerId: string, body: unknown): PageCall {
  if (body !== undefined && (typeof body !== 'object' || body === null || Array.isArray(body))) {
    throw validationFailed([{ path: '', message: 'must be an object' }]);
  }
  const { cursor } = request.query;
  return {
    buyerId,
    params: Object.fromEntries(Object.entries(request.params).map(([name, value]) => [name, String(value)])),
    cursor: typeof cursor === 'string' ? cursor : undefined,
    body: { ...body },
    idempotencyKey: request.get('idempotency-key'),
  };
}

/** Another buyer's order is told from none by nothing. */
async function demandOwn(api: Upstream, buyerId: string, orderId: string): Promise<void> {
  const { status, text } = await api({ method: 'GET', path: `/v1/orders/${encodeURIComponent(orderId)}` });
  if (status >= 500) throw new HoldfastError('not_ready', 'the order could not be read');
  const owner = status === 200 ? (JSON.parse(text) as { readonly buyerId?: unknown }).buyerId : null;
  if (owner !== buyerId) throw new HoldfastError('order_not_found');
}

function send(response: Response, status: number, headers: Readonly<Record<string, string>>, text: string): void {
  response.status(status).set(headers);
  response.end(text);
}
