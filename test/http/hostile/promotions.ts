import { type ErrorCode } from '../../../src/domain/errors';
import { bearer, type HostileContext, type HostileRequest, invalid, JSON_TYPE, placing } from './request';

/** A promotion whose body is the right one but for `change`. */
function promotion(
  name: string,
  change: object | ((context: HostileContext) => object),
  status: number,
  code: ErrorCode | null,
  ...paths: string[]
): HostileRequest {
  const build = (context: HostileContext) => ({
    method: 'POST',
    path: '/v1/promotions',
    headers: { ...bearer(context.keys.catalog), ...JSON_TYPE },
    body: JSON.stringify({
      id: `promo_${context.run}_${name.replace(/\W/g, '_')}`,
      name: 'June',
      startsAt: '2026-06-01T00:00:00Z',
      endsAt: '2026-06-02T00:00:00Z',
      discountBasisPoints: 2000,
      ...(typeof change === 'function' ? change(context) : change),
    }),
  });
  return { name: `a promotion with ${name}`, build, status, code, paths };
}

const refused = (name: string, change: object | ((context: HostileContext) => object), ...paths: string[]) =>
  promotion(name, change, 422, 'validation_failed', ...paths);

export const HOSTILE_PROMOTIONS: readonly HostileRequest[] = [
  refused('the year nought', { startsAt: '0000-01-01T00:00:00Z' }, 'startsAt'),
  refused('a year before our own by its offset', { startsAt: '0000-01-01T00:00:00+14:00' }, 'startsAt'),
  refused('the year 10000 by its offset', { endsAt: '9999-12-31T23:59:59-14:00' }, 'endsAt'),
  refused('a 30th of February', { endsAt: '2026-02-30T00:00:00Z' }, 'endsAt'),
  refused('a time in words', { endsAt: 'tomorrow' }, 'endsAt'),
  refused('a discount as text', { discountBasisPoints: '2000' }, 'discountBasisPoints'),
  refused('a discount in scientific notation beyond all', { discountBasisPoints: 1e300 }, 'discountBasisPoints'),
  refused('a limit beyond what is counted', { perBuyerLimit: 2 ** 31 }, 'perBuyerLimit'),
  refused('a quota of minus one', { totalQuota: -1 }, 'totalQuota'),
  refused('a NUL in its name', { name: 'Ju\u0000ne' }, 'name'),
  refused('an id of spaces', { id: '   ' }, 'id'),
  refused('more SKUs than one may name', { skuIds: Array.from({ length: 1_001 }, (_, i) => `sku_${i}`) }, 'skuIds'),
  refused('a SKU that is SQL', { skuIds: ["'; DROP TABLE promotions; --"] }, 'skuIds.0'),
  refused('an object for its stores', { storeIds: { length: 1 } }, 'storeIds'),
  promotion('everything given away', { discountBasisPoints: 10_000 }, 201, null),
  invalid('a promotion of another shape', { promotionId: ['promo_1'] }, 'promotionId'),
  {
    name: 'a promotion that is not there',
    build: (context) => placing(context, { promotionId: 'promo_none' }),
    status: 404,
    code: 'promotion_not_found',
  },
  {
    name: 'the prototype as a promotion',
    build: (context) => placing(context, { promotionId: 'constructor' }),
    status: 404,
    code: 'promotion_not_found',
  },
];
