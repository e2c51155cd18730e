import { type IncomingMessage, type ServerResponse } from 'node:http';
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

/** What helmet says to every answer that is data, asked once: names and values in turn, as `writeHead` takes them. */
export const DATA_HEADERS: readonly string[] = headersOf(forData);

function headersOf(middleware: typeof forData): string[] {
  const said: string[] = [];
  const answer = {
    setHeader: (name: string, value: string) => said.push(name, value),
    removeHeader: () => undefined,
  };
  middleware({} as IncomingMessage, answer as unknown as ServerResponse, (error?: unknown) => {
    if (error) throw new Error('helmet refused its settings', { cause: error });
  });
  return said;
}
