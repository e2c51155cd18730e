import { gzipSync } from 'node:zlib';
import { type ErrorCode } from '../../../src/domain/errors';
import { type RawRequest } from '../support/raw-request';
import { bearer, type HostileContext, type HostileRequest, JSON_TYPE } from './request';

type Keys = HostileContext['keys'];

/** A request with a JSON body, under the key of a scope. */
function json(
  [method, path]: readonly [string, string | ((context: HostileContext) => string)],
  scope: keyof Keys,
  body: unknown,
) {
  return (context: HostileContext): RawRequest => ({
    method,
    path: typeof path === 'string' ? path : path(context),
    headers: { ...bearer(context.keys[scope]), ...JSON_TYPE },
    body: JSON.stringify(body),
  });
}

function invalid(name: string, build: HostileRequest['build'], ...paths: string[]): HostileRequest {
  return { name, build, status: 422, code: 'validation_failed', paths };
}
function refused(name: string, build: HostileRequest['build'], status: number, code: ErrorCode): HostileRequest {
  return { name, build, status, code };
}

const PRODUCTS = ['POST', '/v1/products'] as const;
const product = (id: string) => ['PUT', `/v1/products/${id}`] as const;

const products: HostileRequest[] = [
  invalid('a product id that would vanish from a path', json(PRODUCTS, 'catalog', { id: '..', title: 'X' }), 'id'),
  invalid('a product id of 134 characters', json(PRODUCTS, 'catalog', { id: 'p'.repeat(134), title: 'X' }), 'id'),
  invalid('a product without a title', json(PRODUCTS, 'catalog', {}), 'title'),
  invalid('a product on half a shelf', json(PRODUCTS, 'catalog', { title: 'X', onShelf: 'half' }), 'onShelf'),
  invalid('a product that brings its SKUs', json(PRODUCTS, 'catalog', { title: 'X', skuIds: ['a'] }), 'skuIds'),
  invalid('a change of half a product', json(product('prod_x'), 'catalog', { title: 'X' }), 'onShelf'),
  refused(
    'a product that nobody has',
    json(product('prod_x'), 'catalog', { title: 'X', onShelf: true }),
    404,
    'product_not_found',
  ),
  refused(
    'a product whose id is SQL',
    json(product('%27%3B--'), 'catalog', { title: 'X', onShelf: true }),
    404,
    'product_not_found',
  ),
  refused(
    'a product whose id holds NUL',
    json(product('p%00'), 'catalog', { title: 'X', onShelf: true }),
    404,
    'product_not_found',
  ),
  refused('a product with a shop’s key', json(PRODUCTS, 'orders', { title: 'X' }), 403, 'forbidden'),
  {
    name: 'a product deleted',
    build: ({ keys }) => ({ method: 'DELETE', path: '/v1/products/prod_x', headers: bearer(keys.catalog) }),
    status: 405,
    code: 'method_not_allowed',
  },
  invalid(
    'products by a shelf that is neither on nor off',
    ({ keys }) => {
      return { method: 'GET', path: '/v1/products?onShelf=1', headers: bearer(keys.read) };
    },
    'onShelf',
  ),
  invalid(
    'SKUs of a product with NUL in its id',
    ({ keys }) => {
      return { method: 'GET', path: '/v1/skus?productId=%00', headers: bearer(keys.read) };
    },
    'productId',
  ),
];

const line = (buyer: string, skuId?: string) =>
  ['PUT', (context: HostileContext) => `/v1/carts/${buyer}/lines/${skuId ?? context.skuId}`] as const;
const checkout = (buyer: string) => ['POST', `/v1/carts/${buyer}/checkout`] as const;
const reading = (buyer: string): HostileRequest['build'] => {
  return ({ keys }) => ({ method: 'GET', path: `/v1/carts/${buyer}`, headers: bearer(keys.orders) });
};

const carts: HostileRequest[] = [
  invalid('a cart line of minus one', json(line('b'), 'orders', { quantity: -1 }), 'quantity'),
  invalid('a cart line of 10001', json(line('b'), 'orders', { quantity: 10_001 }), 'quantity'),
  invalid('a cart line of a fraction', json(line('b'), 'orders', { quantity: 0.5 }), 'quantity'),
  invalid('a cart line of a string', json(line('b'), 'orders', { quantity: '1' }), 'quantity'),
  invalid('a cart line of nothing', json(line('b'), 'orders', {}), 'quantity'),
  invalid('a cart line with a price of its own', json(line('b'), 'orders', { quantity: 1, unitPrice: 0 }), 'unitPrice'),
  refused(
    'a cart line of a SKU that nobody has',
    json(line('b', 'sku_nothing'), 'orders', { quantity: 1 }),
    404,
    'sku_not_found',
  ),
  refused('a cart line of a SKU that is SQL', json(line('b', '%27%3B--'), 'orders', { quantity: 1 }), 404, 'not_found'),
  refused('a cart line of a SKU with NUL', json(line('b', 's%00'), 'orders', { quantity: 1 }), 404, 'not_found'),
  refused('a cart of a buyer with NUL', reading('b%00'), 404, 'not_found'),
  refused('a cart of a buyer of 129 characters', reading('b'.repeat(129)), 404, 'not_found'),
  refused('a cart of a buyer named __proto__', reading('__proto__'), 404, 'not_found'),
  refused('a cart line with a key that may only look', json(line('b'), 'read', { quantity: 1 }), 403, 'forbidden'),
  { name: 'a cart of a buyer named constructor', build: reading('constructor'), status: 200, code: null },
  refused('a checkout of an empty cart', json(checkout('b_nobody'), 'orders', {}), 409, 'cart_empty'),
  invalid('a checkout for another buyer', json(checkout('b'), 'orders', { buyerId: 'c' }), 'buyerId'),
  invalid('a checkout with lines of its own', json(checkout('b'), 'orders', { lines: [] }), 'lines'),
  invalid('a checkout at a price of the buyer’s own', json(checkout('b'), 'orders', { amount: 0 }), 'amount'),
  invalid('a checkout at a gateway that nobody knows', json(checkout('b'), 'orders', { payWith: 'cash' }), 'payWith'),
  invalid('a checkout that is a list', json(checkout('b'), 'orders', []), ''),
  refused(
    'a checkout with an empty key',
    (context) => {
      const { headers, ...request } = json(checkout('b'), 'orders', {})(context);
      return { ...request, headers: { ...headers, 'Idempotency-Key': '' } };
    },
    400,
    'invalid_idempotency_key',
  ),
];

interface ImportRow {
  readonly status: number;
  readonly code: ErrorCode;
  readonly query?: string;
  readonly headers?: Record<string, string>;
  readonly paths?: readonly string[];
}

/** An import under a key of its own, which is its name. */
function imported(
  name: string,
  text: string | Buffer,
  { query = '', headers = {}, ...row }: ImportRow,
): HostileRequest {
  const build = ({ keys, run }: HostileContext): RawRequest => ({
    method: 'POST',
    path: `/v1/stock-imports${query}`,
    headers: { ...bearer(keys.catalog), 'Content-Type': 'text/csv', 'Idempotency-Key': `${name} ${run}`, ...headers },
    body: text,
  });
  return { name, build, ...row };
}
const HEAD = 'skuId,delta,reason\n';
const MALFORMED = { status: 400, code: 'malformed_csv' } as const;
const REFUSED = { status: 422, code: 'stock_import_refused' } as const;
const UNSUPPORTED = { status: 415, code: 'unsupported_media_type' } as const;
const INVALID = { status: 422, code: 'validation_failed' } as const;

const imports: HostileRequest[] = [
  imported('an import of nothing', '', MALFORMED),
  imported('an import without a header', 'sku_tea,1,count', MALFORMED),
  imported('an import with an open quote', `${HEAD}"sku_tea,1,count`, MALFORMED),
  imported('an import in UTF-16', Buffer.from(HEAD, 'utf16le'), MALFORMED),
  imported('an import of columns that every object has', '__proto__,constructor,toString\n1,2,3', MALFORMED),
  imported('an import as JSON', '[]', { ...UNSUPPORTED, headers: JSON_TYPE }),
  imported('an import in Latin-1', HEAD, { ...UNSUPPORTED, headers: { 'Content-Type': 'text/csv; charset=latin1' } }),
  imported('an import that inflates to 2 MiB', gzipSync(Buffer.alloc(2 * 1024 * 1024, 0x0a)), {
    ...{ status: 413, code: 'body_too_large' },
    headers: { 'Content-Encoding': 'gzip' },
  }),
  imported('an import of one line that is a megabyte long', `${HEAD}${'x'.repeat(1_000_000)}`, REFUSED),
  imported('an import of NUL', `${HEAD}sku_\0,1,co\0unt`, { ...REFUSED, paths: ['lines.2'] }),
  imported('an import of a delta beyond 32 bits', `${HEAD}sku_tea,9999999999,count`, REFUSED),
  imported('an import that takes more than there is', `${HEAD}sku_tea,-1000000000,count`, REFUSED),
  imported('an import of a header alone', HEAD, { ...INVALID, paths: ['lines'] }),
  imported('an import of 5001 lines', HEAD + 'sku_tea,1,c\n'.repeat(5001), { ...INVALID, paths: ['lines'] }),
  imported('an import in a mode that nobody knows', HEAD, { ...INVALID, query: '?mode=some', paths: ['mode'] }),
  imported('an import in two modes', HEAD, { ...INVALID, query: '?mode=report&mode=report', paths: ['mode'] }),
  imported('an import with an empty key', `${HEAD}sku_tea,1,count`, {
    ...{ status: 400, code: 'invalid_idempotency_key' },
    headers: { 'Idempotency-Key': '' },
  }),
  {
    name: 'an import with the key of a shop',
    build: ({ keys }) => ({ method: 'POST', path: '/v1/stock-imports', headers: bearer(keys.orders), body: HEAD }),
    status: 403,
    code: 'forbidden',
  },
];

/** Products, carts and imports that cannot be. */
export const HOSTILE_SHOP: readonly HostileRequest[] = [...products, ...carts, ...imports];
