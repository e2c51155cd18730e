import { HoldfastError } from '../../domain/errors';
import { type CaseDecision, type ReconcileCase } from '../../ports/reconciliation';
import { type AppDeps } from '../deps';
import { type Endpoint, endpoint } from '../endpoint';
import {
  caseNoteSchema,
  caseQuerySchema,
  caseSchema,
  casesSchema,
  runSchema,
  runsSchema,
  runStartedSchema,
} from '../schemas/reconciliation';

const TAG = 'Reconciliation';
const CASES = '/v1/reconciliation/cases';
const RUNS = '/v1/reconciliation/runs';
const WRITERS = ['operate'] as const;
const READERS = ['operate', 'read'] as const;
/** As many as a screen shows: a quarter of a day's. */
const LATEST_RUNS = 24;

/** What does not agree, and what was done about it. */
export function reconciliationRoutes(deps: AppDeps): Endpoint[] {
  return [list(deps), read(deps), settle(deps, 'resolve'), settle(deps, 'ignore'), runs(deps), run(deps), runNow(deps)];
}

function list({ cases }: AppDeps): Endpoint {
  return endpoint({
    method: 'get',
    path: CASES,
    tag: TAG,
    summary: 'List cases of the reconciliation, latest first.',
    access: READERS,
    query: caseQuerySchema,
    errors: [],
    answers: { 200: { description: 'A page of cases.', schema: casesSchema } },
    handle: async ({ query: { cursor = null, ...query } }) => ({
      status: 200,
      body: await cases.list({ ...query, cursor }),
    }),
  });
}

function read({ cases }: AppDeps): Endpoint {
  return endpoint({
    method: 'get',
    path: `${CASES}/{id}`,
    tag: TAG,
    summary: 'Read a case: what was found, what it means, what to do.',
    access: READERS,
    unknownId: 'reconcile_case_not_found',
    errors: [],
    answers: { 200: { description: 'The case.', schema: caseSchema } },
    handle: async ({ params: { id = '' } }) => ({ status: 200, body: found(await cases.find(id)) }),
  });
}

const SAYS = {
  resolve: 'Say that a case is dealt with, and how.',
  ignore: 'Say that it is meant to be so; it is never opened again.',
} as const;

function settle({ cases }: AppDeps, verb: keyof typeof SAYS): Endpoint {
  return endpoint({
    method: 'post',
    path: `${CASES}/{id}/${verb}`,
    tag: TAG,
    summary: SAYS[verb],
    access: WRITERS,
    unknownId: 'reconcile_case_not_found',
    body: { schema: caseNoteSchema },
    errors: ['reconcile_case_settled'],
    answers: { 200: { description: 'The case, as it stands now.', schema: caseSchema } },
    handle: async ({ params: { id = '' }, body: { note }, client }) => {
      const name = `key_${client.digest.slice(0, 12)}`;
      const decision: CaseDecision = { id, actor: { id: name, name }, note };
      const settled = await cases[verb](decision);
      if (settled) return { status: 200, body: settled };
      found(await cases.find(id));
      throw new HoldfastError('reconcile_case_settled');
    },
  });
}

function found(each: ReconcileCase | null): ReconcileCase {
  if (!each) throw new HoldfastError('reconcile_case_not_found');
  return each;
}

function runs({ cases }: AppDeps): Endpoint {
  return endpoint({
    method: 'get',
    path: RUNS,
    tag: TAG,
    summary: `List the latest ${LATEST_RUNS} runs, with what each compared, mended and opened.`,
    access: READERS,
    errors: [],
    answers: { 200: { description: 'The runs, latest first.', schema: runsSchema } },
    handle: async () => ({ status: 200, body: { items: await cases.runs(LATEST_RUNS) } }),
  });
}

function run({ cases }: AppDeps): Endpoint {
  return endpoint({
    method: 'get',
    path: `${RUNS}/{id}`,
    tag: TAG,
    summary: 'Read a run.',
    access: READERS,
    unknownId: 'reconcile_run_not_found',
    errors: [],
    answers: { 200: { description: 'The run.', schema: runSchema } },
    handle: async ({ params: { id = '' } }) => {
      const one = await cases.findRun(id);
      if (!one) throw new HoldfastError('reconcile_run_not_found');
      return { status: 200, body: one };
    },
  });
}

function runNow({ reconciliation }: AppDeps): Endpoint {
  return endpoint({
    method: 'post',
    path: RUNS,
    tag: TAG,
    summary: 'Start a run now; while one is under way, that one is answered.',
    access: WRITERS,
    errors: ['not_ready', 'too_busy'],
    answers: {
      202: {
        description: 'Under way.',
        schema: runStartedSchema,
        headers: { Location: 'Where the run can be read.' },
      },
    },
    handle: async () => {
      const started = await reconciliation.runNow();
      return { status: 202, body: started, headers: { Location: `${RUNS}/${started.runId}` } };
    },
  });
}
