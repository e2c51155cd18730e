import { HoldfastError } from '../../src/domain/errors';
import { type OperatorActionRecord } from '../../src/ports/operator-actions';
import { type PerformRequest } from '../../src/ports/operator-desk';
import { deskOf, outageDeskOf } from './support/fake-desk';
import { stored } from './support/fakes';
import { harness, PLACE } from './support/harness';

const ACTION_ID = 'act_01J00000000000000000000000';

function recordOf(change: Partial<OperatorActionRecord>): OperatorActionRecord {
  return {
    id: ACTION_ID,
    orderId: 'ord_0001',
    action: { kind: 'cancel' },
    reason: 'the buyer called',
    requestedBy: { id: 'key_1', name: 'API key 1', roles: ['viewer', 'operator', 'approver'] },
    requestedAt: '2026-01-01T00:00:00.000Z',
    state: 'done',
    approvedBy: null,
    decidedAt: null,
    approveBy: null,
    result: { code: 'done', message: 'done' },
    ...change,
  };
}

describe('operator actions over HTTP', () => {
  const BODY = { action: { kind: 'cancel' }, reason: 'the buyer called' };

  /** The API over a desk that answers so, with an order; what the desk was asked is told. */
  async function withDesk(answer: Partial<OperatorActionRecord>) {
    const asked: PerformRequest[] = [];
    const desk = deskOf({
      perform: (request) => {
        asked.push(request);
        return Promise.resolve(recordOf(answer));
      },
      approve: () => Promise.reject(new HoldfastError('second_person_needed')),
    });
    const built = await harness({ desk });
    const placed = await built.as('orders').post('/v1/orders').send(PLACE);
    const path = `/v1/orders/${(placed.body as { id: string }).id}/actions`;
    return { ...built, asked, path };
  }

  it.each([
    ['done', { state: 'done' }, 200],
    ['waiting for a second person', { state: 'awaiting_approval', result: null }, 202],
    ['not done yet', { state: 'executing', result: null }, 202],
  ] as const)('%s', async (_what, answer, status) => {
    const { as, asked, path } = await withDesk(answer);
    const response = await as('operate').post(path).set('Idempotency-Key', 'k').send(BODY);
    expect({ status: response.status, body: response.body as unknown }).toEqual({ status, body: recordOf(answer) });
    expect(asked).toMatchObject([{ ...BODY, idempotencyKey: 'k', actor: { id: expect.stringMatching(/^key_/) } }]);
  });

  it('refused by the order → a problem with the order’s own code', async () => {
    const { as, path } = await withDesk({ state: 'refused', result: { code: 'order_closing', message: 'too late' } });
    const response = await as('operate').post(path).set('Idempotency-Key', 'k').send(BODY);
    expect(response.status).toBe(409);
    expect(response.body).toMatchObject({ code: 'order_closing', detail: 'too late' });
  });

  it.each([
    ['no key', {}, BODY, 400, 'idempotency_key_required'],
    ['no reason', { 'Idempotency-Key': 'k' }, { action: { kind: 'cancel' } }, 422, 'validation_failed'],
    ['a blank reason', { 'Idempotency-Key': 'k' }, { ...BODY, reason: '    ' }, 422, 'validation_failed'],
    ['no such action', { 'Idempotency-Key': 'k' }, { ...BODY, action: { kind: 'burn' } }, 422, 'validation_failed'],
  ] as const)('%s → %#', async (_what, headers, body, status, code) => {
    const { as, asked, path } = await withDesk({});
    const response = await as('operate').post(path).set(headers).send(body);
    expect(response.status).toBe(status);
    expect(response.body).toMatchObject({ code });
    expect(asked).toEqual([]);
  });

  it('keys without the scope may look or not even that', async () => {
    const { as, path } = await withDesk({});
    expect((await as('orders').post(path).set('Idempotency-Key', 'k').send(BODY)).status).toBe(403);
    expect((await as('read').post(`/v1/operator-actions/${ACTION_ID}/approval`)).status).toBe(403);
    expect((await as('read').get('/v1/operator-actions')).status).toBe(200);
    const own = await as('operate').post(`/v1/operator-actions/${ACTION_ID}/approval`);
    expect(own.body).toMatchObject({ code: 'second_person_needed' });
  });

  it('a key that only operates is held to the two-person limit at the refunds, however small each is; a shop’s is not', async () => {
    const built = await harness({ twoPersonAboveMinor: 100 });
    built.orders.orders.set('ord_1', stored({ status: 'paid' }));
    const ask = async (scope: 'operate' | 'orders', amount: number, key = `${scope}-${amount}`) => {
      const request = built.as(scope).post('/v1/orders/ord_1/refunds').set('Idempotency-Key', key);
      const { status, body } = await request.send({ reason: 'scratch', amount });
      return status === 201 ? 'refunded' : (body as { code: string }).code;
    };
    expect(await ask('operate', 100)).toBe('second_person_needed');
    expect(await ask('operate', 60)).toBe('refunded');
    expect(await ask('operate', 40)).toBe('second_person_needed');
    expect(await ask('operate', 39)).toBe('refunded');
    expect(await ask('operate', 1)).toBe('second_person_needed');
    expect(await ask('operate', 60)).toBe('refunded');
    expect(await ask('orders', 100)).toBe('refunded');
    expect([...built.refunds.refunds.values()].map(({ amount }) => amount.minor)).toEqual([60, 39, 100]);
  });

  it('an outage nobody knows', async () => {
    const { as } = await harness({ outageDesk: outageDeskOf({}) });
    for (const path of ['', '/results']) {
      const response = await as('read').get(`/v1/outages/out_nowhere${path}`);
      expect(response.body).toMatchObject({ code: 'outage_not_found' });
    }
    expect((await as('operate').post('/v1/outages/out_nowhere/stop')).body).toMatchObject({ code: 'outage_not_found' });
  });
});
