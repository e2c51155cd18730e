import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import express, { type RequestHandler, Router } from 'express';
import helmet from 'helmet';
import { nothingHere } from './middleware/problems';

/**
 * Serves a bundled page (`dist/web/<name>`) under the path that it is mounted on: its assets, and its document for every
 * other path, as the page has addresses of its own. Throws `not_found` for an asset that there is not, as after a release a
 * page may still ask for one of before. Mount it after what answers data, and before what answers problems.
 */
export function pages(dir: string): RequestHandler {
  const document = readFileSync(join(dir, 'index.html'), 'utf8');
  const router = Router();
  // Their names change with their content.
  router.use(
    '/assets',
    express.static(join(dir, 'assets'), { immutable: true, maxAge: '1y', index: false, redirect: false }),
    nothingHere,
  );
  router.get('/{*path}', (_request, response) => {
    const nonce = randomBytes(16).toString('base64');
    policy(nonce)(_request, response, () => {
      response.set('Cache-Control', 'no-store').type('html').send(document.replaceAll('{{nonce}}', nonce));
    });
  });
  return router;
}

/** Everything from this service; style elements with this answer's nonce, and the styles that components set on elements. */
function policy(nonce: string): ReturnType<typeof helmet> {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrcElem: ["'self'", `'nonce-${nonce}'`],
        styleSrcAttr: ["'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'", 'data:'],
        connectSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
  });
}
