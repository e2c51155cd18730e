import { type RequestListener } from 'node:http';
import express, { type Express, type RequestHandler } from 'express';
import { IMPORT_LIMITS } from '../domain/stock-import';
import { authenticator } from './auth';
import { bodyReader } from './body';
import { type AppDeps } from './deps';
import { docsAssets } from './docs';
import { type Endpoint } from './endpoint';
import { openLane } from './lane';
import { accessLog } from './middleware/access-log';
import { nothingHere, problems } from './middleware/problems';
import { securityHeaders } from './middleware/security-headers';
import { mount, type MountTools } from './mount';
import { openApiDocument } from './openapi';
import { cartRoutes } from './routes/carts';
import { buyerRoutes } from './routes/buyers';
import { contractRoutes, operationRoutes } from './routes/operations';
import { eventRoutes } from './routes/events';
import { operatorActionRoutes } from './routes/operator-actions';
import { orderRoutes } from './routes/orders';
import { outageRoutes } from './routes/outages';
import { pointsRoutes } from './routes/points';
import { productRoutes } from './routes/products';
import { promotionRoutes } from './routes/promotions';
import { reconciliationRoutes } from './routes/reconciliation';
import { skuRoutes } from './routes/skus';
import { stockImportRoutes } from './routes/stock-imports';
import { webhookEndpointRoutes } from './routes/webhook-endpoints';
import { webhookRoutes } from './routes/webhooks';

/** The largest notification: gateways send a few kilobytes; nobody without a key may make us buffer more than this. */
const WEBHOOK_LIMIT_BYTES = 64 * 1024;

/** The HTTP API over its ports. Does not listen; opens nothing that would have to be closed. */
export function createApp(deps: AppDeps): RequestListener {
  const endpoints = allEndpoints(deps);
  const tools = toolsOf(deps);
  const app = longWay(deps, endpoints, tools);
  // A trace begins in a middleware, so what is traced goes the long way.
  if (deps.spans) return app;
  const lane = openLane(endpoints, tools, deps.logger);
  return (req, res) => {
    if (!lane(req, res)) app(req, res);
  };
}

/** Every endpoint by Express' routing, with its middleware. */
export function longWay(deps: AppDeps, endpoints = allEndpoints(deps), tools = toolsOf(deps)): Express {
  const app = express();
  app.disable('x-powered-by');
  // Answers are never cached, so hashing each for an ETag would be work for nothing.
  app.disable('etag');
  app.enable('case sensitive routing');
  app.enable('strict routing');
  if (deps.spans) app.use(deps.spans);
  app.use(accessLog(deps.logger), securityHeaders, noStore);
  mount(app, endpoints, tools);
  app.use('/docs', docsAssets());
  app.use(nothingHere, problems(deps.isAway));
  return app;
}

function toolsOf(deps: AppDeps): MountTools {
  return {
    authenticate: authenticator(deps.apiKeys),
    ...(deps.watchRoute && { watchRoute: deps.watchRoute }),
    ...(deps.isAway && { isAway: deps.isAway }),
    read: {
      json: bodyReader(deps.bodyLimitBytes, { inflate: true }),
      notification: bodyReader(WEBHOOK_LIMIT_BYTES, { inflate: false }),
      csv: bodyReader(IMPORT_LIMITS.bytes, { inflate: true }),
    },
  };
}

/** Every route, the contract's own included. */
function allEndpoints(deps: AppDeps): Endpoint[] {
  const endpoints: Endpoint[] = [
    ...orderRoutes(deps),
    ...skuRoutes(deps),
    ...productRoutes(deps),
    ...stockImportRoutes(deps),
    ...cartRoutes(deps),
    ...promotionRoutes(deps),
    ...pointsRoutes(deps),
    ...buyerRoutes(deps),
    ...eventRoutes(deps),
    ...reconciliationRoutes(deps),
    ...webhookEndpointRoutes(deps),
    ...webhookRoutes(deps),
    ...operatorActionRoutes(deps),
    ...outageRoutes(deps),
    ...operationRoutes(deps),
    ...contractRoutes(() => document),
  ];
  const document = openApiDocument(endpoints);
  return endpoints;
}

/** Orders change and belong to somebody: no cache may keep them. */
const noStore: RequestHandler = (_req, res, next) => {
  res.set('Cache-Control', 'no-store');
  next();
};
