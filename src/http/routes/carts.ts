import { viewCart } from '../../domain/cart';
import { HoldfastError } from '../../domain/errors';
import { checkOut } from '../checkout';
import { type AppDeps } from '../deps';
import { type Answer, type Endpoint, endpoint } from '../endpoint';
import { placingKey } from '../idempotency';
import { cartLineChangeSchema, cartSchema, checkoutBodySchema } from '../schemas/carts';
import { PLACE_ERRORS, PLACED_ANSWERS, placedAnswer } from './orders';

const TAG = 'Carts';
const PATH = '/v1/carts/{buyerId}';
const THE_CART = { 200: { description: 'The cart as it is now, at today’s prices and stock.', schema: cartSchema } };

/** `/v1/carts/{buyerId}` and below. */
export function cartRoutes(deps: AppDeps): Endpoint[] {
  return [read(deps), setLine(deps), clear(deps), checkout(deps)];
}

async function cartOf({ carts }: AppDeps, buyerId: string): Promise<Answer> {
  return { status: 200, body: viewCart(buyerId, await carts.read(buyerId)) };
}

function read(deps: AppDeps): Endpoint {
  return endpoint({
    method: 'get',
    path: PATH,
    tag: TAG,
    summary: 'Read a cart, with price and availability as they are now.',
    access: ['orders', 'read'],
    unknownId: 'not_found',
    errors: [],
    answers: THE_CART,
    handle: ({ params: { buyerId = '' } }) => cartOf(deps, buyerId),
  });
}

function setLine(deps: AppDeps): Endpoint {
  return endpoint({
    method: 'put',
    path: `${PATH}/lines/{skuId}`,
    tag: TAG,
    summary: 'Say how many of a SKU the cart holds.',
    access: ['orders'],
    unknownId: 'not_found',
    body: { schema: cartLineChangeSchema },
    errors: ['sku_not_found', 'cart_full'],
    answers: THE_CART,
    handle: async ({ params: { buyerId = '', skuId = '' }, body: { quantity } }) => {
      const outcome = await deps.carts.setLine(buyerId, skuId, quantity);
      if (outcome === 'noSku') throw new HoldfastError('sku_not_found');
      if (outcome === 'full') throw new HoldfastError('cart_full');
      return cartOf(deps, buyerId);
    },
  });
}

function clear(deps: AppDeps): Endpoint {
  return endpoint({
    method: 'delete',
    path: PATH,
    tag: TAG,
    summary: 'Take everything out of a cart.',
    access: ['orders'],
    unknownId: 'not_found',
    errors: [],
    answers: THE_CART,
    handle: async ({ params: { buyerId = '' } }) => {
      await deps.carts.clear(buyerId);
      return cartOf(deps, buyerId);
    },
  });
}

/** Fields of a placing that a checkout takes from elsewhere. */
const FROM_THE_CART = { buyerId: 'is in the address', lines: 'are those of the cart' };

function checkout(deps: AppDeps): Endpoint {
  return endpoint({
    method: 'post',
    path: `${PATH}/checkout`,
    tag: TAG,
    summary: 'Place an order of what is in the cart; exactly that leaves the cart as the order comes into being.',
    access: ['orders'],
    unknownId: 'not_found',
    idempotencyKey: 'optional',
    body: { schema: checkoutBodySchema(deps.paymentWindow), optional: true, notAccepted: FROM_THE_CART },
    errors: [...PLACE_ERRORS, 'cart_empty', 'cart_changed'],
    answers: PLACED_ANSWERS,
    handle: async (call) => {
      const { buyerId = '' } = call.params;
      const { body, log } = call;
      const key = placingKey(call, `POST /v1/carts/${buyerId}/checkout`, body, deps.personalDigests);
      return placedAnswer(await checkOut(deps, buyerId, body, key, log));
    },
  });
}
