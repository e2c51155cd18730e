import { createHmac, hkdfSync } from 'node:crypto';
import { type RequestHandler } from 'express';
import { type Logger } from 'pino';
import { type Config, digestOf } from '../config';
import { type ApiKey } from '../domain/access';
import { storefront } from '../storefront';
import { upstream } from '../storefront/upstream';
import { bundledPage } from './web-root';

export interface Shop {
  /** The key that the shop calls the API with, where it is not one of `API_KEYS`. */
  readonly apiKeys: readonly ApiKey[];
  /** By the path that it is served under; empty where the shop is off. */
  readonly pages: Readonly<Record<string, RequestHandler>>;
}

/**
 * The demo shop of this process, calling the API of this process over HTTP.
 * @param apiUrl where that is; asked at each call, when the API listens
 */
export function openShop(
  { shop, dataKeys, publicUrl }: Pick<Config, 'shop' | 'dataKeys' | 'publicUrl'>,
  { apiUrl, now, log }: { readonly apiUrl: () => string; readonly now: () => number; readonly log: Logger },
): Shop {
  if (!shop) return { apiKeys: [], pages: {} };
  const apiKey = shop.apiKey ?? ownKey(dataKeys);
  const page = storefront({
    api: upstream({ baseUrl: apiUrl, apiKey }),
    session: { passwords: passwordsOf(dataKeys), secure: publicUrl.startsWith('https:') },
    pageDir: bundledPage('shop'),
    now,
    logger: log,
  });
  const added = shop.apiKey === null ? [{ digest: digestOf(apiKey), scopes: ['orders', 'read'] as const }] : [];
  return { apiKeys: added, pages: { '/shop': page } };
}

/** Outside production: the same at every start, because repeats of a placing are recognised by their client's key. */
function ownKey([first]: Config['dataKeys']): string {
  if (!first) throw new Error('the shop needs a master key of personal data to derive its own key from');
  return `shop_${createHmac('sha256', first.key).update('holdfast shop api key').digest('base64url')}`;
}

/** Of the master keys, which every API process has and which outlive a start; the first seals, as it does elsewhere. */
function passwordsOf(dataKeys: Config['dataKeys']): Record<string, string> {
  const derived = dataKeys.map(({ key }) => Buffer.from(hkdfSync('sha256', key, '', 'holdfast shop session', 32)));
  return Object.fromEntries(derived.map((password, index) => [derived.length - index, password.toString('hex')]));
}
