import request from 'supertest';
import { type Order } from '../../src/domain/order';
import { refundSchema } from '../../src/http/schemas/refunds';
import { stored } from './support/fakes';
import { type Harness, harness } from './support/harness';

const PATH = '/v1/orders/ord_1/refunds';
const CNY = 'CNY';

/** The API over one order of 3998 fen, paid unless something else is said. */
async function refunding(change: Partial<Order> = {}) {
  const built: Harness = await harness();
  built.orders.orders.set('ord_1', stored({ status: 'paid', ...change }));
  const refund = (body: object, key = 'key-1', path = PATH) =>
    built.as('orders').post(path).set('Idempotency-Key', key).send(body);
  return { ...built, refund };
}

describe('POST /v1/orders/{id}/refunds', () => {
  it('answers 201 with the refund, all that was paid unless told otherwise, and has it started', async () => {
    const { refund, started, orders } = await refunding();
    const answer = await refund({ reason: 'faulty' });
    expect(answer.status).toBe(201);
    expect(answer.headers).not.toHaveProperty('idempotent-replayed');
    expect(refundSchema.parse(answer.body)).toEqual({
      id: answer.body.id,
      orderId: 'ord_1',
      amount: { minor: 3998, currency: CNY },
      status: 'pending',
      reason: 'faulty',
      restock: false,
      createdAt: '2026-01-02T00:00:00.000Z',
      settledAt: null,
    });
    expect(started).toEqual([{ kind: 'refund', id: answer.body.id, gateway: 'wechat' }]);
    expect(orders.orders.get('ord_1')?.status).toBe('refunding');
  });

  it.each([
    ['minor units', 1000],
    ['money', { minor: 1000, currency: CNY }],
  ])('takes an amount in %s, and stock back on sale where asked', async (_what, amount) => {
    const { refund, refunds } = await refunding();
    const answer = await refund({ amount, reason: '一盒受潮 🍵', restock: true });
    expect(answer.body).toMatchObject({ amount: { minor: 1000, currency: CNY }, restock: true });
    expect(refunds.commands).toEqual([
      {
        refundId: answer.body.id,
        orderId: 'ord_1',
        amount: { minor: 1000, currency: CNY },
        reason: '一盒受潮 🍵',
        restock: true,
        idempotency: expect.objectContaining({ key: 'key-1' }),
      },
    ]);
  });

  it('takes several, up to what was paid, and then no more', async () => {
    const { refund } = await refunding();
    expect((await refund({ amount: 1000, reason: 'one' }, 'a')).status).toBe(201);
    const tooMuch = await refund({ amount: 2999, reason: 'two' }, 'b');
    expect([tooMuch.status, tooMuch.body.code]).toEqual([422, 'amount_exceeds_refundable']);
    expect(tooMuch.body.detail).toBe('at most 2998 minor units of CNY are left to refund');
    expect((await refund({ reason: 'the rest' }, 'c')).body.amount).toEqual({ minor: 2998, currency: CNY });
    const after = await refund({ reason: 'once more' }, 'd');
    expect([after.status, after.body.code]).toEqual([409, 'not_refundable']);
  });

  it('refuses another currency as more than there is of it', async () => {
    const { refund, started } = await refunding();
    const answer = await refund({ amount: { minor: 1, currency: 'USD' }, reason: 'r' });
    expect([answer.status, answer.body.code]).toEqual([422, 'amount_exceeds_refundable']);
    expect(started).toEqual([]);
  });

  it.each(['awaiting_payment', 'closing', 'cancelled', 'rejected', 'refunded'] as const)(
    'has nothing to give back for an order that is %s',
    async (status) => {
      const { refund, started } = await refunding({ status });
      const answer = await refund({ reason: 'r' });
      expect([answer.status, answer.body.code]).toEqual([409, 'not_refundable']);
      expect(started).toEqual([]);
    },
  );

  it.each(['/v1/orders/ord_2/refunds', '/v1/orders/ord_%00/refunds'])('finds no order at %s', async (path) => {
    const { refund, refunds } = await refunding();
    const answer = await refund({ reason: 'r' }, 'key-1', path);
    expect([answer.status, answer.body.code]).toEqual([404, 'order_not_found']);
    expect(refunds.commands).toEqual([]);
  });

  it('finds no order either where it is gone by the time the refund is taken on', async () => {
    const built = await harness({
      refunds: { request: () => Promise.resolve({ t: 'notFound' }), ofNumber: () => Promise.resolve(null) },
    });
    built.orders.orders.set('ord_1', stored({ status: 'paid' }));
    const answer = await built.as('orders').post(PATH).set('Idempotency-Key', 'k').send({ reason: 'r' });
    expect([answer.status, answer.body.code]).toEqual([404, 'order_not_found']);
  });

  it('is for keys with the scope orders or operate', async () => {
    const { app, as, refunds } = await refunding();
    for (const scope of ['read', 'catalog'] as const) {
      const answer = await as(scope).post(PATH).set('Idempotency-Key', 'k').send({ reason: 'r' });
      expect([scope, answer.status, answer.body.code]).toEqual([scope, 403, 'forbidden']);
    }
    expect((await request(app).post(PATH).set('Idempotency-Key', 'k').send({ reason: 'r' })).status).toBe(401);
    expect(refunds.commands).toEqual([]);
    expect((await as('operate').post(PATH).set('Idempotency-Key', 'k').send({ reason: 'r' })).status).toBe(201);
  });
});

describe('the idempotency key of a refund', () => {
  it('is needed, though all else is right', async () => {
    const { as, refunds, started } = await refunding();
    const answer = await as('orders').post(PATH).send({ reason: 'r' });
    expect([answer.status, answer.body.code]).toEqual([400, 'idempotency_key_required']);
    expect([refunds.commands, started]).toEqual([[], []]);
  });

  it('gets the first answer again, and no second start', async () => {
    const { refund, refunds, started } = await refunding();
    const first = await refund({ amount: 1000, reason: 'r' });
    const again = await refund({ reason: 'r', amount: 1000 });
    expect([again.status, again.headers['idempotent-replayed']]).toEqual([201, 'true']);
    expect(again.body).toEqual(first.body);
    expect(refunds.refunds.size).toBe(1);
    expect(started).toHaveLength(1);
  });

  it.each([
    ['another amount', { amount: 1001, reason: 'r' }, PATH],
    ['another reason', { amount: 1000, reason: 's' }, PATH],
    ['stock back on sale', { amount: 1000, reason: 'r', restock: true }, PATH],
    ['another order', { amount: 1000, reason: 'r' }, '/v1/orders/ord_2/refunds'],
  ])('is refused with %s', async (_what, body, path) => {
    const { refund, orders, started } = await refunding();
    orders.orders.set('ord_2', stored({ id: 'ord_2', status: 'paid' }));
    await refund({ amount: 1000, reason: 'r' });
    const answer = await refund(body, 'key-1', path);
    expect([answer.status, answer.body.code]).toEqual([422, 'idempotency_key_reused']);
    expect(started).toHaveLength(1);
  });

  it('is refused while its first request is being answered, with when to come back', async () => {
    const built = await harness({
      refunds: { request: () => Promise.resolve({ t: 'inProgress' }), ofNumber: () => Promise.resolve(null) },
    });
    built.orders.orders.set('ord_1', stored({ status: 'paid' }));
    const answer = await built.as('orders').post(PATH).set('Idempotency-Key', 'k').send({ reason: 'r' });
    expect([answer.status, answer.body.code]).toEqual([409, 'request_in_progress']);
    expect(answer.headers['retry-after']).toBe('1');
    expect(built.started).toEqual([]);
  });

  it('belongs to its client: the operator’s key of the same name is another one', async () => {
    const { as, refund } = await refunding();
    await refund({ amount: 1000, reason: 'r' });
    const other = await as('operate').post(PATH).set('Idempotency-Key', 'key-1').send({ amount: 500, reason: 's' });
    expect([other.status, other.body.amount]).toEqual([201, { minor: 500, currency: CNY }]);
  });
});
