import { HoldfastError } from '../../domain/errors';
import { type AppDeps } from '../deps';
import { type Endpoint, endpoint } from '../endpoint';
import { presentProduct } from '../present/product';
import {
  listProductsQuerySchema,
  newProductSchema,
  productChangeSchema,
  productPageSchema,
  productSchema,
} from '../schemas/products';
import { productIdSchema } from '../schemas/skus';

const TAG = 'Catalogue';
const READERS = ['read', 'orders', 'catalog'] as const;
const WRITERS = ['catalog'] as const;

/** What PUT does not take. */
const NOT_CHANGEABLE = {
  id: 'the id is in the address and never changes',
  createdAt: 'never changes',
  skuIds: 'a SKU names its product, through PUT /v1/skus/{id}',
};

/** `/v1/products` and below. */
export function productRoutes(deps: AppDeps): Endpoint[] {
  return [create(deps), list(deps), read(deps), update(deps)];
}

function create({ products, newId }: AppDeps): Endpoint {
  return endpoint({
    method: 'post',
    path: '/v1/products',
    tag: TAG,
    summary: 'Create a product; its SKUs name it.',
    access: WRITERS,
    body: { schema: newProductSchema },
    errors: ['product_exists'],
    answers: {
      201: { description: 'Created.', schema: productSchema, headers: { Location: 'Where the product is.' } },
    },
    handle: async ({ body: { title, onShelf, ...given } }) => {
      const product = await products.create({ id: given.id ?? newId('product'), title, onShelf });
      if (product === 'exists') throw new HoldfastError('product_exists');
      return { status: 201, body: presentProduct(product), headers: { Location: `/v1/products/${product.id}` } };
    },
  });
}

function list({ products }: AppDeps): Endpoint {
  return endpoint({
    method: 'get',
    path: '/v1/products',
    tag: TAG,
    summary: 'List products by id.',
    access: READERS,
    query: listProductsQuerySchema,
    errors: [],
    answers: { 200: { description: 'A page of products.', schema: productPageSchema } },
    handle: async ({ query: { onShelf, cursor, limit } }) => {
      const page = await products.list({ ...(onShelf !== undefined && { onShelf }), cursor: cursor ?? null, limit });
      return { status: 200, body: { items: page.items.map(presentProduct), nextCursor: page.nextCursor } };
    },
  });
}

function read({ products }: AppDeps): Endpoint {
  return endpoint({
    method: 'get',
    path: '/v1/products/{id}',
    tag: TAG,
    summary: 'Read a product and the ids of its SKUs.',
    access: READERS,
    unknownId: 'product_not_found',
    idSchema: productIdSchema,
    errors: [],
    answers: { 200: { description: 'The product.', schema: productSchema } },
    handle: async ({ params: { id = '' } }) => {
      const product = await products.find(id);
      if (!product) throw new HoldfastError('product_not_found');
      return { status: 200, body: presentProduct(product) };
    },
  });
}

function update({ products }: AppDeps): Endpoint {
  return endpoint({
    method: 'put',
    path: '/v1/products/{id}',
    tag: TAG,
    summary: 'Change a product. Off the shelf, none of its SKUs can be ordered; orders that were placed go on.',
    access: WRITERS,
    unknownId: 'product_not_found',
    idSchema: productIdSchema,
    body: { schema: productChangeSchema, notAccepted: NOT_CHANGEABLE },
    errors: [],
    answers: { 200: { description: 'The product as it is now.', schema: productSchema } },
    handle: async ({ params: { id = '' }, body }) => {
      const product = await products.update(id, body);
      if (!product) throw new HoldfastError('product_not_found');
      return { status: 200, body: presentProduct(product) };
    },
  });
}
