import { digestOf } from '../../src/config';
import { type OperatorActionRecord } from '../../src/ports/operator-actions';
import { orderWorkflowId } from '../../workflows/order/contract';
import { ApiClient } from '../support/api-client';
import { recordHistory } from '../support/histories';
import { expectBooksBalance, untilStatus } from '../support/invariants';
import { act, later } from '../support/operators';
import { ALWAYS, AMOUNT, paidOrder, place, placed, refundsOf, untilFact } from '../support/races';
import { until } from '../support/until';
import { openWorld, type World } from '../support/world';

const HOUR_MS = 3_600_000;
const SECOND_KEY = 'key-of-a-second-person';
/** Two of an order's three units, and one more fen than one. */
const TWO_PERSONS_FROM = 2_000;

describe('operators act on orders', () => {
  let world: World;
  let second: ApiClient;
  beforeAll(async () => {
    world = await openWorld('operators', {
      config: { twoPersonAboveMinor: TWO_PERSONS_FROM },
      apiKeys: [{ digest: digestOf(SECOND_KEY), scopes: ['operate'] }],
    });
    second = new ApiClient(world.api.url, SECOND_KEY);
  });
  afterAll(() => world.close());
  afterEach(() => expectBooksBalance(world));

  const whats = async (id: string): Promise<string[]> => (await world.api.timeline(id)).map(({ what }) => what);
  const decide = (api: ApiClient, { id }: { id: string }, verdict: string, body?: object) =>
    api.call<OperatorActionRecord>('POST', `/v1/operator-actions/${id}/${verdict}`, body);
  const attributes = async (id: string) => {
    const handle = world.temporal.client.workflow.getHandle(orderWorkflowId(id));
    return (await handle.describe()).searchAttributes;
  };

  it('extend: the deadline moves once in the record, in the timer and in Temporal; the audit says who and why', async () => {
    const order = await placed(world, 'wechat');
    const { payBy } = await world.api.order(order.id);
    const action = { kind: 'extend', payBy: later(payBy, HOUR_MS) } as const;
    const first = await act(world.api, order.id, action, 'extend-once');
    expect(first).toMatchObject({ status: 200, body: { state: 'done', reason: 'the buyer called' } });
    expect(first.body.result?.message).toContain('the payment on offer lapses at');
    const again = await act(world.api, order.id, action, 'extend-once');
    expect(again.body).toEqual(first.body);
    expect((await world.api.order(order.id)).payBy).toBe(action.payBy);
    expect(await attributes(order.id)).toMatchObject({ OrderPayBy: [new Date(action.payBy)] });
    const told = await whats(order.id);
    expect(told.filter((what) => what === 'payment window extended')).toHaveLength(1);
    expect(told).toEqual(expect.arrayContaining(['operator: extend asked', 'operator: extend done']));
    await world.sandbox.pay(order.merchantNo);
    await untilStatus(world, order.id, 'paid');
    await recordHistory(world, order.id, 'extended-then-paid');
  });

  it('extend: earlier, too far ahead, or of an order that is over → refused, and kept as refused', async () => {
    const order = await placed(world, 'wechat');
    const { payBy } = await world.api.order(order.id);
    for (const wrong of [later(payBy, -1), later(payBy, 25 * HOUR_MS)]) {
      const answer = await act(world.api, order.id, { kind: 'extend', payBy: wrong });
      expect(answer).toMatchObject({ status: 422, body: { code: 'deadline_out_of_bounds' } });
    }
    await world.api.cancel(order.id);
    const late = await act(world.api, order.id, { kind: 'extend', payBy: later(payBy, HOUR_MS) });
    expect(late).toMatchObject({ status: 409, body: { code: 'not_payable' } });
    const kept = await world.api.call<{ items: OperatorActionRecord[] }>('GET', `/v1/orders/${order.id}/actions`);
    expect(kept.body.items.map(({ state, result }) => [state, result?.code])).toEqual([
      ['refused', 'deadline_out_of_bounds'],
      ['refused', 'deadline_out_of_bounds'],
      ['refused', 'not_payable'],
    ]);
  });

  it('switch to the same gateway after an extension: the payment lives as long as the window', async () => {
    const order = await placed(world, 'wechat');
    const payBy = later((await world.api.order(order.id)).payBy, HOUR_MS);
    await act(world.api, order.id, { kind: 'extend', payBy });
    const switched = await act(world.api, order.id, { kind: 'switch_gateway', gateway: 'wechat' });
    expect(switched).toMatchObject({ status: 200, body: { state: 'done' } });
    const attempts = await until('the next attempt is offered', async () => {
      const found = await world.prisma.payment.findMany({ where: { orderId: order.id }, orderBy: { attempt: 'asc' } });
      return found[1]?.status === 'pending' && found;
    });
    expect(attempts.map(({ status }) => status)).toEqual(['closed', 'pending']);
    expect(attempts[1]?.expiresAt.toISOString()).toBe(payBy);
    expect(attempts[1]?.id).toBe(switched.body.id.replace('act_', 'pay_'));
  });

  it('cancel: closed at the gateway, stock back; a paid order is refused', async () => {
    const order = await placed(world, 'wechat');
    expect(await act(world.api, order.id, { kind: 'cancel' })).toMatchObject({ status: 200, body: { state: 'done' } });
    expect(await world.api.order(order.id)).toMatchObject({ status: 'cancelled', closeReason: 'operator_cancelled' });
    const paid = await paidOrder(world, 'wechat');
    const refused = await act(world.api, paid.id, { kind: 'cancel' });
    expect(refused).toMatchObject({ status: 409, body: { code: 'already_paid' } });
  });

  it('retry now: a payment that nobody told us of is found', async () => {
    const order = await placed(world, 'wechat');
    await world.sandbox.fault({ op: 'notify', fault: 'lost', times: ALWAYS, match: { merchantNo: order.merchantNo } });
    await world.sandbox.pay(order.merchantNo);
    const { body } = await act(world.api, order.id, { kind: 'retry_now' });
    expect(body).toMatchObject({ state: 'done', result: { message: 'the gateway was asked: paid' } });
    await untilStatus(world, order.id, 'paid');
    await recordHistory(world, order.id, 'asked-now-then-paid');
  });

  it('retry now: a closing order asks at once, and says what it heard', async () => {
    const order = await placed(world, 'wechat');
    const { merchantNo } = order;
    const disarm = await world.sandbox.fault({
      op: 'close',
      fault: 'user_paying',
      times: ALWAYS,
      match: { merchantNo },
    });
    await world.api.cancel(order.id);
    await untilStatus(world, order.id, 'closing');
    const payBy = later(new Date().toISOString(), HOUR_MS);
    expect((await act(world.api, order.id, { kind: 'extend', payBy })).body.code).toBe('order_closing');
    const { body } = await act(world.api, order.id, { kind: 'retry_now' });
    expect(body.result?.message).toContain('the buyer is paying');
    await disarm();
    await act(world.api, order.id, { kind: 'retry_now' });
    await untilStatus(world, order.id, 'cancelled');
    expect((await act(world.api, order.id, { kind: 'retry_now' })).body.code).toBe('nothing_to_retry');
  });

  it('retry now: a refund asks its gateway at once', async () => {
    const order = await paidOrder(world, 'wechat');
    const { merchantNo } = order;
    const settle = await world.sandbox.fault({
      ...{ op: 'refund', fault: 'refund_processing', ms: HOUR_MS, match: { merchantNo } },
    });
    await act(world.api, order.id, { kind: 'refund', amount: { minor: 500, currency: 'CNY' }, restock: false });
    await untilFact(world, order, 'refund: processing');
    const { body } = await act(world.api, order.id, { kind: 'retry_now' });
    expect(body.result?.message).toMatch(/^ref_\w+: processing$/);
    await settle();
    await until('the refund is settled', async () => {
      await act(world.api, order.id, { kind: 'retry_now' });
      return (await world.api.order(order.id)).status === 'paid';
    });
    expect(await refundsOf(world, merchantNo)).toEqual([500]);
  });

  it('refund: small ones on one word, the buyer sees none of it; many small ones are a large one', async () => {
    const order = await paidOrder(world, 'wechat');
    const refund = (minor: number) =>
      act(world.api, order.id, { kind: 'refund', amount: { minor, currency: 'CNY' }, restock: false });
    expect(await refund(1_500)).toMatchObject({ status: 200, body: { state: 'done' } });
    const large = await refund(500);
    expect(large).toMatchObject({ status: 202, body: { state: 'awaiting_approval', approvedBy: null } });
    expect((await decide(world.api, large.body, 'approval')).body.code).toBe('second_person_needed');
    await until('the small one is settled', async () => (await refundsOf(world, order.merchantNo)).length === 1);
    const approved = await decide(second, large.body, 'approval');
    expect(approved).toMatchObject({ status: 200, body: { state: 'done', requestedBy: { id: expect.any(String) } } });
    expect(approved.body.approvedBy?.id).not.toBe(approved.body.requestedBy.id);
    expect((await decide(second, large.body, 'approval')).body.code).toBe('not_awaiting_approval');
    await until('both are settled', async () => (await refundsOf(world, order.merchantNo)).length === 2);
    expect(await refundsOf(world, order.merchantNo)).toEqual([1_500, 500]);
    const reasons = await world.prisma.refund.findMany({ where: { orderId: order.id }, select: { reason: true } });
    expect(new Set(reasons.map(({ reason }) => reason))).toEqual(new Set([`refund of ${order.id}`]));
    await untilStatus(world, order.id, 'paid');
  });

  it('a key that only operates refunds large amounts by an approved action alone', async () => {
    const order = await paidOrder(world, 'wechat');
    const headers = { 'idempotency-key': `direct-${order.id}` };
    const direct = await second.call('POST', `/v1/orders/${order.id}/refunds`, { reason: 'all of it' }, headers);
    expect(direct).toMatchObject({ status: 403, body: { code: 'second_person_needed' } });
    const { body } = await act(second, order.id, { kind: 'refund', amount: null, restock: true });
    expect(body.state).toBe('awaiting_approval');
    const declined = await decide(world.api, body, 'decline', { reason: 'the parcel is on its way' });
    expect(declined).toMatchObject({ status: 200, body: { state: 'declined', result: { code: 'declined' } } });
    expect((await decide(world.api, body, 'approval')).body.code).toBe('not_awaiting_approval');
    expect(await refundsOf(world, order.merchantNo)).toEqual([]);
  });

  it('a key that only operates: many small refunds are a large one, whichever way they are asked for', async () => {
    const order = await paidOrder(world, 'wechat');
    const direct = async (amount: number): Promise<number> => {
      const headers = { 'idempotency-key': `small-${order.id}-${amount}` };
      const path = `/v1/orders/${order.id}/refunds`;
      return (await second.call('POST', path, { reason: 'scratched', amount }, headers)).status;
    };
    await act(second, order.id, { kind: 'refund', amount: { minor: 900, currency: 'CNY' }, restock: false });
    expect(await direct(1_000)).toBe(201);
    expect(await direct(100)).toBe(403);
    expect(await direct(99)).toBe(201);
    expect(await direct(1_000)).toBe(201);
    await until('all are settled', async () => (await refundsOf(world, order.merchantNo)).length === 3);
    expect((await refundsOf(world, order.merchantNo)).toSorted((a, b) => b - a)).toEqual([1_000, 900, 99]);
    await untilStatus(world, order.id, 'paid');
  });

  it('nobody approved it within a day → it ends, and nothing was done', async () => {
    const order = await paidOrder(world, 'wechat');
    const { body } = await act(world.api, order.id, { kind: 'refund', amount: null, restock: false });
    const nearly = Date.parse(body.approveBy ?? '') - 1;
    expect(await world.stores.actions.expire(nearly)).toBe(0);
    expect(await world.stores.actions.expire(nearly + 1)).toBe(1);
    expect((await decide(second, body, 'approval')).body.code).toBe('not_awaiting_approval');
    expect(await world.stores.actions.find(body.id)).toMatchObject({ state: 'expired', result: { code: 'expired' } });
    expect(await refundsOf(world, order.merchantNo)).toEqual([]);
  });

  it('restock: units of a sold order come back once, and no more than were sold', async () => {
    const order = await paidOrder(world, 'wechat');
    const restock = (quantity: number, key?: string) =>
      act(world.api, order.id, { kind: 'restock', lines: [{ skuId: order.skuId, quantity }] }, key);
    const first = await restock(1, 'restock-once');
    expect(first).toMatchObject({ status: 200, body: { state: 'done' } });
    expect((await restock(1, 'restock-once')).body).toEqual(first.body);
    expect(await world.api.stock(order.skuId)).toMatchObject({ available: 8, reserved: 0, sold: 2 });
    const { body } = await act(world.api, order.id, { kind: 'refund', amount: null, restock: true });
    await decide(second, body, 'approval');
    await untilStatus(world, order.id, 'refunded');
    expect(await world.api.stock(order.skuId)).toMatchObject({ available: 10, reserved: 0, sold: 0 });
    const third = await restock(1);
    expect((await decide(second, third.body, 'approval')).body.code).toBe('not_restockable');
    expect(await refundsOf(world, order.merchantNo)).toEqual([AMOUNT]);
  });

  it('by hand: a closed order keeps its stock until a person lets it go', async () => {
    const order = await placed(world, 'wechat');
    expect(await act(world.api, order.id, { kind: 'manual' })).toMatchObject({ status: 200, body: { state: 'done' } });
    expect(await attributes(order.id)).toMatchObject({ OrderManual: [true] });
    expect(await world.api.cancel(order.id)).toMatchObject({ status: 202, body: { status: 'closing' } });
    expect(await world.sandbox.story(order.merchantNo)).toEqual(['created', 'closed']);
    const { body } = await act(world.api, order.id, { kind: 'retry_now' });
    expect(body.result?.message).toContain('held for a person');
    expect(await world.api.stock(order.skuId)).toMatchObject({ available: 7, reserved: 3 });
    await act(world.api, order.id, { kind: 'resume' });
    await untilStatus(world, order.id, 'cancelled');
    expect(await world.api.stock(order.skuId)).toMatchObject({ available: 10, reserved: 0 });
    await recordHistory(world, order.id, 'held-for-a-person');
  });

  it('left half-way by a process that died → executed by another, and once', async () => {
    const order = await paidOrder(world, 'wechat');
    const id = world.stores.newId('operatorAction');
    const { skuId } = order;
    const inserted = await world.stores.actions.insert({
      ...{ id, orderId: order.id, action: { kind: 'restock', lines: [{ skuId, quantity: 1 }] }, reason: 'came back' },
      ...{ requestedBy: { id: 'op_1', name: 'Ann', roles: ['operator'] }, idempotencyKey: id, amountMinor: 1_000 },
      ...{ now: Date.now(), leaseMs: 0, needsSecond: () => false },
    });
    expect(inserted.t).toBe('inserted');
    // What the dead process may have done before it died; the ledger may have one row of it.
    await world.stores.actions.restock({ actionId: id, orderId: order.id, lines: [{ skuId, quantity: 1 }] });
    const done = await until('the action is done', async () => {
      const record = await world.stores.actions.find(id);
      return record?.state === 'done' && record;
    });
    expect(done.result).toMatchObject({ code: 'done' });
    expect(await world.api.stock(skuId)).toMatchObject({ available: 8, reserved: 0, sold: 2 });
  });

  it('what cannot be: no reason, an unknown order, a key without the scope, another body under the same key', async () => {
    const order = await place(world, 'wechat');
    const path = `/v1/orders/${order.id}/actions`;
    const send = (body: object) => world.api.call('POST', path, body, { 'idempotency-key': 'wrong' });
    expect((await send({ action: { kind: 'cancel' }, reason: 'x' })).body.code).toBe('validation_failed');
    expect((await act(world.api, 'ord_nowhere', { kind: 'cancel' })).body.code).toBe('order_not_found');
    await act(world.api, order.id, { kind: 'manual' }, 'same-key');
    expect((await act(world.api, order.id, { kind: 'resume' }, 'same-key')).body.code).toBe('idempotency_key_reused');
    const listed = await world.api.call<{ items: OperatorActionRecord[] }>(
      'GET',
      `/v1/operator-actions?orderId=${order.id}&kind=manual`,
    );
    expect(listed.body.items.map(({ action, state }) => [action.kind, state])).toEqual([['manual', 'done']]);
  });
});
