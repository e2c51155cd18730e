import { type UpstreamCall } from './upstream';

/** What a page sent, as far as it may reach the API. */
export interface PageCall {
  readonly buyerId: string;
  readonly params: Readonly<Record<string, string>>;
  readonly cursor: string | undefined;
  readonly body: Readonly<Record<string, unknown>>;
  readonly idempotencyKey: string | undefined;
}

export interface ShopCall {
  readonly method: 'get' | 'post' | 'put';
  /** Below `/shop/api`. */
  readonly path: string;
  /** It is about the order `:id`, which has to be the buyer's own. */
  readonly ofOrder?: true;
  readonly forward: (call: PageCall) => UpstreamCall;
}

/** As many as the API puts on one page. */
const MOST = '100';

const at = (id: string | undefined): string => encodeURIComponent(id ?? '');

function only(body: PageCall['body'], ...fields: readonly string[]): object {
  return Object.fromEntries(Object.entries(body).filter(([name]) => fields.includes(name)));
}

const CHECKOUT_FIELDS = ['payWith', 'promotionId', 'form', 'shippingAddress'] as const;

/** Everything that a page may ask for; the buyer in it is always the browser's own. */
export const SHOP_CALLS: readonly ShopCall[] = [
  {
    method: 'get',
    path: '/skus',
    forward: ({ cursor }) => ({ method: 'GET', path: '/v1/skus', query: { onShelf: 'true', limit: MOST, cursor } }),
  },
  {
    method: 'get',
    path: '/skus/:id',
    forward: ({ params }) => ({ method: 'GET', path: `/v1/skus/${at(params['id'])}` }),
  },
  {
    method: 'get',
    path: '/promotions',
    forward: ({ cursor }) => ({ method: 'GET', path: '/v1/promotions', query: { limit: MOST, cursor } }),
  },
  { method: 'get', path: '/cart', forward: ({ buyerId }) => ({ method: 'GET', path: `/v1/carts/${at(buyerId)}` }) },
  {
    method: 'put',
    path: '/cart/lines/:skuId',
    forward: ({ buyerId, params, body }) => ({
      method: 'PUT',
      path: `/v1/carts/${at(buyerId)}/lines/${at(params['skuId'])}`,
      body: only(body, 'quantity'),
    }),
  },
  {
    method: 'post',
    path: '/cart/checkout',
    forward: ({ buyerId, body, idempotencyKey }) => ({
      method: 'POST',
      path: `/v1/carts/${at(buyerId)}/checkout`,
      body: only(body, ...CHECKOUT_FIELDS),
      idempotencyKey,
    }),
  },
  {
    method: 'post',
    path: '/orders',
    forward: ({ buyerId, body, idempotencyKey }) => ({
      method: 'POST',
      path: '/v1/orders',
      body: { ...only(body, 'lines', ...CHECKOUT_FIELDS), buyerId },
      idempotencyKey,
    }),
  },
  {
    method: 'get',
    path: '/orders',
    forward: ({ buyerId, cursor }) => ({ method: 'GET', path: '/v1/orders', query: { buyerId, cursor } }),
  },
  {
    method: 'get',
    path: '/orders/:id',
    ofOrder: true,
    forward: ({ params }) => ({ method: 'GET', path: `/v1/orders/${at(params['id'])}` }),
  },
  {
    method: 'post',
    path: '/orders/:id/payments',
    ofOrder: true,
    forward: ({ params, body }) => ({
      method: 'POST',
      path: `/v1/orders/${at(params['id'])}/payments`,
      body: only(body, 'gateway'),
    }),
  },
  {
    method: 'post',
    path: '/orders/:id/cancel',
    ofOrder: true,
    forward: ({ params }) => ({ method: 'POST', path: `/v1/orders/${at(params['id'])}/cancel`, body: {} }),
  },
];
