import { type OperatorAction } from '../../src/domain/operator-action';
import { orderWorkflowId } from '../../workflows/order/contract';
import { refundWorkflowId } from '../../workflows/refund/contract';
import { untilStatus } from '../support/invariants';
import { act, later } from '../support/operators';
import { askRefund, paidOrder, placed, untilFact, untilHit } from '../support/races';
import { until } from '../support/until';
import { openWorld, type World } from '../support/world';

const HOUR_MS = 3_600_000;

describe('actions on what others left behind', () => {
  let world: World;
  beforeAll(async () => {
    // A gateway may take its time: a test ends it, not the client's own limit.
    world = await openWorld('operator-leftovers', { timing: { gatewayTimeoutMs: 60_000 } });
  });
  afterAll(() => world.close());

  const terminate = async (workflowId: string): Promise<void> => {
    await world.temporal.client.workflow.getHandle(workflowId).terminate('by a test');
  };

  /** An action that its process left executing; no other process takes it up as long as its lease lasts. */
  async function leftExecuting(orderId: string, action: OperatorAction) {
    const id = world.stores.newId('operatorAction');
    await world.stores.actions.insert({
      ...{ id, orderId, action, reason: 'left half-way', idempotencyKey: id, amountMinor: null },
      ...{ requestedBy: { id: 'op_1', name: 'Ann', roles: ['operator'] }, now: Date.now(), leaseMs: HOUR_MS },
      needsSecond: () => false,
    });
    return { actionId: id, orderId, manual: action.kind === 'manual' };
  }
  const marked = async (id: string): Promise<boolean> =>
    (await world.prisma.order.findUniqueOrThrow({ where: { id } })).manualSince !== null;

  it('an older resume that is executed behind a newer mark takes nothing away', async () => {
    const { id } = await placed(world, 'wechat');
    const resume = await leftExecuting(id, { kind: 'resume' });
    const manual = await leftExecuting(id, { kind: 'manual' });
    expect(await world.stores.actions.mark(manual)).toBe('marked');
    expect(await world.stores.actions.mark(resume)).toBe('overtaken');
    expect(await marked(id)).toBe(true);
  });

  it('an older mark that is executed behind a newer resume holds nothing back', async () => {
    const { id } = await placed(world, 'wechat');
    const manual = await leftExecuting(id, { kind: 'manual' });
    expect(await world.stores.actions.mark(manual)).toBe('marked');
    const resume = await leftExecuting(id, { kind: 'resume' });
    expect(await world.stores.actions.mark(resume)).toBe('marked');
    expect(await world.stores.actions.mark(manual)).toBe('overtaken');
    expect(await marked(id)).toBe(false);
  });

  it('a workflow that was terminated: every command says so, none that it was done', async () => {
    const order = await placed(world, 'wechat');
    const { payBy } = await world.api.order(order.id);
    await terminate(orderWorkflowId(order.id));
    const actions: OperatorAction[] = [
      { kind: 'retry_now' },
      { kind: 'extend', payBy: later(payBy, HOUR_MS) },
      { kind: 'manual' },
      { kind: 'resume' },
    ];
    for (const action of actions) {
      const { status, body } = await act(world.api, order.id, action);
      expect([action.kind, status, (body as unknown as { code: string }).code]).toEqual([
        action.kind,
        409,
        'process_ended',
      ]);
    }
  });

  it('a refund whose workflow was terminated: no process runs for it', async () => {
    const order = await paidOrder(world, 'wechat');
    await world.sandbox.fault({
      ...{ op: 'refund', fault: 'refund_processing', ms: HOUR_MS, match: { merchantNo: order.merchantNo } },
    });
    const refundId = await askRefund(world, order, 500);
    await untilFact(world, order, 'refund: processing');
    await terminate(refundWorkflowId(refundId));
    const { body } = await act(world.api, order.id, { kind: 'retry_now' });
    expect(body.result?.message).toBe(`${refundId}: no process runs for it`);
  });

  it('asked now, the gateway does not answer: a payment that is told meanwhile counts at once', async () => {
    const order = await placed(world, 'wechat');
    const match = { merchantNo: order.merchantNo };
    const letGo = await world.sandbox.fault({ op: 'query', fault: 'latency', ms: HOUR_MS, match });
    const asked = act(world.api, order.id, { kind: 'retry_now' });
    await untilHit(world, order);
    await world.sandbox.pay(order.merchantNo);
    expect((await asked).body.result?.message).toBe('the gateway was asked: the gateway has not answered yet');
    await untilStatus(world, order.id, 'paid');
    await letGo();
  });

  it('asked now, the gateway does not answer: a cancellation is not kept waiting', async () => {
    const order = await placed(world, 'wechat');
    const match = { merchantNo: order.merchantNo };
    const letGo = await world.sandbox.fault({ op: 'query', fault: 'latency', ms: HOUR_MS, match });
    const asked = act(world.api, order.id, { kind: 'retry_now' });
    await untilHit(world, order);
    expect((await world.api.cancel(order.id)).body.status).toBe('cancelled');
    expect((await asked).body.result?.message).toBe('the gateway was asked: the gateway has not answered yet');
    await letGo();
  });

  it('an order that does not answer holds nobody up in an outage', async () => {
    const silent = await placed(world, 'alipay', { paymentWindowSeconds: 300 });
    const others = [await placed(world, 'alipay'), await placed(world, 'alipay')];
    const { workflow } = world.temporal.client;
    const { payBy } = await world.api.order(silent.id);
    await terminate(orderWorkflowId(silent.id));
    // Runs again, on a queue at which nobody works.
    const unheard = await workflow.start('orderWorkflow', {
      ...{ workflowId: orderWorkflowId(silent.id), taskQueue: `${world.taskQueue}-nobody` },
      args: [{ buyerId: 'buyer_1', lines: [{ skuId: silent.skuId, quantity: 3 }], payWith: 'alipay' }],
    });
    const request = { gateway: 'alipay', minutes: 30, reason: 'Alipay is away' };
    const { body } = await world.api.call<{ id: string }>('POST', '/v1/outages', request, { 'idempotency-key': 'o' });
    const outage = () =>
      world.api
        .call<{ state: string; extended: number }>('GET', `/v1/outages/${body.id}`)
        .then((answer) => answer.body);
    await until('the others have their time', async () => (await outage()).extended === others.length);
    const tried = await until('the silent one was tried', () =>
      world.prisma.outageResultRow.findFirst({ where: { orderId: silent.id } }),
    );
    expect(tried).toMatchObject({ outcome: 'unanswered', payBy: null });
    expect(await outage()).toMatchObject({ state: 'running', refused: 0 });
    expect((await world.api.order(silent.id)).payBy).toBe(payBy);
    await world.api.call('POST', `/v1/outages/${body.id}/stop`);
    await unheard.terminate('by a test');
    await terminate(`outage:${body.id}`);
  });
});
