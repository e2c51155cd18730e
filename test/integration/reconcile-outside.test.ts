import { type Order } from '../../src/domain/order';
import { type GatewayName } from '../../src/domain/payment';
import { createGateways } from '../../src/main/gateways';
import { createLogger } from '../../src/telemetry/logger';
import { orderWorkflowId } from '../../workflows/order/contract';
import { latePaymentWorkflowId } from '../../workflows/late-payment/contract';
import { refundWorkflowId } from '../../workflows/refund/contract';
import { untilStatus } from '../support/invariants';
import { caseOf, casesOf, outcomeOf, reconcile } from '../support/reconcile';
import { until } from '../support/until';
import { openWorld, type World } from '../support/world';

const FOR_A_DAY = new Date(Date.now() + 86_400_000);

describe('reconciliation of the books with workflows, inbox and gateways', () => {
  let world: World;
  beforeEach(async () => {
    world = await openWorld('reconcile-outside');
  });
  afterEach(() => world.close());

  async function placed(payWith: GatewayName = 'wechat') {
    const skuId = await world.api.addSku(10, 1000);
    const { body } = await world.api.place({ payWith, lines: [{ skuId, quantity: 4 }], paymentWindowSeconds: 600 });
    const order = await until('the payment is offered', async () => {
      const read = await world.api.order(body.id);
      return read.payment?.status === 'pending' && read;
    });
    return { id: body.id, skuId, merchantNo: order.payment?.merchantNo ?? '', paymentId: order.payment?.id ?? '' };
  }

  async function paid(payWith?: GatewayName) {
    const order = await placed(payWith);
    await world.sandbox.pay(order.merchantNo);
    await untilStatus(world, order.id, 'paid');
    await ended(orderWorkflowId(order.id));
    return order;
  }

  const workflow = (id: string) => world.temporal.client.workflow.getHandle(id);
  const ended = (id: string) =>
    until(`${id} ends`, async () => (await workflow(id).describe()).status.name !== 'RUNNING');

  /** Pays at the gateway, which never gets to tell. */
  async function payUntold(merchantNo: string): Promise<string> {
    await world.sandbox.fault({ op: 'notify', fault: 'lost', match: { merchantNo } });
    return (await world.sandbox.pay(merchantNo)).transactionId ?? '';
  }

  /** As a defect would end it: the order is cancelled, nobody closed at the gateway, the workflow knows of nothing. */
  async function cancelBehindTheWorkflow(orderId: string): Promise<void> {
    await world.stores.orders.beginClosing(orderId, 'operator_cancelled', null);
    await world.stores.orders.release({ orderId, proof: 'ack' });
  }

  /** The gateway beside the service, as its own console would use it. */
  const atGateway = (name: GatewayName) => {
    const { stores, config } = world;
    const gateways = createGateways(config, { now: Date.now, log: createLogger('silent'), points: stores.points });
    const gateway = gateways.get(name);
    if (!gateway) throw new Error('no gateway');
    return gateway;
  };

  /** By hand, once its start is known: until then it is the starter's to see that it runs. */
  const terminate = async (workflowId: string): Promise<void> => {
    await until('its start is known', async () => (await world.stores.intents.pending()) === 0);
    await workflow(workflowId).terminate('by hand');
  };

  it('an order whose workflow was terminated: started again, and paid by it', async () => {
    const { id, merchantNo } = await placed();
    await terminate(orderWorkflowId(id));
    expect(outcomeOf(await reconcile(world))).toEqual({ workflows: { mended: 1, opened: 0 } });
    expect(await caseOf(world, 'order_without_workflow', id)).toMatchObject({ state: 'mended' });
    await world.sandbox.pay(merchantNo);
    await untilStatus(world, id, 'paid');
  });

  it('an order whose workflow completed too early: a case', async () => {
    const { id, skuId } = await paid();
    await world.prisma.$executeRaw`UPDATE orders SET status = 'awaiting_payment', paid_at = NULL WHERE id = ${id}`;
    await world.prisma.$executeRaw`DELETE FROM stock_ledger WHERE order_id = ${id} AND kind = 'confirm'`;
    await world.prisma.$executeRaw`UPDATE stock SET sold = 0, reserved = 4 WHERE sku_id = ${skuId}`;
    await reconcile(world);
    expect(await caseOf(world, 'order_without_workflow', id)).toMatchObject({ state: 'open' });
  });

  it('a refund whose workflow was terminated: started again, and settled by it', async () => {
    const { id } = await paid();
    const fault = await world.sandbox.fault({ op: 'refund', fault: 'error_500_before', times: 50 });
    const { body } = await world.api.call<{ id: string }>(
      ...(['POST', `/v1/orders/${id}/refunds`, { reason: 'faulty' }, { 'idempotency-key': 'refund' }] as const),
    );
    await until(
      'the gateway was asked',
      async () => (await world.stores.refunds.find(body.id))?.status === 'processing',
    );
    await terminate(refundWorkflowId(body.id));
    await fault();
    expect(outcomeOf(await reconcile(world))).toEqual({ workflows: { mended: 1, opened: 0 } });
    expect(await caseOf(world, 'refund_without_workflow', body.id)).toMatchObject({ state: 'mended' });
    await untilStatus(world, id, 'refunded');
  });

  it('late money whose workflow was terminated: started again, and sent back by it', async () => {
    const { id, merchantNo } = await placed();
    await world.sandbox.fault({ op: 'close', fault: 'broken_close', match: { merchantNo } });
    await world.api.cancel(id);
    await untilStatus(world, id, 'cancelled');
    const fault = await world.sandbox.fault({ op: 'refund', fault: 'error_500_before', times: 50 });
    await world.sandbox.pay(merchantNo);
    const { id: inboxId } = await until('it is on its way back', () =>
      world.prisma.webhookInbox.findFirst({ where: { orderId: id, state: 'refunding' } }),
    );
    await terminate(latePaymentWorkflowId(inboxId));
    await fault();
    expect(outcomeOf(await reconcile(world))).toEqual({ workflows: { mended: 1, opened: 0 } });
    expect(await caseOf(world, 'late_payment_without_workflow', inboxId)).toMatchObject({ state: 'mended' });
    await until('the money is back', async () => (await world.sandbox.story(merchantNo)).includes('refunded'));
  });

  it('a workflow that outlives its order: a case', async () => {
    const { id } = await placed();
    await cancelBehindTheWorkflow(id);
    await until('the visibility index knows of it', async () => {
      for await (const found of world.temporal.client.workflow.list({ query: `WorkflowId = '${orderWorkflowId(id)}'` }))
        return found.workflowId;
      return null;
    });
    await reconcile(world);
    expect(await caseOf(world, 'workflow_outlives_order', id)).toMatchObject({
      state: 'open',
      found: { status: 'cancelled' },
    });
  });

  it('a payment whose notification was lost: taken in, and the order is paid', async () => {
    const { id, paymentId, merchantNo } = await placed();
    const transactionId = await payUntold(merchantNo);
    expect(outcomeOf(await reconcile(world))).toEqual({ gateway: { mended: 1, opened: 0 } });
    expect(await caseOf(world, 'paid_untold', paymentId)).toMatchObject({ found: { paid: { transactionId } } });
    await untilStatus(world, id, 'paid');
  });

  it('a payment of a cancelled order that nobody told of: taken in as late money, and sent back', async () => {
    const { id, paymentId, merchantNo } = await placed();
    await terminate(orderWorkflowId(id));
    await cancelBehindTheWorkflow(id);
    await payUntold(merchantNo);
    expect(outcomeOf(await reconcile(world))).toEqual({ gateway: { mended: 1, opened: 0 } });
    expect(await caseOf(world, 'late_untold', paymentId)).toMatchObject({ state: 'mended' });
    await until('the money is back', async () => (await world.sandbox.story(merchantNo)).includes('refunded'));
  });

  it('an order that is paid here and not at its gateway: a case', async () => {
    const { id, paymentId } = await placed();
    const { payment } = (await world.stores.orders.find(id)) as Order & { payment: object };
    await terminate(orderWorkflowId(id));
    const { amount } = payment;
    const paidAt = new Date().toISOString();
    await world.stores.orders.confirm({ orderId: id, paymentId, paid: { transactionId: 'made-up', amount, paidAt } });
    expect(outcomeOf(await reconcile(world))).toEqual({ gateway: { mended: 0, opened: 1 } });
    expect(await caseOf(world, 'paid_not_at_gateway', paymentId)).toMatchObject({
      state: 'open',
      found: { orderId: id },
    });
  });

  it('another transaction here than at the gateway: a case', async () => {
    const { id, paymentId } = await paid();
    await world.prisma.payment.update({ where: { id: paymentId }, data: { transactionId: 'another' } });
    expect(outcomeOf(await reconcile(world))).toEqual({ gateway: { mended: 0, opened: 1 } });
    expect(await caseOf(world, 'paid_differs_at_gateway', paymentId)).toMatchObject({ found: { orderId: id } });
  });

  it('money that went back in the gateway’s own console: a case', async () => {
    const { id, paymentId, merchantNo } = await paid('stripe');
    const { payment, amount } = (await world.stores.orders.find(id)) as Order;
    const outcome = await atGateway('stripe').refund({
      ...{
        merchantNo,
        gatewayRef: payment?.gatewayRef ?? null,
        transactionId: payment?.transactionId ?? '',
        refundNo: 'elsewhere_1',
      },
      ...{ amount, refund: { minor: 700, currency: 'CNY' }, reason: 'in the console' },
    });
    expect(outcome.t).toBe('succeeded');
    expect(outcomeOf(await reconcile(world))).toEqual({ gateway: { mended: 0, opened: 1 } });
    expect((await caseOf(world, 'refunded_elsewhere', paymentId)).found).toMatchObject({ refunded: { minor: 700 } });
  });

  it('a refund that a person paid back: its workflow is woken a day early; one that never was there: a case', async () => {
    const { id, merchantNo } = await paid();
    await world.sandbox.fault({ op: 'refund', fault: 'refund_abnormal', match: { merchantNo } });
    const { body } = await world.api.call<{ id: string }>(
      ...([
        'POST',
        `/v1/orders/${id}/refunds`,
        { amount: 500, reason: 'faulty' },
        { 'idempotency-key': 'one' },
      ] as const),
    );
    const refund = await until('a person has to act', async () => {
      const found = await world.stores.refunds.find(body.id);
      return found?.status === 'manual' && found;
    });
    const { gatewayRef, transactionId, paid: amount, amount: back, reason } = refund;
    const request = { merchantNo, gatewayRef, transactionId, refundNo: 'by_hand_1', amount, refund: back, reason };
    expect((await atGateway('wechat').refund(request)).t).toBe('succeeded');
    await world.prisma.refund.update({ where: { id: refund.id }, data: { number: 'by_hand_1' } });
    expect(outcomeOf(await reconcile(world))).toEqual({ gateway: { mended: 1, opened: 0 } });
    expect(await caseOf(world, 'refund_untold', refund.id)).toMatchObject({ state: 'mended' });
    await until('it is settled', async () => (await world.stores.refunds.find(refund.id))?.status === 'succeeded');

    await world.prisma.refund.update({ where: { id: refund.id }, data: { number: 'never_sent' } });
    await reconcile(world);
    expect(await caseOf(world, 'refund_not_at_gateway', refund.id)).toMatchObject({ found: { says: 'absent' } });
  });

  it.each([
    ['received', 'payment_undelivered'],
    ['delivered', 'payment_unheard'],
  ] as const)('a payment that is %s and did not reach the order: told to it once more', async (state, code) => {
    const { id, paymentId, merchantNo } = await placed();
    const transactionId = await payUntold(merchantNo);
    const told = { gateway: 'wechat', eventId: 'event', merchantNo, transactionId, amount: 4000n, currency: 'CNY' };
    const inboxId = world.stores.newId('event');
    await world.prisma.webhookInbox.create({
      data: { id: inboxId, ...told, paidAt: new Date(), orderId: id, paymentId, state, leasedUntil: FOR_A_DAY },
    });
    expect(outcomeOf(await reconcile(world))).toEqual({ inbox: { mended: 1, opened: 0 } });
    expect(await caseOf(world, code, inboxId)).toMatchObject({ state: 'mended' });
    await untilStatus(world, id, 'paid');
  });

  it('money of a wrong amount: a case that says whose and how much', async () => {
    const { id, merchantNo } = await placed();
    await world.sandbox.fault({ op: 'notify', fault: 'wrong_amount', match: { merchantNo } });
    await world.sandbox.pay(merchantNo);
    await until('it is held', () => world.prisma.webhookInbox.findFirst({ where: { state: 'held_for_review' } }));
    await reconcile(world);
    const [held] = await casesOf(world, 'payment_of_wrong_amount');
    expect(held).toMatchObject({ state: 'open', found: { orderId: id, merchantNo } });
  });

  it('a gateway that does not answer says nothing: no case is opened, and none is closed', async () => {
    const { paymentId } = await paid();
    await world.prisma.payment.update({ where: { id: paymentId }, data: { transactionId: 'another' } });
    const silent = await world.sandbox.fault({ op: 'query', fault: 'error_500_before', times: 1_000 });
    expect(outcomeOf(await reconcile(world))).toEqual({});
    await silent();
    await reconcile(world);
    await world.sandbox.fault({ op: 'query', fault: 'error_500_before', times: 1_000 });
    await reconcile(world);
    expect(await caseOf(world, 'paid_differs_at_gateway', paymentId)).toMatchObject({ state: 'open' });
  });
});
