import { type ErrorCode } from '../../../src/domain/errors';
import { bearer, type HostileRequest, JSON_TYPE } from './request';

function feed(name: string, query: string, path: string): HostileRequest {
  return {
    name: `the feed read ${name}`,
    build: ({ keys }) => ({ method: 'GET', path: `/v1/events?${query}`, headers: bearer(keys.read) }),
    ...{ status: 422, code: 'validation_failed', paths: [path] },
  };
}

function operated(
  name: string,
  path: string,
  body: unknown,
  status: number,
  code: ErrorCode,
  ...paths: string[]
): HostileRequest {
  return {
    name,
    build: ({ keys }) => ({
      ...{ method: 'POST', path, headers: { ...bearer(keys.operate), ...JSON_TYPE } },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    }),
    ...{ status, code, paths },
  };
}

const hook = (name: string, body: unknown, ...paths: string[]) =>
  operated(`a webhook endpoint with ${name}`, '/v1/webhook-endpoints', body, 422, 'validation_failed', ...paths);

/** The feed, webhook endpoints and consumers. */
export const HOSTILE_EVENTS: readonly HostileRequest[] = [
  feed('from minus one on', 'after=-1', 'after'),
  feed('from beyond 64 bits', 'after=99999999999999999999', 'after'),
  feed('from a fraction', 'after=1.5', 'after'),
  feed('from two places at once', 'after=1&after=2', 'after'),
  feed('in pages of nothing', 'limit=0', 'limit'),
  feed('in pages of 501', 'limit=501', 'limit'),
  feed('for a type that nobody tells', 'types=OrderEaten', 'types.0'),
  feed('for an inherited property', 'types=constructor', 'types.0'),
  feed('for no type', 'types=', 'types.0'),
  hook('a URL that is script', { url: 'javascript:alert(1)' }, 'url'),
  hook('a URL of a file', { url: 'file:///etc/passwd' }, 'url'),
  hook('a list for its URL', { url: ['https://shop.example/'] }, 'url'),
  hook('NUL in its URL', { url: 'https://shop.example/a\u0000b' }, 'url'),
  hook('an unpaired surrogate in its URL', { url: 'https://shop.example/a\ud800b' }, 'url'),
  hook('its own secret', { url: 'https://shop.example/', secret: 'mine' }, 'secret'),
  hook('its own state', { url: 'https://shop.example/', state: 'active' }, 'state'),
  operated('a broken webhook endpoint', '/v1/webhook-endpoints', '{"url"', 400, 'malformed_json'),
  operated(
    'a replay from nowhere',
    '/v1/webhook-endpoints/whe_none/replay',
    { after: null },
    422,
    'validation_failed',
    'after',
  ),
  operated(
    'a replay of nobody',
    '/v1/webhook-endpoints/whe_none/replay',
    { after: '0' },
    404,
    'webhook_endpoint_not_found',
  ),
  operated('a replay for __proto__', '/v1/event-consumers/__proto__/replay', {}, 404, 'event_consumer_not_found'),
];
