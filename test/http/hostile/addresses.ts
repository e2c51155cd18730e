import { bearer, type HostileRequest, reading } from './request';

const paths: HostileRequest[] = [
  reading('an id that is SQL', "/v1/orders/'%20OR%201=1--", 404, 'order_not_found'),
  reading('an id with NUL', '/v1/orders/ord_%00', 404, 'order_not_found'),
  reading('an id with an encoded slash', '/v1/orders/..%2f..%2fetc%2fpasswd', 404, 'order_not_found'),
  reading('an id that is a dot segment', '/v1/orders/%2e%2e', 404, 'order_not_found'),
  reading('an id of 2000 characters', `/v1/orders/${'o'.repeat(2000)}`, 404, 'order_not_found'),
  reading('an id named __proto__', '/v1/orders/__proto__', 404, 'order_not_found'),
  reading('percent-encoding that means nothing', '/v1/orders/%E0%A4%A', 404, 'not_found'),
  reading('percent-encoding that is no UTF-8', '/v1/orders/%ff', 404, 'not_found'),
  reading('dot segments in the path', '/v1/../v1/orders', 404, 'not_found'),
  reading('a doubled slash', '/v1//orders', 404, 'not_found'),
  reading('a trailing slash', '/v1/orders/', 404, 'not_found'),
  reading('another case', '/V1/orders', 404, 'not_found'),
  reading('an address that nobody has', '/v1/admin', 404, 'not_found'),
  reading('a timeline of nothing', '/v1/orders/ord_nothing/timeline', 404, 'order_not_found'),
  reading('a SKU whose id is SQL', '/v1/skus/%27%3B--', 404, 'sku_not_found'),
  reading('swagger’s own files', '/docs/..%2fpackage.json', 404, 'not_found'),
  {
    name: 'another method',
    build: () => ({ method: 'DELETE', path: '/v1/orders' }),
    status: 405,
    code: 'method_not_allowed',
  },
  { name: 'TRACE', build: () => ({ method: 'TRACE', path: '/v1/orders' }), status: 405, code: 'method_not_allowed' },
  {
    name: 'PATCH on an order',
    build: () => ({ method: 'PATCH', path: '/v1/orders/ord_1', body: '{}' }),
    status: 405,
    code: 'method_not_allowed',
  },
  {
    name: 'a method smuggled in a header',
    build: ({ keys: { orders } }) => ({
      method: 'GET',
      path: '/v1/orders',
      headers: { ...bearer(orders), 'X-HTTP-Method-Override': 'DELETE' },
    }),
    status: 200,
    code: null,
  },
];

const queries: HostileRequest[] = [
  reading('limit is zero', '/v1/orders?limit=0', 422, 'validation_failed'),
  reading('limit is 101', '/v1/orders?limit=101', 422, 'validation_failed'),
  reading('limit is negative', '/v1/orders?limit=-1', 422, 'validation_failed'),
  reading('limit is no number', '/v1/orders?limit=1e2', 422, 'validation_failed'),
  reading('limit is empty', '/v1/orders?limit=', 422, 'validation_failed'),
  reading('limit given twice', '/v1/orders?limit=1&limit=2', 422, 'validation_failed'),
  reading('a status that nobody knows', '/v1/orders?status=lost', 422, 'validation_failed'),
  reading('a parameter that nobody knows', '/v1/orders?where=1', 422, 'validation_failed'),
  reading('a parameter named __proto__', '/v1/orders?__proto__=1', 422, 'validation_failed'),
  reading('a nested parameter', '/v1/orders?buyerId[$ne]=1', 422, 'validation_failed'),
  reading('NUL in a parameter', '/v1/orders?buyerId=%00', 422, 'validation_failed'),
  reading('a parameter that is no UTF-8', '/v1/orders?buyerId=%ff', 422, 'validation_failed'),
  reading('a cursor that is no cursor', '/v1/orders?cursor=%27--', 422, 'validation_failed'),
];

const headers: HostileRequest[] = [
  reading('a query of 7000 characters', `/v1/orders?buyerId=${'b'.repeat(7000)}`, 422, 'validation_failed'),
  {
    name: 'a request id that would break a log line',
    build: ({ keys: { orders } }) => ({
      method: 'GET',
      path: '/v1/orders',
      headers: { ...bearer(orders), 'X-Request-Id': '"}\t{"level":60' },
    }),
    status: 200,
    code: null,
  },
  {
    name: 'two request ids',
    build: ({ keys: { orders } }) => ({
      method: 'GET',
      path: '/v1/orders',
      headers: { ...bearer(orders), 'X-Request-Id': ['a', 'b'] },
    }),
    status: 200,
    code: null,
  },
  {
    name: 'another host',
    build: ({ keys: { orders } }) => ({
      method: 'GET',
      path: '/v1/orders',
      headers: { ...bearer(orders), Host: 'evil.example', 'X-Forwarded-Host': 'evil.example' },
    }),
    status: 200,
    code: null,
  },
];

/** Tricks with paths, queries and headers. */
export const HOSTILE_ADDRESSES: readonly HostileRequest[] = [...paths, ...queries, ...headers];
