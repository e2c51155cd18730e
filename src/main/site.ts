import { type RequestListener } from 'node:http';
import express, { type RequestHandler } from 'express';

/**
 * What this process serves: pages under their paths (`/console`), the API for everything else. The API is called as it is, not
 * mounted: Express would route within it past its short way.
 */
export function site(
  api: RequestListener,
  pages: Readonly<Record<string, RequestHandler>>,
  { trustedProxies }: { readonly trustedProxies: number },
): RequestListener {
  const all = express();
  all.disable('x-powered-by');
  // Pages limit tries by address: with so many proxies in front, it is the one that the outermost of them saw.
  all.set('trust proxy', trustedProxies);
  for (const [path, page] of Object.entries(pages)) all.use(path, page);
  const under = Object.keys(pages);
  return (req, res) => {
    const [path = ''] = (req.url ?? '').split('?', 1);
    const isPage = under.some((prefix) => path === prefix || path.startsWith(`${prefix}/`));
    if (isPage) all(req, res);
    else api(req, res);
  };
}
