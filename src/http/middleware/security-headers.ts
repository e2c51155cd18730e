import { type RequestHandler } from 'express';
import helmet from 'helmet';

/** Answers are data: nothing in them may be loaded, run or framed. */
const forData = helmet({
  contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
});

/** swagger-ui: its own scripts, its inline styles and data: images, and calls to this service only. */
const forDocs = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'", "'unsafe-inline'"],
      imgSrc: ["'self'", 'data:'],
      connectSrc: ["'self'"],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
    },
  },
});

/** helmet's headers, with a content policy that allows nothing, but for the readable contract. */
export const securityHeaders: RequestHandler = (req, res, next) => {
  const isDocs = req.path === '/docs' || req.path.startsWith('/docs/');
  (isDocs ? forDocs : forData)(req, res, next);
};
