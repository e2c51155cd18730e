import { type RequestHandler, Router } from 'express';
import swaggerUi from 'swagger-ui-express';

/** What the page loads; everything else that swagger-ui ships (its own demo page among it) is not served. */
const ASSETS = /^\/(swagger-ui(-bundle|-standalone-preset|-init)?\.(js|css)|favicon-\d+x\d+\.png)$/;

/** Relative to the page, so that a path prefix in front of the service does no harm. The validator is someone else's server. */
const OPTIONS = { swaggerOptions: { url: 'openapi.json', validatorUrl: null }, customSiteTitle: 'Holdfast API' };

/** The readable contract's page; its assets are served by `docsAssets` under `/docs/`. */
export function docsPage(): string {
  return swaggerUi.generateHTML(undefined, OPTIONS).replaceAll('="./', '="./docs/');
}

/** swagger-ui's files from this machine, to be mounted under `/docs`. Loads nothing from any other host. */
export function docsAssets(): RequestHandler {
  const files = Router().use(swaggerUi.serveFiles(undefined, OPTIONS));
  return (req, res, next) => {
    if (ASSETS.test(req.path)) files(req, res, next);
    else if (req.originalUrl.split('?', 1)[0] === '/docs/') res.redirect(301, '../docs');
    else next();
  };
}
