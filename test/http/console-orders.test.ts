import { type Actor } from '../../src/domain/access';
import { type ActionState } from '../../src/domain/operator-action';
import { consoleHarness, fakeReads, INSIDE, recordOf } from './support/console';

const ANNA: Actor = { id: 'op_anna', name: 'Anna', roles: ['viewer', 'operator', 'approver'] };

describe('orders', () => {
  it('are looked for by everything that was given', async () => {
    const asked: unknown[] = [];
    const reads = fakeReads({
      orders: (search) => {
        asked.push(search);
        return Promise.resolve({ items: [], nextCursor: null });
      },
    });
    const { signIn } = await consoleHarness({ reads });
    const query = 'q=buyer_1&status=closing&gateway=alipay&manual=true&olderThanSeconds=600&cursor=abc&limit=5';
    expect((await (await signIn('viewer')).get(`/orders?${query}`)).status).toBe(200);
    expect(asked).toEqual([
      {
        ...{ q: 'buyer_1', status: 'closing', gateway: 'alipay', manual: true, cursor: 'abc', limit: 5 },
        placedBefore: Date.parse('2026-01-01T00:00:00.000Z'),
      },
    ]);
  });

  it('are told in one answer: why, what is held, what was said, what may be done', async () => {
    const { signIn, orders, desk } = await consoleHarness();
    orders.facts.set('ord_1', [
      {
        ...{ at: '2026-01-01T00:00:01.000Z', kind: 'gateway', what: 'create: unknown' },
        data: { paymentId: 'pay_ord_1', t: 'unknown', cause: 'timeout', retryAfterMs: 1000 },
      },
    ]);
    desk.records.push(recordOf({ kind: 'retry_now' }, ANNA));
    const { body } = await (await signIn('operator')).get('/orders/ord_1');
    expect(body).toMatchObject({
      order: { id: 'ord_1', status: 'awaiting_payment', refundable: { minor: 0 }, hasPersonalData: false },
      explanation: { tone: 'waiting' },
      process: { t: 'silent' },
      manual: null,
      held: { stock: [{ skuId: 'sku_tea', title: 'Tea', quantity: 2 }], promotion: null, points: null },
      attempts: [
        { answers: 1, lastAnswer: { op: 'create', outcome: 'unknown', code: 'timeout', words: 'no answer in time' } },
      ],
      timeline: [{ words: 'Asked the gateway to take a payment: no answer in time.' }],
      actions: [{ id: 'act_1', words: 'Ask the gateway now', requestedBy: { name: 'Anna' }, mayDecide: false }],
      switchTo: ['wechat'],
      workflow: { id: 'order:ord_1', temporalUi: 'http://ui.test/namespaces/default/workflows/order%3Aord_1' },
    });
    expect(allowedOf(body)).toEqual(['extend', 'cancel', 'retry_now', 'switch_gateway', 'manual']);
  });

  it('tell of actions who asked, why, and what came of them', async () => {
    const { signIn, orders } = await consoleHarness();
    const at = '2026-01-01T00:00:01.000Z';
    const by = { id: 'op_anna', name: 'Anna' };
    orders.facts.set('ord_1', [
      { at, kind: 'action', what: 'operator: retry_now asked', data: { actionId: 'act_1', by, reason: 'it is back' } },
      {
        at,
        kind: 'action',
        what: 'operator: retry_now done',
        data: { actionId: 'act_1', code: 'done', message: 'asked' },
      },
      { at, kind: 'action', what: 'payment window extended', data: { commandId: 'act_2' } },
      { at, kind: 'action', what: 'escalated', data: { lastAnswer: 'unknown' } },
    ]);
    const { timeline } = (await (await signIn('viewer')).get('/orders/ord_1')).body;
    expect(timeline.map(({ words }: { words: string }) => words)).toEqual([
      'Retry now asked by Anna: it is back.',
      'Retry now done: asked.',
      'Payment window extended.',
      'The closing takes long: a person was told.',
    ]);
  });

  it('show no note: a buyer may have written anything into it', async () => {
    const { signIn, orders } = await consoleHarness();
    const [order] = orders.orders.values();
    if (order) orders.orders.set('ord_1', { ...order, note: 'for-my-mother' });
    const at = '2026-01-01T00:00:01.000Z';
    orders.facts.set('ord_1', [
      { at, kind: 'state', what: 'closing', data: { reason: 'buyer_cancelled', note: 'for-my-mother' } },
    ]);
    const { text } = await (await signIn('operator')).get('/orders/ord_1');
    expect(text).not.toContain('for-my-mother');
  });

  it('tell a viewer why he may do nothing', async () => {
    const { signIn } = await consoleHarness();
    const { body } = await (await signIn('viewer')).get('/orders/ord_1');
    expect(allowedOf(body)).toEqual([]);
    expect(new Set(body.possible.map(({ whyNot }: { whyNot: string }) => whyNot))).toEqual(
      new Set(['Acting needs the role operator.']),
    );
  });

  it.each([
    ['awaiting_payment', {}, ['extend', 'cancel', 'retry_now', 'switch_gateway', 'manual']],
    ['awaiting_payment', { attempts: [] }, ['extend', 'cancel', 'switch_gateway', 'manual']],
    ['closing', {}, ['retry_now', 'manual']],
    ['paid', { restockable: [{ skuId: 'sku_tea', quantity: 2 }] }, ['refund', 'restock', 'manual']],
    ['cancelled', { reserved: [] }, []],
    ['closing', { manualSince: '2026-01-01T00:09:00.000Z' }, ['retry_now', 'resume']],
  ] as const)('that are %s with %p may be acted on by %p', async (status, change, allowed) => {
    const reads = fakeReads({ order: () => Promise.resolve({ ...INSIDE, ...change }) });
    const { signIn, orders } = await consoleHarness({ reads });
    const [order] = orders.orders.values();
    if (order) orders.orders.set('ord_1', { ...order, status });
    expect(allowedOf((await (await signIn('operator')).get('/orders/ord_1')).body)).toEqual(allowed);
  });

  it('hand an action to the desk as it was asked for, under the key of the page', async () => {
    const { signIn, desk } = await consoleHarness();
    const action = { kind: 'extend', payBy: '2026-01-01T01:00:00.000Z' };
    const answer = await (
      await signIn('operator')
    )
      .post('/orders/ord_1/actions', { action, reason: 'the gateway is down' })
      .set('Idempotency-Key', 'page-1');
    expect([answer.status, desk.keys]).toEqual([200, ['page-1']]);
    expect(answer.body).toMatchObject({
      ...{ orderId: 'ord_1', action, reason: 'the gateway is down', state: 'done' },
      requestedBy: { id: 'op_oscar', name: 'Oscar' },
    });
  });

  it.each([
    ['awaiting_approval', 'approver', { mayDecide: false, mayTakeBack: true }],
    ['awaiting_approval', 'api', { mayDecide: true, mayTakeBack: false }],
    ['awaiting_approval', 'operator', { mayDecide: false, mayTakeBack: false }],
    ['done', 'api', { mayDecide: false, mayTakeBack: false }],
  ] as const)('of an action that is %s tell the %s whether to decide', async (state: ActionState, who, may) => {
    const { signIn, desk } = await consoleHarness();
    desk.records.push(recordOf({ kind: 'refund', amount: null, restock: true }, ANNA, { state }));
    expect((await (await signIn(who)).get('/actions')).body.items).toMatchObject([may]);
  });
});

function allowedOf(body: {
  readonly possible: readonly { readonly kind: string; readonly allowed: boolean }[];
}): string[] {
  return body.possible.filter(({ allowed }) => allowed).map(({ kind }) => kind);
}
