import { HoldfastError } from '../../domain/errors';
import { type Outage } from '../../ports/outages';
import { type OutageResultView, type OutageView, type PageOf } from '../contract';
import { type ConsoleDeps } from '../deps';
import { type Route, route } from '../route';
import { emptySchema, outageSchema, pageQuerySchema } from '../schemas';

/** Outage mode: every deadline at a gateway, extended. */
export function outageRoutes({ outages }: ConsoleDeps): Route[] {
  return [...readRoutes(outages), ...runRoutes(outages)];
}

function readRoutes(outages: ConsoleDeps['outages']): Route[] {
  return [
    route({
      method: 'get',
      path: '/outages',
      role: 'viewer',
      query: pageQuerySchema,
      handle: async ({ query: { cursor = null, limit } }): Promise<PageOf<OutageView>> => {
        const { items, nextCursor } = await outages.list({ cursor, limit });
        return { items: items.map(present), nextCursor };
      },
    }),
    route({
      method: 'get',
      path: '/outages/:id',
      role: 'viewer',
      handle: async ({ params: { id = '' } }): Promise<OutageView> => present(found(await outages.find(id))),
    }),
    route({
      method: 'get',
      path: '/outages/:id/results',
      role: 'viewer',
      query: pageQuerySchema,
      handle: async ({ params: { id = '' }, query: { cursor = null, limit } }): Promise<PageOf<OutageResultView>> => {
        found(await outages.find(id));
        return outages.results(id, { cursor, limit });
      },
    }),
  ];
}

function runRoutes(outages: ConsoleDeps['outages']): Route[] {
  return [
    route({
      method: 'post',
      path: '/outages',
      role: 'operator',
      idempotencyKey: 'required',
      body: outageSchema,
      handle: async ({ actor, body, idempotencyKey, log }): Promise<OutageView> => {
        const outage = await outages.start({ actor, ...body, idempotencyKey });
        log.info({ actor: actor.id, outageId: outage.id }, 'outage mode started in the console');
        return present(outage);
      },
    }),
    route({
      method: 'post',
      path: '/outages/:id/stop',
      role: 'operator',
      body: emptySchema,
      handle: async ({ actor, params: { id = '' }, log }): Promise<OutageView> => {
        const outage = found(await outages.stop(id));
        log.info({ actor: actor.id, outageId: id }, 'outage mode stopped in the console');
        return present(outage);
      },
    }),
  ];
}

function found(outage: Outage | null): Outage {
  if (!outage) throw new HoldfastError('outage_not_found');
  return outage;
}

function present({ startedBy: { id, name }, ...outage }: Outage): OutageView {
  return { ...outage, startedBy: { id, name } };
}
