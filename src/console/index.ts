import { type RequestHandler, Router } from 'express';
import { accessLog } from '../http/middleware/access-log';
import { nothingHere, problems } from '../http/middleware/problems';
import { securityHeaders } from '../http/middleware/security-headers';
import { type ConsoleDeps } from './deps';
import { demandOwnPage } from './own-pages';
import { routerOf } from './route';
import { eventRoutes } from './routes/events';
import { orderRoutes } from './routes/orders';
import { outageRoutes } from './routes/outages';
import { overviewRoutes } from './routes/overview';
import { promotionRoutes } from './routes/promotions';
import { reconciliationRoutes } from './routes/reconciliation';
import { sessionRoutes } from './routes/session';
import { stockRoutes } from './routes/stock';
import { createSessions } from './session';

export type { ConsoleDeps, WatchedGateway } from './deps';

/** The operators' console, to be mounted at `/console`: data below `/api`, pages everywhere else. */
export function createConsole(deps: ConsoleDeps): RequestHandler {
  const sessions = createSessions(deps);
  const routes = [
    ...overviewRoutes(deps),
    ...orderRoutes(deps),
    ...stockRoutes(deps),
    ...promotionRoutes(deps),
    ...reconciliationRoutes(deps),
    ...eventRoutes(deps),
    ...outageRoutes(deps),
  ];
  const api = Router({ caseSensitive: true, strict: true });
  api.use(
    securityHeaders,
    ownPagesOnly,
    sessionRoutes(deps, sessions),
    routerOf(routes, sessions),
    nothingHere,
    problems(deps.isAway),
  );
  const router = Router({ caseSensitive: true });
  router.use(accessLog(deps.logger));
  router.use('/api', api);
  router.use(deps.pages);
  router.use(nothingHere, problems(deps.isAway));
  return router;
}

/** What is answered belongs to whoever is signed in, and what changes something comes from our pages. */
const ownPagesOnly: RequestHandler = (request, response, next) => {
  response.set('Cache-Control', 'no-store');
  if (request.method !== 'GET' && request.method !== 'HEAD') demandOwnPage(request);
  next();
};
