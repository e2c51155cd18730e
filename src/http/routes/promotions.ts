import { HoldfastError } from '../../domain/errors';
import { type UnknownSkus } from '../../ports/promotion-store';
import { type AppDeps } from '../deps';
import { type Endpoint, endpoint } from '../endpoint';
import {
  listPromotionsQuerySchema,
  newPromotionSchema,
  promotionChangeSchema,
  promotionPageSchema,
  promotionSchema,
} from '../schemas/promotions';

const TAG = 'Promotions';
const WRITERS = ['catalog'] as const;
const READERS = ['catalog', 'orders', 'read', 'operate'] as const;

const NOT_CHANGEABLE = { id: 'cannot be changed', counts: 'cannot be changed' };

/** `/v1/promotions`. */
export function promotionRoutes(deps: AppDeps): Endpoint[] {
  return [create(deps), list(deps), read(deps), update(deps)];
}

function create({ promotions, newId }: AppDeps): Endpoint {
  return endpoint({
    method: 'post',
    path: '/v1/promotions',
    tag: TAG,
    summary: 'Create a promotion.',
    access: WRITERS,
    body: { schema: newPromotionSchema },
    errors: ['promotion_exists'],
    answers: {
      201: { description: 'Created.', schema: promotionSchema, headers: { Location: 'Where the promotion is.' } },
    },
    handle: async ({ body }) => {
      const id = body.id ?? newId('promotion');
      const promotion = await promotions.create({ ...body, ...utcWindow(body), id });
      if (promotion === 'exists') throw new HoldfastError('promotion_exists');
      if ('t' in promotion) throw noSuchSkus(body.skuIds, promotion);
      return { status: 201, body: promotion, headers: { Location: `/v1/promotions/${id}` } };
    },
  });
}

function list({ promotions }: AppDeps): Endpoint {
  return endpoint({
    method: 'get',
    path: '/v1/promotions',
    tag: TAG,
    summary: 'List promotions by id.',
    access: READERS,
    query: listPromotionsQuerySchema,
    errors: [],
    answers: { 200: { description: 'A page of promotions.', schema: promotionPageSchema } },
    handle: async ({ query: { cursor, limit } }) => {
      const page = await promotions.list({ cursor: cursor ?? null, limit });
      return { status: 200, body: page };
    },
  });
}

function read({ promotions }: AppDeps): Endpoint {
  return endpoint({
    method: 'get',
    path: '/v1/promotions/{id}',
    tag: TAG,
    summary: 'Read a promotion and what is held and used of it.',
    access: READERS,
    unknownId: 'promotion_not_found',
    errors: [],
    answers: { 200: { description: 'The promotion.', schema: promotionSchema } },
    handle: async ({ params: { id = '' } }) => {
      const promotion = await promotions.find(id);
      if (!promotion) throw new HoldfastError('promotion_not_found');
      return { status: 200, body: promotion };
    },
  });
}

function update({ promotions }: AppDeps): Endpoint {
  return endpoint({
    method: 'put',
    path: '/v1/promotions/{id}',
    tag: TAG,
    summary: 'Change a promotion. Orders that were placed keep the price they were placed at.',
    access: WRITERS,
    unknownId: 'promotion_not_found',
    body: { schema: promotionChangeSchema, notAccepted: NOT_CHANGEABLE },
    errors: [],
    answers: { 200: { description: 'The promotion as it is now.', schema: promotionSchema } },
    handle: async ({ params: { id = '' }, body }) => {
      const promotion = await promotions.update(id, { ...body, ...utcWindow(body) });
      if (!promotion) throw new HoldfastError('promotion_not_found');
      if ('t' in promotion) throw noSuchSkus(body.skuIds, promotion);
      return { status: 200, body: promotion };
    },
  });
}

/** Whatever offset the times came with, they are kept and shown in UTC. */
function utcWindow({ startsAt, endsAt }: { startsAt: string; endsAt: string }) {
  return { startsAt: new Date(startsAt).toISOString(), endsAt: new Date(endsAt).toISOString() };
}

/** A SKU that is not there is a slip of the pen: the promotion would silently never apply to it. */
function noSuchSkus(asked: readonly string[], { skuIds }: UnknownSkus): HoldfastError {
  const errors = skuIds.map((skuId) => ({ path: `skuIds.${asked.indexOf(skuId)}`, message: 'no SKU has this id' }));
  return new HoldfastError('validation_failed', undefined, { errors });
}
