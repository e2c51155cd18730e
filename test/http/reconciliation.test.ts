import { harness } from './support/harness';
import { CASE, FakeCases, RUN } from './support/reconciliation';

const CASES = '/v1/reconciliation/cases';

describe('cases of the reconciliation', () => {
  it('are listed by state and class', async () => {
    const cases = new FakeCases();
    const { as } = await harness({ cases });
    const answer = await as('read').get(`${CASES}?state=open&class=counters&limit=5`);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ items: [CASE], nextCursor: null });
    expect(cases.asked).toEqual([{ state: 'open', class: 'counters', cursor: null, limit: 5 }]);
  });

  it.each(['state=closed', 'class=weather', 'since=today'])('refuses %s', async (query) => {
    const { as } = await harness();
    expect((await as('read').get(`${CASES}?${query}`)).body).toMatchObject({ code: 'validation_failed' });
  });

  it('are read one by one', async () => {
    const { as } = await harness();
    expect((await as('operate').get(`${CASES}/${CASE.id}`)).body).toEqual(CASE);
    expect((await as('read').get(`${CASES}/case_other`)).body).toMatchObject({ code: 'reconcile_case_not_found' });
  });

  it.each([
    ['resolve', 'resolved'],
    ['ignore', 'ignored'],
  ])('%s: settled once, with a note and by whom', async (verb, state) => {
    const { as } = await harness();
    const path = `${CASES}/${CASE.id}/${verb}`;
    const answer = await as('operate').post(path).send({ note: 'counted the shelf' });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ state, note: 'counted the shelf' });
    expect((answer.body as { resolvedBy: string }).resolvedBy).toMatch(/^key_[0-9a-f]{12}$/);
    const again = await as('operate').post(path).send({ note: 'once more' });
    expect(again.body).toMatchObject({ status: 409, code: 'reconcile_case_settled' });
    const other = await as('operate').post(`${CASES}/case_other/${verb}`).send({ note: 'which' });
    expect(other.body).toMatchObject({ code: 'reconcile_case_not_found' });
  });

  it('need a note, and a key that operates', async () => {
    const { as } = await harness();
    expect((await as('operate').post(`${CASES}/${CASE.id}/resolve`).send({})).status).toBe(422);
    expect((await as('read').post(`${CASES}/${CASE.id}/resolve`).send({ note: 'x' })).status).toBe(403);
  });
});

describe('runs of the reconciliation', () => {
  it('are listed and read', async () => {
    const { as } = await harness();
    expect((await as('read').get('/v1/reconciliation/runs')).body).toEqual({ items: [RUN] });
    expect((await as('read').get(`/v1/reconciliation/runs/${RUN.id}`)).body).toEqual(RUN);
    expect((await as('read').get('/v1/reconciliation/runs/rec_other')).body).toMatchObject({
      code: 'reconcile_run_not_found',
    });
  });

  it('are started by whoever operates', async () => {
    const { as } = await harness();
    const answer = await as('operate').post('/v1/reconciliation/runs');
    expect(answer.status).toBe(202);
    expect(answer.body).toEqual({ runId: RUN.id });
    expect(answer.headers['location']).toBe(`/v1/reconciliation/runs/${RUN.id}`);
    expect((await as('read').post('/v1/reconciliation/runs')).status).toBe(403);
  });
});
