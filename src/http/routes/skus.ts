import { HoldfastError } from '../../domain/errors';
import { type AppDeps } from '../deps';
import { type Endpoint, endpoint } from '../endpoint';
import { idempotencyOf } from '../idempotency';
import { presentSku } from '../present/sku';
import { adjusted } from '../stock-outcomes';
import {
  listSkusQuerySchema,
  newSkuSchema,
  skuChangeSchema,
  skuPageSchema,
  skuSchema,
  stockAdjustmentSchema,
} from '../schemas/skus';

const TAG = 'Catalogue';
const READERS = ['read', 'orders', 'catalog'] as const;
const WRITERS = ['catalog'] as const;

const STOCK_ELSEWHERE = 'stock changes through POST /v1/skus/{id}/stock only';
/** What a SKU is read with, but PUT does not take. */
const NOT_CHANGEABLE = {
  id: 'the id is in the address and never changes',
  onSale: 'follows from onShelf, here and of the product',
  stock: STOCK_ELSEWHERE,
  initialStock: STOCK_ELSEWHERE,
  unlimited: 'is fixed when the SKU is created',
};

/** `/v1/skus` and below. */
export function skuRoutes(deps: AppDeps): Endpoint[] {
  return [create(deps), list(deps), read(deps), update(deps), adjustStock(deps)];
}

function create({ catalogue, newId }: AppDeps): Endpoint {
  return endpoint({
    method: 'post',
    path: '/v1/skus',
    tag: TAG,
    summary: 'Create a SKU with its first stock.',
    access: WRITERS,
    body: { schema: newSkuSchema },
    errors: ['sku_exists'],
    answers: { 201: { description: 'Created.', schema: skuSchema, headers: { Location: 'Where the SKU is.' } } },
    handle: async ({ body }) => {
      const id = body.id ?? newId('sku');
      const sku = await catalogue.create({ ...body, id, productId: body.productId ?? ownProduct(id) });
      if (sku === 'exists') throw new HoldfastError('sku_exists');
      return { status: 201, body: presentSku(sku), headers: { Location: `/v1/skus/${sku.id}` } };
    },
  });
}

/** `sku_tea` → `prod_tea`: the product of a SKU that was given none. */
function ownProduct(skuId: string): string {
  return `prod_${skuId.replace(/^sku_(?=.)/, '')}`;
}

function list({ catalogue }: AppDeps): Endpoint {
  return endpoint({
    method: 'get',
    path: '/v1/skus',
    tag: TAG,
    summary: 'List SKUs by id.',
    access: READERS,
    query: listSkusQuerySchema,
    errors: [],
    answers: { 200: { description: 'A page of SKUs.', schema: skuPageSchema } },
    handle: async ({ query: { productId, onShelf, cursor, limit } }) => {
      const page = await catalogue.list({
        ...(productId !== undefined && { productId }),
        ...(onShelf !== undefined && { onShelf }),
        cursor: cursor ?? null,
        limit,
      });
      return { status: 200, body: { items: page.items.map(presentSku), nextCursor: page.nextCursor } };
    },
  });
}

function read({ catalogue }: AppDeps): Endpoint {
  return endpoint({
    method: 'get',
    path: '/v1/skus/{id}',
    tag: TAG,
    summary: 'Read a SKU and its counters.',
    access: READERS,
    unknownId: 'sku_not_found',
    errors: [],
    answers: { 200: { description: 'The SKU.', schema: skuSchema } },
    handle: async ({ params: { id = '' } }) => {
      const sku = await catalogue.find(id);
      if (!sku) throw new HoldfastError('sku_not_found');
      return { status: 200, body: presentSku(sku) };
    },
  });
}

function update({ catalogue }: AppDeps): Endpoint {
  return endpoint({
    method: 'put',
    path: '/v1/skus/{id}',
    tag: TAG,
    summary: 'Change a SKU. Orders that were placed keep the price they were placed at.',
    access: WRITERS,
    unknownId: 'sku_not_found',
    body: { schema: skuChangeSchema, notAccepted: NOT_CHANGEABLE },
    errors: [],
    answers: { 200: { description: 'The SKU as it is now.', schema: skuSchema } },
    handle: async ({ params: { id = '' }, body }) => {
      const sku = await catalogue.update(id, body);
      if (!sku) throw new HoldfastError('sku_not_found');
      return { status: 200, body: presentSku(sku) };
    },
  });
}

function adjustStock({ catalogue, newId }: AppDeps): Endpoint {
  return endpoint({
    method: 'post',
    path: '/v1/skus/{id}/stock',
    tag: TAG,
    summary: 'Add or take away stock, through the ledger.',
    access: WRITERS,
    unknownId: 'sku_not_found',
    idempotencyKey: 'optional',
    body: { schema: stockAdjustmentSchema },
    errors: ['insufficient_stock', 'stock_limit_exceeded'],
    answers: {
      200: { description: 'The SKU as it was right after; a repeat of the key answers the same.', schema: skuSchema },
    },
    handle: async (call) => {
      const { id = '' } = call.params;
      const { delta, reason } = call.body;
      const key = idempotencyOf(call, `POST /v1/skus/${id}/stock`, call.body);
      const sku = adjusted(
        await catalogue.adjustStock({ reference: newId('adjustment'), skuId: id, delta, reason }, key),
      );
      return { status: 200, body: presentSku(sku) };
    },
  });
}
