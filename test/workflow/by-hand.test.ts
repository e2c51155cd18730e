import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { type OrderInput, orderWorkflowId } from '../../workflows/order/contract';
import { recordHistory } from '../support/histories';
import { expectBooksBalance } from '../support/invariants';
import { until } from '../support/until';
import { openWorld, type World } from '../support/world';

describe('orders started straight through Temporal', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld('by-hand');
  });
  afterAll(() => world.close());
  afterEach(() => expectBooksBalance(world));

  const result = (id: string): Promise<unknown> =>
    world.temporal.client.workflow.getHandle(orderWorkflowId(id)).result();

  /** Starts an order as an operator would from the Temporal UI or CLI. */
  function startByHand(input: unknown, workflowId = orderWorkflowId(world.stores.newId('order'))) {
    return world.temporal.client.workflow.start('orderWorkflow', {
      workflowId,
      taskQueue: world.taskQueue,
      args: [input as OrderInput],
    });
  }

  it('holds for itself, is paid', async () => {
    const skuId = await world.api.addSku(5);
    const { workflowId } = await startByHand({
      buyerId: 'buyer_cli',
      lines: [{ skuId, quantity: 2 }],
      payWith: 'wechat',
    });
    const id = workflowId.replace('order:', '');
    const { payment } = await until('the order is there', async () => {
      const order = await world.api.order(id);
      return order.payment?.status === 'pending' && order;
    });
    expect(await world.api.stock(skuId)).toMatchObject({ available: 3, reserved: 2 });
    await world.sandbox.pay(payment?.merchantNo ?? '');
    expect(await result(id)).toEqual({ orderId: id, status: 'paid' });
    await recordHistory(world, id, 'by-hand-paid');
  });

  it('holds for itself without a gateway; its window over, there is nothing to close', async () => {
    const skuId = await world.api.addSku(5);
    const lines = [{ skuId, quantity: 2 }];
    const { workflowId } = await startByHand({ buyerId: 'buyer_cli', lines, paymentWindowSeconds: 1 });
    const id = workflowId.replace('order:', '');
    expect(await result(id)).toEqual({ orderId: id, status: 'cancelled' });
    expect(await world.api.stock(skuId)).toMatchObject({ available: 5, reserved: 0 });
    await recordHistory(world, id, 'never-offered');
  });

  it('is rejected when stock is short, and holds nothing', async () => {
    const skuId = await world.api.addSku(1);
    const { workflowId } = await startByHand({ buyerId: 'buyer_cli', lines: [{ skuId, quantity: 2 }] });
    const id = workflowId.replace('order:', '');
    expect(await result(id)).toEqual({ orderId: id, status: 'rejected' });
    const [fact] = await world.api.timeline(id);
    expect(fact).toMatchObject({
      what: 'rejected',
      data: { code: 'out_of_stock', shortages: [{ skuId, requested: 2, available: 1 }] },
    });
    expect((await world.api.cancel(id)).body.code).toBe('not_cancellable');
    await recordHistory(world, id, 'by-hand-rejected');
  });

  it.each([['an unknown SKU', [{ skuId: 'sku_nowhere', quantity: 1 }], 'sku_not_found']])(
    'is rejected for %s',
    async (_what, lines, code) => {
      const { workflowId } = await startByHand({ buyerId: 'buyer_cli', lines });
      const id = workflowId.replace('order:', '');
      expect(await result(id)).toMatchObject({ status: 'rejected' });
      expect((await world.api.timeline(id))[0]?.data).toMatchObject({ code });
    },
  );

  it.each([
    [
      'a foreign workflow id',
      { buyerId: 'b', lines: [{ skuId: 's', quantity: 1 }] },
      'order:not-an-order',
      'INVALID_ORDER_ID',
    ],
    ['an input that is no order', { buyerId: '', lines: [] }, undefined, 'VALIDATION_FAILED'],
  ])('fails at once for %s', async (_what, input, workflowId, type) => {
    const started = await startByHand(input, workflowId);
    const failure = await started.result().then(
      () => null,
      (error: unknown) => (error instanceof WorkflowFailedError ? rootOf(error) : null),
    );
    expect(failure).toMatchObject({ type, nonRetryable: true });
  });
});

function rootOf(error: WorkflowFailedError): ApplicationFailure | null {
  let cause: Error | undefined = error.cause;
  while (cause?.cause instanceof Error && !(cause instanceof ApplicationFailure)) cause = cause.cause;
  return cause instanceof ApplicationFailure ? cause : null;
}
