import { gzipSync } from 'node:zlib';
import { type ErrorCode } from '../../../src/domain/errors';
import { type RawRequest } from '../support/raw-request';
import { bearer, type HostileContext, type HostileRequest, JSON_TYPE, lines, placing } from './request';

function catalogued(
  name: string,
  method: 'POST' | 'PUT',
  path: (skuId: string) => string,
  body: object,
  status: number,
  code: ErrorCode,
  ...paths: string[]
): HostileRequest {
  const build = ({ keys, skuId }: HostileContext): RawRequest => ({
    method,
    path: path(skuId),
    headers: { ...bearer(keys.catalog), ...JSON_TYPE },
    body: JSON.stringify(body),
  });
  return { name, build, status, code, paths };
}

const sku = (change: object) => ({ title: 'Tea', price: { minor: 1, currency: 'CNY' }, ...change });
const all = () => '/v1/skus';
const one = (skuId: string) => `/v1/skus/${skuId}`;
const stock = (skuId: string) => `/v1/skus/${skuId}/stock`;
const whole = (change: object) => sku({ productId: 'prod_tea', onShelf: true, ...change });

const catalogue: HostileRequest[] = [
  catalogued(
    'a negative price',
    'POST',
    all,
    sku({ price: { minor: -1, currency: 'CNY' } }),
    422,
    'validation_failed',
    'price.minor',
  ),
  catalogued(
    'a price in fractions',
    'POST',
    all,
    sku({ price: { minor: 0.1, currency: 'CNY' } }),
    422,
    'validation_failed',
    'price.minor',
  ),
  catalogued(
    'a price beyond what can be charged',
    'POST',
    all,
    sku({ price: { minor: 1e12, currency: 'CNY' } }),
    422,
    'validation_failed',
    'price.minor',
  ),
  catalogued(
    'a currency in lower case',
    'POST',
    all,
    sku({ price: { minor: 1, currency: 'cny' } }),
    422,
    'validation_failed',
    'price.currency',
  ),
  catalogued('a SKU id that would vanish from a path', 'POST', all, sku({ id: '..' }), 422, 'validation_failed', 'id'),
  catalogued(
    'stock beyond 32 bits',
    'POST',
    all,
    sku({ initialStock: 2 ** 31 }),
    422,
    'validation_failed',
    'initialStock',
  ),
  catalogued('a blank title', 'POST', all, sku({ title: '  ' }), 422, 'validation_failed', 'title'),
  catalogued('half a change', 'PUT', one, { title: 'Tea' }, 422, 'validation_failed', 'productId', 'price', 'onShelf'),
  catalogued('stock in a change', 'PUT', one, whole({ stock: { available: 9 } }), 422, 'validation_failed', 'stock'),
  catalogued('a change of nothing', 'PUT', () => '/v1/skus/sku_nothing', whole({}), 404, 'sku_not_found'),
  catalogued('a delta of zero', 'POST', stock, { delta: 0, reason: 'count' }, 422, 'validation_failed', 'delta'),
  catalogued(
    'a delta beyond 32 bits',
    'POST',
    stock,
    { delta: 2 ** 31, reason: 'count' },
    422,
    'validation_failed',
    'delta',
  ),
  catalogued('a delta without a reason', 'POST', stock, { delta: 1 }, 422, 'validation_failed', 'reason'),
  catalogued(
    'more taken than there is',
    'POST',
    stock,
    { delta: -1_000_000_000, reason: 'count' },
    409,
    'insufficient_stock',
  ),
];

const selling: HostileRequest[] = [
  {
    name: 'a SKU that nobody has',
    build: (context) => placing(context, lines({ skuId: 'sku_nothing' })(context)),
    status: 404,
    code: 'sku_not_found',
    paths: ['lines.0.skuId'],
  },
  {
    name: 'more than there is',
    build: (context) => placing(context, lines({ quantity: 10_000 })(context)),
    status: 409,
    code: 'out_of_stock',
  },
  {
    name: 'cancelling what is not there',
    build: ({ keys: { orders } }) => ({
      method: 'POST',
      path: '/v1/orders/ord_nothing/cancel',
      headers: bearer(orders),
    }),
    status: 404,
    code: 'order_not_found',
  },
  {
    name: 'a reason for cancelling that is null altogether',
    build: ({ keys: { orders } }) => ({
      method: 'POST',
      path: '/v1/orders/ord_nothing/cancel',
      headers: { ...bearer(orders), ...JSON_TYPE },
      body: 'null',
    }),
    status: 422,
    code: 'validation_failed',
  },
  {
    name: 'a reason of 201 characters',
    build: ({ keys: { orders } }) => ({
      method: 'POST',
      path: '/v1/orders/ord_nothing/cancel',
      headers: { ...bearer(orders), ...JSON_TYPE },
      body: JSON.stringify({ reason: 'r'.repeat(201) }),
    }),
    status: 422,
    code: 'validation_failed',
    paths: ['reason'],
  },
];

const webhook = (
  name: string,
  path: string,
  body: string | Buffer,
  status: number,
  code: ErrorCode | null,
  headers = {},
): HostileRequest => ({
  name,
  build: () => ({ method: 'POST', path, headers, body }),
  status,
  code,
});

const webhooks: HostileRequest[] = [
  webhook('a notification of a gateway that nobody knows', '/v1/webhooks/cash', '{}', 404, 'gateway_unknown'),
  webhook('a notification named __proto__', '/v1/webhooks/__proto__', '{}', 404, 'gateway_unknown'),
  webhook('a notification of 70 KB', '/v1/webhooks/wechat', Buffer.alloc(70_000, 0x20), 413, 'body_too_large'),
  webhook('a compressed notification', '/v1/webhooks/wechat', gzipSync('{}'), 415, 'unsupported_media_type', {
    'Content-Encoding': 'gzip',
  }),
];

/** Catalogue, orders and notifications that cannot be. */
export const HOSTILE_COMMERCE: readonly HostileRequest[] = [...catalogue, ...selling, ...webhooks];
