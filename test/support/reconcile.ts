import { type FindingCode } from '../../src/domain/reconcile';
import { type ReconcileCase, type ReconcileRun } from '../../src/ports/reconciliation';
import { until } from './until';
import { type World } from './world';

/** Starts a run over HTTP and waits for its end. */
export async function reconcile({ api }: World): Promise<ReconcileRun> {
  const { status, body } = await api.call<{ runId: string }>('POST', '/v1/reconciliation/runs');
  if (status !== 202) throw new Error(`no run was started: ${status} ${JSON.stringify(body)}`);
  return until(`the run ${body.runId} ends`, async () => {
    const run = await api.call<ReconcileRun>('GET', `/v1/reconciliation/runs/${body.runId}`);
    return run.body.endedAt !== null && run.body;
  });
}

/** What a run came to, without the classes that it found nothing in. */
export function outcomeOf({ classes }: ReconcileRun): Record<string, { mended: number; opened: number }> {
  const busy = classes.filter(({ mended, opened, failed }) => mended + opened > 0 || failed);
  return Object.fromEntries(busy.map(({ class: of, mended, opened }) => [of, { mended, opened }]));
}

/** Cases of that code, whatever their state, latest first. */
export async function casesOf({ api }: World, code: FindingCode): Promise<ReconcileCase[]> {
  const { body } = await api.call<{ items: ReconcileCase[] }>('GET', '/v1/reconciliation/cases?limit=100');
  return body.items.filter((each) => each.code === code);
}

/** The one case of that code about that subject. */
export async function caseOf(world: World, code: FindingCode, subjectId: string): Promise<ReconcileCase> {
  const cases = (await casesOf(world, code)).filter(({ subject }) => subject.id === subjectId);
  expect(cases.map(({ code: found }) => found)).toEqual([code]);
  return cases[0] as ReconcileCase;
}
