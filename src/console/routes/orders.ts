import { type Actor } from '../../domain/access';
import { HoldfastError } from '../../domain/errors';
import { type Money } from '../../domain/money';
import { type ActionView, type OrderPage, type OrderRow, type PageOf } from '../contract';
import { type ConsoleDeps } from '../deps';
import { presentAction } from '../present/action';
import { presentOrder } from '../present/order-page';
import { type Route, route } from '../route';
import { actionsQuerySchema, actSchema, declineSchema, emptySchema, ordersQuerySchema } from '../schemas';

/** Orders, and what operators do to them. */
export function orderRoutes(deps: ConsoleDeps): Route[] {
  return [search(deps), read(deps), act(deps), actions(deps), approve(deps), decline(deps)];
}

function search({ reads, now }: ConsoleDeps): Route {
  return route({
    method: 'get',
    path: '/orders',
    role: 'viewer',
    query: ordersQuerySchema,
    handle: ({ query }): Promise<PageOf<OrderRow>> => {
      const { q = null, status = null, gateway = null, manual = null, olderThanSeconds, cursor = null, limit } = query;
      const placedBefore = olderThanSeconds === undefined ? null : now() - olderThanSeconds * 1000;
      return reads.orders({ q, status, gateway, manual, placedBefore, cursor, limit });
    },
  });
}

function read(deps: ConsoleDeps): Route {
  return route({
    method: 'get',
    path: '/orders/:id',
    role: 'viewer',
    handle: ({ params: { id = '' }, actor }) => orderPage(deps, id, actor),
  });
}

async function orderPage(deps: ConsoleDeps, id: string, actor: Actor): Promise<OrderPage> {
  const { orders, reads, desk, process, settings, now } = deps;
  const order = await orders.find(id);
  if (!order) throw new HoldfastError('order_not_found');
  const [inside, timeline, done, said] = await Promise.all([
    reads.order(id),
    orders.timeline(id),
    desk.ofOrder(id),
    process.read(id),
  ]);
  if (!inside) throw new HoldfastError('order_not_found');
  const takers = takersOf(deps, order.amount);
  return presentOrder(
    { order, inside, timeline, actions: done, process: said },
    { actor, now: now(), settings, takers },
  );
}

function takersOf({ gateways }: ConsoleDeps, amount: Money) {
  return [...gateways].filter(([, gateway]) => gateway.refusal(amount) === null).map(([name]) => name);
}

function act({ desk }: ConsoleDeps): Route {
  return route({
    method: 'post',
    path: '/orders/:id/actions',
    role: 'operator',
    idempotencyKey: 'required',
    body: actSchema,
    handle: async ({ actor, params: { id = '' }, body, idempotencyKey }): Promise<ActionView> =>
      presentAction(await desk.perform({ actor, orderId: id, ...body, idempotencyKey }), actor),
  });
}

function actions({ desk }: ConsoleDeps): Route {
  return route({
    method: 'get',
    path: '/actions',
    role: 'viewer',
    query: actionsQuerySchema,
    handle: async ({ actor, query: { state, cursor = null, limit } }): Promise<PageOf<ActionView>> => {
      const { items, nextCursor } = await desk.list({ ...(state && { state }), cursor, limit });
      return { items: items.map((each) => presentAction(each, actor)), nextCursor };
    },
  });
}

function approve({ desk }: ConsoleDeps): Route {
  return route({
    method: 'post',
    path: '/actions/:id/approval',
    role: 'approver',
    body: emptySchema,
    handle: async ({ actor, params: { id = '' } }): Promise<ActionView> =>
      presentAction(await desk.approve({ actor, actionId: id }), actor),
  });
}

/** Who asked for an action may take it back without being an approver: the desk knows who that is. */
function decline({ desk }: ConsoleDeps): Route {
  return route({
    method: 'post',
    path: '/actions/:id/decline',
    role: 'viewer',
    body: declineSchema,
    handle: async ({ actor, params: { id = '' }, body: { reason } }): Promise<ActionView> =>
      presentAction(await desk.decline({ actor, actionId: id, reason }), actor),
  });
}
