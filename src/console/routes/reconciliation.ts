import { HoldfastError } from '../../domain/errors';
import { type ReconcileCase, type ReconcileRun } from '../../ports/reconciliation';
import { type CaseView, type PageOf, type RunStarted, type RunView } from '../contract';
import { type ConsoleDeps } from '../deps';
import { type Route, route } from '../route';
import { caseNoteSchema, casesQuerySchema, emptySchema } from '../schemas';

/** More than a screen shows, at four an hour those of five hours. */
const RUNS_SHOWN = 20;

/** Cases of the reconciliation and its runs. */
export function reconciliationRoutes(deps: ConsoleDeps): Route[] {
  return [...caseRoutes(deps), settle(deps, 'resolve'), settle(deps, 'ignore'), ...runRoutes(deps)];
}

function caseRoutes({ cases }: ConsoleDeps): Route[] {
  return [
    route({
      method: 'get',
      path: '/reconciliation/cases',
      role: 'viewer',
      query: casesQuerySchema,
      handle: async ({ query: { state, class: ofClass, cursor = null, limit } }): Promise<PageOf<CaseView>> => {
        const { items, nextCursor } = await cases.list({ state, class: ofClass, cursor, limit });
        return { items: items.map(present), nextCursor };
      },
    }),
    route({
      method: 'get',
      path: '/reconciliation/cases/:id',
      role: 'viewer',
      handle: async ({ params: { id = '' } }): Promise<CaseView> => {
        const found = await cases.find(id);
        if (!found) throw new HoldfastError('reconcile_case_not_found');
        return present(found);
      },
    }),
  ];
}

function settle({ cases }: ConsoleDeps, verb: 'resolve' | 'ignore'): Route {
  return route({
    method: 'post',
    path: `/reconciliation/cases/:id/${verb}`,
    role: 'operator',
    body: caseNoteSchema,
    handle: async ({ actor: { id: actorId, name }, params: { id = '' }, body: { note } }): Promise<CaseView> => {
      const settled = await cases[verb]({ id, actor: { id: actorId, name }, note });
      if (settled) return present(settled);
      throw new HoldfastError((await cases.find(id)) ? 'reconcile_case_settled' : 'reconcile_case_not_found');
    },
  });
}

function runRoutes({ cases, reconciliation }: ConsoleDeps): Route[] {
  return [
    route({
      method: 'get',
      path: '/reconciliation/runs',
      role: 'viewer',
      handle: async (): Promise<{ items: RunView[] }> => ({ items: (await cases.runs(RUNS_SHOWN)).map(presentRun) }),
    }),
    route({
      method: 'post',
      path: '/reconciliation/runs',
      role: 'operator',
      body: emptySchema,
      handle: async ({ actor, log }): Promise<RunStarted> => {
        const { runId } = await reconciliation.runNow();
        log.info({ actor: actor.id, runId }, 'reconciliation asked for in the console');
        return { runId };
      },
    }),
  ];
}

function present(found: ReconcileCase): CaseView {
  const { kind, id } = found.subject;
  const told = found.found['orderId'];
  return { ...found, orderId: kind === 'order' ? id : typeof told === 'string' ? told : null };
}

function presentRun({ id, startedAt, endedAt, window, at, classes }: ReconcileRun): RunView {
  return { id, startedAt, endedAt, window, at, classes };
}
