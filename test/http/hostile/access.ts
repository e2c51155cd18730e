import { type ErrorCode } from '../../../src/domain/errors';
import { type RawRequest } from '../support/raw-request';
import { bearer, type HostileContext, type HostileRequest, JSON_TYPE, placing } from './request';

function placedBy(name: string, authorization: string | readonly string[] | null, status: 401 | 403): HostileRequest {
  const build = (context: HostileContext): RawRequest => {
    const { Authorization: _own, ...headers } = placing(context, {}).headers as Record<string, string>;
    return {
      ...placing(context, {}),
      headers: { ...headers, ...(authorization !== null && { Authorization: authorization }) },
    };
  };
  return { name, build, status, code: status === 401 ? 'unauthenticated' : 'forbidden' };
}

function scoped(
  name: string,
  scope: keyof HostileContext['keys'],
  build: (context: HostileContext) => RawRequest,
): HostileRequest {
  return {
    name,
    build: (context) => ({ ...build(context), headers: { ...JSON_TYPE, ...bearer(context.keys[scope]) } }),
    status: 403,
    code: 'forbidden',
  };
}

const access: HostileRequest[] = [
  placedBy('no key', null, 401),
  placedBy('an empty key', 'Bearer ', 401),
  placedBy('a key that nobody has', 'Bearer nobody', 401),
  placedBy('another scheme', 'Basic a2V5OmtleQ==', 401),
  placedBy('a key of 4000 characters', `Bearer ${'k'.repeat(4000)}`, 401),
  placedBy('two keys in one header', 'Bearer a, Bearer b', 401),
  scoped('placing with a key that only reads', 'read', (context) => placing(context, {})),
  scoped('placing with the catalogue’s key', 'catalog', (context) => placing(context, {})),
  scoped('cancelling with a key that only reads', 'read', () => ({ method: 'POST', path: '/v1/orders/ord_1/cancel' })),
  scoped('creating a SKU with a shop’s key', 'orders', () => ({ method: 'POST', path: '/v1/skus', body: '{}' })),
  scoped('reading orders with the catalogue’s key', 'catalog', () => ({ method: 'GET', path: '/v1/orders' })),
  scoped('adjusting stock as an operator', 'operate', ({ skuId }) => ({
    method: 'POST',
    path: `/v1/skus/${skuId}/stock`,
    body: '{}',
  })),
  {
    name: 'the body is not read before the key is known',
    build: () => ({ method: 'POST', path: '/v1/orders', headers: JSON_TYPE, body: '{broken' }),
    status: 401,
    code: 'unauthenticated',
  },
];

function keyed(name: string, key: string | readonly string[], status: number, code: ErrorCode | null): HostileRequest {
  return { name, build: (context) => placing(context, {}, { 'Idempotency-Key': key }), status, code };
}

const keys: HostileRequest[] = [
  keyed('an empty idempotency key', '', 400, 'invalid_idempotency_key'),
  keyed('an idempotency key of 256 characters', 'k'.repeat(256), 400, 'invalid_idempotency_key'),
  keyed('an idempotency key in Latin-1', 'cl\u00e9', 400, 'invalid_idempotency_key'),
  keyed('a tab in an idempotency key', 'a\tb', 400, 'invalid_idempotency_key'),
  keyed('two idempotency keys', ['a', 'b'], 400, 'invalid_idempotency_key'),
  {
    name: 'an idempotency key replayed with another body',
    before: (context) => placing(context, {}, { 'Idempotency-Key': `reused-${context.run}` }),
    build: (context) => placing(context, { note: 'another' }, { 'Idempotency-Key': `reused-${context.run}` }),
    status: 422,
    code: 'idempotency_key_reused',
  },
  {
    name: 'an idempotency key replayed with the same body',
    before: (context) => placing(context, {}, { 'Idempotency-Key': `same-${context.run}` }),
    build: (context) => placing(context, {}, { 'Idempotency-Key': `same-${context.run}` }),
    status: 201,
    code: null,
  },
];

/** Wrong keys, wrong scopes, wrong idempotency keys. */
export const HOSTILE_ACCESS: readonly HostileRequest[] = [...access, ...keys];
