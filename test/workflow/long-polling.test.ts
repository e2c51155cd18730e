import { defaultPayloadConverter } from '@temporalio/common';
import { latePaymentWorkflowId } from '../../workflows/late-payment/contract';
import { cancelOrder, type OrderInput, orderWorkflowId, paymentReceived } from '../../workflows/order/contract';
import { refundChanged, refundWorkflowId } from '../../workflows/refund/contract';
import { recordWorkflow } from '../support/histories';
import { expectBooksBalance, untilStatus } from '../support/invariants';
import { until } from '../support/until';
import { openWorld, type World } from '../support/world';

/** Longer than any test: disarming ends it. */
const WEEKS_MS = 3_600_000;
/** The test server advises a new run after 250 events; a question makes some ten of them. */
const CUT_WITHIN_MS = 110_000;

describe('a gateway that is asked for weeks', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld('polling');
  });
  afterAll(() => world.close());
  afterEach(() => expectBooksBalance(world));

  const handle = (workflowId: string) => world.temporal.client.workflow.getHandle(workflowId);
  const whats = async (id: string): Promise<string[]> => (await world.api.timeline(id)).map(({ what }) => what);

  async function placed() {
    const skuId = await world.api.addSku(3, 1000);
    const { body } = await world.api.place({ lines: [{ skuId, quantity: 1 }], paymentWindowSeconds: 600 });
    return { id: body.id, skuId, paymentId: body.payment?.id ?? '', merchantNo: body.payment?.merchantNo ?? '' };
  }

  const inProcessing = (merchantNo: string) =>
    world.sandbox.fault({ op: 'refund', fault: 'refund_processing', ms: WEEKS_MS, match: { merchantNo } });

  /** Asks again and again until the workflow goes on in a new run; answers what that one was started with. */
  async function untilCut<Input>(workflowId: string, askNow: () => Promise<unknown>): Promise<Input | undefined> {
    const runOf = async (): Promise<string> => (await handle(workflowId).describe()).runId;
    const first = await runOf();
    const cut = async (): Promise<boolean> => {
      await askNow();
      return (await runOf()) !== first;
    };
    await until('the history is cut', cut, CUT_WITHIN_MS);
    const { events } = await handle(workflowId).fetchHistory();
    const [payload] = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
    return payload && defaultPayloadConverter.fromPayload<Input>(payload);
  }

  it('for a refund: the count goes on in a new run, and the timeline says once that it is in processing', async () => {
    const order = await placed();
    await world.sandbox.pay(order.merchantNo);
    await untilStatus(world, order.id, 'paid');
    const settle = await inProcessing(order.merchantNo);
    const path = `/v1/orders/${order.id}/refunds`;
    const { body } = await world.api.call<{ id: string }>('POST', path, { reason: 'slow' }, { 'idempotency-key': 'r' });
    const workflowId = refundWorkflowId(body.id);
    await until('it is in processing', async () => (await whats(order.id)).includes('refund: processing'));
    const input = await untilCut<{ asked?: number }>(workflowId, () => handle(workflowId).signal(refundChanged));
    expect(input?.asked).toBeGreaterThan(5);
    await settle();
    await handle(workflowId).signal(refundChanged);
    await untilStatus(world, order.id, 'refunded');
    expect((await whats(order.id)).filter((what) => what === 'refund: processing')).toHaveLength(1);
    await recordWorkflow(world, workflowId, 'refund-in-a-new-run');
  }, 150_000);

  it('for late money: what was decided stays decided in the new run, and it goes back once', async () => {
    const order = await placed();
    const { merchantNo } = order;
    await world.sandbox.fault({ op: 'close', fault: 'broken_close', match: { merchantNo } });
    await world.api.cancel(order.id);
    const settle = await inProcessing(merchantNo);
    await world.sandbox.pay(merchantNo);
    const { id: inboxId } = await until('the money is put aside', () =>
      world.prisma.webhookInbox.findFirst({ where: { orderId: order.id, state: 'refunding' } }),
    );
    const workflowId = latePaymentWorkflowId(inboxId);
    const input = await untilCut<{ asked?: number }>(workflowId, () => handle(workflowId).signal(refundChanged));
    expect(input).toMatchObject({ inboxId });
    expect(input?.asked).toBeGreaterThan(5);
    await settle();
    await handle(workflowId).signal(refundChanged);
    expect(await handle(workflowId).result()).toEqual({ end: 'refunded' });
    expect(await world.sandbox.story(merchantNo)).toEqual(['created', 'paid', 'refunded']);
    expect(await world.prisma.refund.count({ where: { orderId: order.id } })).toBe(1);
    await recordWorkflow(world, workflowId, 'late-payment-in-a-new-run');
  }, 150_000);

  it('for the other attempts of a paid order: what is kept is known in the new run, money told late goes back', async () => {
    const order = await placed();
    const path = `/v1/orders/${order.id}/payments`;
    const { body: second } = await world.api.call<{ id: string; merchantNo: string }>('POST', path, {
      gateway: 'wechat',
    });
    const match = { merchantNo: second.merchantNo };
    const disarm = await world.sandbox.fault({ op: 'close', fault: 'user_paying', times: 100_000, match });
    const workflow = handle(orderWorkflowId(order.id));
    const told = (paymentId: string, transactionId: string) => ({
      paymentId,
      paid: { transactionId, amount: { minor: 1000, currency: 'CNY' }, paidAt: new Date().toISOString() },
    });
    // A gateway that breaks its word: it acknowledged the close of the first attempt, and now it vouches for its payment.
    const first = told(order.paymentId, '4200000000000000000000000003');
    await workflow.signal(paymentReceived, first);
    await untilStatus(world, order.id, 'paid');
    const args: [{ reason: 'operator_cancelled'; note: null }] = [{ reason: 'operator_cancelled', note: null }];
    const input = await untilCut<OrderInput>(workflow.workflowId, () => workflow.executeUpdate(cancelOrder, { args }));
    expect(input?.closingOthers).toMatchObject({ kept: first.paid.transactionId });
    expect(input?.closingOthers?.asked).toBeGreaterThan(5);
    await workflow.signal(paymentReceived, first);
    const again = told(order.paymentId, '4200000000000000000000000004');
    await workflow.signal(paymentReceived, again);
    await disarm();
    await workflow.executeUpdate(cancelOrder, { args });
    expect(await workflow.result()).toEqual({ orderId: order.id, status: 'paid' });
    expect(await world.sandbox.story(second.merchantNo)).toEqual(['created', 'closed']);
    const late = await world.prisma.webhookInbox.findMany({ where: { orderId: order.id } });
    expect(late.map(({ transactionId }) => transactionId)).toEqual([again.paid.transactionId]);
    await recordWorkflow(world, workflow.workflowId, 'others-closed-in-a-new-run');
  }, 150_000);
});
