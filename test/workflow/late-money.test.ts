import { latePaymentWorkflowId } from '../../workflows/late-payment/contract';
import { refundChanged } from '../../workflows/refund/contract';
import { until } from '../support/until';
import { openWorld, type World } from '../support/world';

describe('money that came too late', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld('late-money');
  });
  afterAll(() => world.close());

  async function placed() {
    const skuId = await world.api.addSku(3, 1000);
    const { body } = await world.api.place({ lines: [{ skuId, quantity: 1 }], paymentWindowSeconds: 600 });
    return { id: body.id, merchantNo: body.payment?.merchantNo ?? '' };
  }

  it('goes back as soon as the gateway says that it has news of the refund', async () => {
    const { id, merchantNo } = await placed();
    await world.sandbox.fault({ op: 'close', fault: 'broken_close', match: { merchantNo } });
    await world.api.cancel(id);
    // In processing for two seconds; WeChat Pay is asked again after a minute, unless it tells of it.
    await world.sandbox.fault({ op: 'refund', fault: 'refund_processing', match: { merchantNo } });
    await world.sandbox.pay(merchantNo);
    const { id: inboxId } = await until('the money is put aside', () =>
      world.prisma.webhookInbox.findFirst({ where: { orderId: id, state: 'refunding' } }),
    );
    const workflow = world.temporal.client.workflow.getHandle(latePaymentWorkflowId(inboxId));
    expect(await workflow.result()).toEqual({ end: 'refunded' });
    const { events } = await workflow.fetchHistory();
    const signals = (events ?? []).flatMap((event) => event.workflowExecutionSignaledEventAttributes?.signalName ?? []);
    expect(signals).toEqual([refundChanged.name]);
  });
});
