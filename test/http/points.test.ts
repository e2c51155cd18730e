import { adjustedPointsSchema, pointsAccountSchema } from '../../src/http/schemas/points';
import { type AdjustedPoints } from '../../src/ports/points-store';
import { harness as build } from './support/harness';
import { FakePoints } from './support/points';

const PATH = '/v1/buyers/buyer_1/points';
const harness = () => build({ points: new FakePoints() });

describe('GET /v1/buyers/{id}/points', () => {
  it.each(['read', 'orders', 'operate'] as const)('may be read with the scope %s', async (scope) => {
    const { as } = await harness();
    const answer = await as(scope).get(PATH);
    expect([answer.status, answer.body]).toEqual([
      200,
      { buyerId: 'buyer_1', balance: 0, held: 0, ledger: [], nextCursor: null },
    ]);
  });

  it('tells the balance and its ledger, newest first and by pages', async () => {
    const { as } = await harness();
    for (const delta of [100, -30, 5]) await as('operate').post(PATH).send({ delta, reason: 'gift' });
    const first = pointsAccountSchema.parse((await as('read').get(`${PATH}?limit=2`)).body);
    expect(first.balance).toBe(75);
    expect(first.ledger.map(({ delta, balance }) => [delta, balance])).toEqual([
      [5, 75],
      [-30, 70],
    ]);
    const second = pointsAccountSchema.parse((await as('read').get(`${PATH}?limit=2&cursor=${first.nextCursor}`)).body);
    expect(second.ledger.map(({ delta }) => delta)).toEqual([100]);
    expect(second.nextCursor).toBeNull();
  });

  it('has nothing at the address of what cannot be a buyer', async () => {
    const { as } = await harness();
    expect((await as('read').get('/v1/buyers/%20/points')).body).toMatchObject({ status: 404, code: 'not_found' });
  });

  it('is not for a key of the catalogue', async () => {
    const { as } = await harness();
    expect((await as('catalog').get(PATH)).body.code).toBe('forbidden');
  });
});

describe('POST /v1/buyers/{id}/points', () => {
  it('gives and takes, once per key', async () => {
    const { as } = await harness();
    const adjust = (delta: number, key: string) =>
      as('operate').post(PATH).set('Idempotency-Key', key).send({ delta, reason: 'gift' });
    const given = await adjust(100, 'a');
    expect(adjustedPointsSchema.parse(given.body)).toMatchObject({
      balance: 100,
      entry: { kind: 'adjust', delta: 100, balance: 100, merchantNo: null, reason: 'gift' },
    });
    expect((await adjust(-40, 'b')).body.balance).toBe(60);
    expect((await adjust(100, 'a')).body).toEqual(given.body);
    expect((await as('read').get(PATH)).body.balance).toBe(60);
    expect((await adjust(99, 'a')).body.code).toBe('idempotency_key_reused');
  });

  it('takes a key for another buyer for another request', async () => {
    const { as } = await harness();
    const adjust = (buyerId: string) =>
      as('operate').post(`/v1/buyers/${buyerId}/points`).set('Idempotency-Key', 'k').send({ delta: 1, reason: 'gift' });
    expect((await adjust('buyer_1')).status).toBe(200);
    expect((await adjust('buyer_2')).body.code).toBe('idempotency_key_reused');
  });

  it.each([
    ['insufficient', 409, 'insufficient_points'],
    ['tooMany', 409, 'points_limit_exceeded'],
    ['inProgress', 409, 'request_in_progress'],
    ['reused', 422, 'idempotency_key_reused'],
  ] as const)('answers %s with %d %s', async (t, status, code) => {
    const { as, deps } = await harness();
    deps.points.adjust = () => Promise.resolve({ t } as AdjustedPoints);
    const answer = await as('operate').post(PATH).send({ delta: -1, reason: 'mistake' });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it.each([
    ['nothing', { delta: 0, reason: 'x' }, 'delta'],
    ['a fraction', { delta: 0.5, reason: 'x' }, 'delta'],
    ['more than an account holds', { delta: 100_000_000_001, reason: 'x' }, 'delta'],
    ['no reason', { delta: 1 }, 'reason'],
    ['a blank reason', { delta: 1, reason: ' ' }, 'reason'],
    ['more than it knows', { delta: 1, reason: 'x', balance: 7 }, 'balance'],
  ])('refuses %s', async (_what, body, path) => {
    const { as } = await harness();
    const answer = await as('operate').post(PATH).send(body);
    expect(answer.body).toMatchObject({ status: 422, code: 'validation_failed', errors: [{ path }] });
    expect((await as('read').get(PATH)).body.ledger).toEqual([]);
  });

  it.each(['read', 'orders', 'catalog'] as const)('is not for a key with the scope %s', async (scope) => {
    const { as } = await harness();
    expect((await as(scope).post(PATH).send({ delta: 1, reason: 'gift' })).body.code).toBe('forbidden');
  });
});
