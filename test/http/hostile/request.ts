import { type ErrorCode } from '../../../src/domain/errors';
import { type RawRequest } from '../support/raw-request';

/** What the table needs to know of the server that it is run against. */
export interface HostileContext {
  /** API keys with exactly this scope. */
  readonly keys: Readonly<Record<'orders' | 'catalog' | 'read' | 'operate', string>>;
  /** A SKU that is on sale with at least 10 in stock and fewer than 5000. */
  readonly skuId: string;
  /** Different in every run, so that idempotency keys of one run are unknown to the next. */
  readonly run: string;
}

export interface HostileRequest {
  readonly name: string;
  readonly build: (context: HostileContext) => RawRequest;
  readonly status: number;
  /** Null where the request is odd but harmless and succeeds. */
  readonly code: ErrorCode | null;
  /** Sent first; must succeed. */
  readonly before?: (context: HostileContext) => RawRequest;
  /** Paths that `errors` must name. */
  readonly paths?: readonly string[];
}

/** The header of a key. */
export const bearer = (key: string) => ({ Authorization: `Bearer ${key}` });
export const JSON_TYPE = { 'Content-Type': 'application/json' };

/** A placing whose body is the right one but for `change`. */
export function placing(
  { keys, skuId }: HostileContext,
  change: object,
  headers: RawRequest['headers'] = {},
): RawRequest {
  const body = { buyerId: 'buyer_1', lines: [{ skuId, quantity: 1 }], ...change };
  return {
    method: 'POST',
    path: '/v1/orders',
    headers: { ...bearer(keys.orders), ...JSON_TYPE, ...headers },
    body: JSON.stringify(body),
  };
}

/** A placing with the body as it stands. */
export function placingText(
  { keys }: HostileContext,
  body: string | Buffer,
  headers: RawRequest['headers'] = {},
): RawRequest {
  return { method: 'POST', path: '/v1/orders', headers: { ...bearer(keys.orders), ...JSON_TYPE, ...headers }, body };
}

/** A placing that is refused for what `change` does, at `paths`. */
export function invalid(
  name: string,
  change: object | ((context: HostileContext) => object),
  ...paths: string[]
): HostileRequest {
  const build = (context: HostileContext) => placing(context, typeof change === 'function' ? change(context) : change);
  return { name, build, status: 422, code: 'validation_failed', paths };
}

/** A placing whose body is refused as a whole. */
export function broken(
  name: string,
  text: string | Buffer,
  status = 400,
  code: ErrorCode = 'malformed_json',
): HostileRequest {
  return { name, build: (context) => placingText(context, text), status, code };
}

/** A GET with a shop’s key. */
export function reading(name: string, path: string, status: number, code: ErrorCode | null): HostileRequest {
  return { name, build: ({ keys }) => ({ method: 'GET', path, headers: bearer(keys.orders) }), status, code };
}

/** A change of the line. */
export const lines =
  (line: object) =>
  ({ skuId }: HostileContext) => ({ lines: [{ skuId, quantity: 1, ...line }] });
