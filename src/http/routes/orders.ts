import { type ErrorCode, HoldfastError, PLACING_REFUSALS } from '../../domain/errors';
import { type CancelReason } from '../../ports/order-process';
import { type ApiKey } from '../../domain/access';
import { cancelOrder } from '../cancel-order';
import { type AppDeps } from '../deps';
import { type Answer, type Endpoint, endpoint } from '../endpoint';
import { placingKey, REPLAYED, replayedHeader } from '../idempotency';
import { type Placed, placeOrder } from '../place-order';
import { presentOrder } from '../present/order';
import { switchRoute } from './payments';
import { refundRoute } from './refunds';
import {
  cancelBodySchema,
  listOrdersQuerySchema,
  orderDetailSchema,
  orderPageSchema,
  orderSchema,
  placeBodySchema,
  timelineSchema,
} from '../schemas/orders';

const TAG = 'Orders';
const READERS = ['orders', 'read', 'operate'] as const;

/** `/v1/orders` and below. */
export function orderRoutes(deps: AppDeps): Endpoint[] {
  return [place(deps), list(deps), read(deps), timeline(deps), cancel(deps), switchRoute(deps), refundRoute(deps)];
}

/** What placing may be refused with, wherever the lines come from. */
export const PLACE_ERRORS = [
  ...PLACING_REFUSALS,
  'gateway_not_available',
  'out_of_stock',
  'sold_out',
  'too_busy',
] as const satisfies readonly ErrorCode[];

export const PLACED_ANSWERS = {
  201: {
    description: 'Placed and held. `payment.status` is `creating` when the gateway has not answered yet.',
    schema: orderSchema,
    headers: { Location: 'Where the order is.', ...REPLAYED },
  },
};

function place(deps: AppDeps): Endpoint {
  return endpoint({
    method: 'post',
    path: '/v1/orders',
    tag: TAG,
    summary: 'Place an order: its stock is held, or it does not exist.',
    access: ['orders'],
    idempotencyKey: 'optional',
    body: { schema: placeBodySchema(deps.paymentWindow) },
    errors: PLACE_ERRORS,
    answers: PLACED_ANSWERS,
    handle: async (call) => {
      const { body, log } = call;
      const key = placingKey(call, 'POST /v1/orders', body, deps.personalDigests);
      return placedAnswer(await placeOrder(deps, body, key, log));
    },
  });
}

export function placedAnswer({ order, replayed }: Placed): Answer {
  const headers = { Location: `/v1/orders/${order.id}`, ...replayedHeader(replayed) };
  return { status: 201, body: presentOrder(order), headers };
}

function list({ orders }: AppDeps): Endpoint {
  return endpoint({
    method: 'get',
    path: '/v1/orders',
    tag: TAG,
    summary: 'List orders, newest first.',
    access: READERS,
    query: listOrdersQuerySchema,
    errors: [],
    answers: { 200: { description: 'A page of orders.', schema: orderPageSchema } },
    handle: async ({ query: { buyerId, status, cursor, limit } }) => {
      const page = await orders.list({
        ...(buyerId !== undefined && { buyerId }),
        ...(status !== undefined && { status }),
        cursor: cursor ?? null,
        limit,
      });
      return { status: 200, body: { items: page.items.map(presentOrder), nextCursor: page.nextCursor } };
    },
  });
}

function read({ orders, buyerData }: AppDeps): Endpoint {
  return endpoint({
    method: 'get',
    path: '/v1/orders/{id}',
    tag: TAG,
    summary: 'Read an order; with the scope `orders` also what the buyer filled in.',
    access: READERS,
    unknownId: 'order_not_found',
    errors: [],
    answers: { 200: { description: 'The order.', schema: orderDetailSchema } },
    handle: async ({ params: { id = '' }, client }) => {
      const order = await orders.find(id);
      if (!order) throw new HoldfastError('order_not_found');
      const { state: personalData, ...shown } = await buyerData.read(id, client.scopes.includes('orders'));
      return { status: 200, body: { ...presentOrder(order), ...shown, personalData } };
    },
  });
}

function timeline({ orders }: AppDeps): Endpoint {
  return endpoint({
    method: 'get',
    path: '/v1/orders/{id}/timeline',
    tag: TAG,
    summary: 'Every fact of an order in order.',
    access: READERS,
    unknownId: 'order_not_found',
    errors: [],
    answers: {
      200: { description: 'State changes, ledger rows, gateway answers and actions.', schema: timelineSchema },
    },
    handle: async ({ params: { id = '' } }) => {
      const facts = await orders.timeline(id);
      if (facts.length === 0 && !(await orders.find(id))) throw new HoldfastError('order_not_found');
      return { status: 200, body: { items: facts.map(({ at, kind, what, data }) => ({ at, kind, what, data })) } };
    },
  });
}

function cancel(deps: AppDeps): Endpoint {
  return endpoint({
    method: 'post',
    path: '/v1/orders/{id}/cancel',
    tag: TAG,
    summary: 'Cancel an order that is not paid; answers when the gateway has been asked.',
    access: ['orders', 'operate'],
    unknownId: 'order_not_found',
    body: { schema: cancelBodySchema, optional: true },
    errors: ['already_paid', 'not_cancellable', 'process_ended', 'not_ready'],
    answers: {
      200: { description: 'Cancelled; the stock is back on sale.', schema: orderSchema },
      202: {
        description: 'Closing: the gateway’s answer is not known yet, the stock is still held.',
        schema: orderSchema,
      },
    },
    handle: async ({ params: { id = '' }, body, client }) => {
      const { order, settled } = await cancelOrder(deps, id, closeReasonOf(client), body.reason ?? null);
      return { status: settled ? 200 : 202, body: presentOrder(order) };
    },
  });
}

/** A shop's key speaks for the buyer; a key that only operates speaks for the operator. */
function closeReasonOf({ scopes }: ApiKey): CancelReason {
  return scopes.includes('orders') ? 'buyer_cancelled' : 'operator_cancelled';
}
