import { getOrderProgress, type OrderInput, orderWorkflowId, paymentReceived } from '../../workflows/order/contract';
import { recordHistory } from '../support/histories';
import { expectBooksBalance, expectInvariants, untilStatus } from '../support/invariants';
import { holdLock } from '../support/lock';
import { until } from '../support/until';
import { openWorld, type World } from '../support/world';

const LONG_WINDOW_SECONDS = 600;
const WINDOW_SECONDS = 2;

describe('orderWorkflow, branch by branch', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld('workflow');
  });
  afterAll(() => world.close());
  afterEach(() => expectBooksBalance(world));

  async function place(paymentWindowSeconds = LONG_WINDOW_SECONDS, payWith: string | null = 'wechat') {
    const skuId = await world.api.addSku(5);
    const { body } = await world.api.place({ lines: [{ skuId, quantity: 1 }], paymentWindowSeconds, payWith });
    return { skuId, id: body.id, merchantNo: body.payment?.merchantNo ?? '' };
  }

  const handle = (id: string) => world.temporal.client.workflow.getHandle(orderWorkflowId(id));
  /** An order without a gateway is answered before its workflow is started. */
  const result = async (id: string): Promise<unknown> => {
    await until('the workflow is started', () =>
      handle(id)
        .describe()
        .catch(() => null),
    );
    return handle(id).result();
  };

  /** Starts an order as an operator would from the Temporal UI or CLI. */
  function startByHand(input: unknown, workflowId = orderWorkflowId(world.stores.newId('order'))) {
    return world.temporal.client.workflow.start('orderWorkflow', {
      workflowId,
      taskQueue: world.taskQueue,
      args: [input as OrderInput],
    });
  }

  it('paid within the window', async () => {
    const order = await place();
    await world.sandbox.pay(order.merchantNo);
    expect(await result(order.id)).toEqual({ orderId: order.id, status: 'paid' });
    await recordHistory(world, order.id, 'offered-at-once');
  });

  it('paid within the window, the gateway being slow with the create: it is waited for beside the workflow', async () => {
    await world.sandbox.fault({ op: 'create', fault: 'latency', ms: 2_000 });
    const order = await place();
    await world.sandbox.pay(order.merchantNo);
    expect(await result(order.id)).toEqual({ orderId: order.id, status: 'paid' });
    expect(await world.sandbox.story(order.merchantNo)).toEqual(['created', 'paid']);
    await recordHistory(world, order.id, 'paid');
  });

  it('paid by asking for the payment: with points, all of it in one workflow task', async () => {
    const skuId = await world.api.addSku(5, 0);
    const { body } = await world.api.place({ lines: [{ skuId, quantity: 1 }], payWith: 'points' });
    expect(await result(body.id)).toEqual({ orderId: body.id, status: 'paid' });
    const { events = [] } = await handle(body.id).fetchHistory();
    expect(events?.filter((event) => event.workflowTaskCompletedEventAttributes)).toHaveLength(1);
    await recordHistory(world, body.id, 'paid-at-once');
  });

  it('the paid path fits 14 events and two workflow tasks, the create included', async () => {
    const order = await place();
    await world.sandbox.pay(order.merchantNo);
    await result(order.id);
    const { events = [] } = await handle(order.id).fetchHistory();
    expect(events?.length).toBeLessThanOrEqual(14);
    expect(events?.filter((event) => event.workflowTaskCompletedEventAttributes).length).toBeLessThanOrEqual(2);
    expect(events?.some((event) => event.activityTaskScheduledEventAttributes)).toBe(false);
  });

  it('window over, close acknowledged', async () => {
    const order = await place(WINDOW_SECONDS);
    expect(await result(order.id)).toEqual({ orderId: order.id, status: 'cancelled' });
    await recordHistory(world, order.id, 'window-over');
  });

  it('window over without a gateway chosen: nothing to close', async () => {
    const order = await place(1, null);
    expect(await result(order.id)).toMatchObject({ status: 'cancelled' });
    const closed = (await world.api.timeline(order.id)).find(({ what }) => what === 'cancelled');
    expect(closed?.data).toMatchObject({ proof: 'neverOffered' });
  });

  it('cancelled by Update', async () => {
    const order = await place();
    expect(await world.api.cancel(order.id)).toMatchObject({
      status: 200,
      body: { status: 'cancelled', closeReason: 'buyer_cancelled' },
    });
    await recordHistory(world, order.id, 'cancelled-by-update');
  });

  it('cancelled twice at once: both are answered, the stock returns once', async () => {
    const order = await place();
    const answers = await Promise.all([world.api.cancel(order.id), world.api.cancel(order.id)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(await world.api.stock(order.skuId)).toMatchObject({ available: 5, reserved: 0 });
  });

  it('cancelled in the Temporal UI: the same safe path', async () => {
    const order = await place();
    await handle(order.id).cancel();
    expect(await result(order.id)).toEqual({ orderId: order.id, status: 'cancelled' });
    expect(await world.sandbox.story(order.merchantNo)).toEqual(['created', 'closed']);
    expect((await world.api.order(order.id)).closeReason).toBe('operator_cancelled');
    await recordHistory(world, order.id, 'cancelled-in-temporal');
  });

  it('the close finds the payment', async () => {
    const order = await place(WINDOW_SECONDS);
    await world.sandbox.fault({ op: 'close', fault: 'pay_before_close', match: { merchantNo: order.merchantNo } });
    expect(await result(order.id)).toMatchObject({ status: 'paid' });
    await recordHistory(world, order.id, 'paid-as-it-closes');
  });

  it('closing: unknown answers, a query says so, a person is told, the payment ends it', async () => {
    const order = await place(1);
    const match = { merchantNo: order.merchantNo };
    const disarm = await world.sandbox.fault({ op: 'close', fault: 'user_paying', times: 1000, match });
    await untilStatus(world, order.id, 'closing');
    // 1 s of closing is the tests' "takes long"; the question after it escalates.
    await until('a person is told', async () =>
      (await world.api.timeline(order.id)).some(({ what }) => what === 'escalated'),
    );
    expect(world.logged.some((line) => line.includes('closing_takes_long') && line.includes(order.id))).toBe(true);
    const progress = await handle(order.id).query(getOrderProgress);
    expect(progress).toMatchObject({ status: 'closing', closing: { lastAnswer: 'the buyer is paying' } });
    expect(progress.closing?.asked).toBeGreaterThanOrEqual(1);
    expect(await world.api.stock(order.skuId)).toMatchObject({ available: 4, reserved: 1 });
    await world.sandbox.pay(order.merchantNo);
    expect(await result(order.id)).toMatchObject({ status: 'paid' });
    await disarm();
    await recordHistory(world, order.id, 'closing-then-paid');
  });

  it('closing: no answer, then a close that verifies', async () => {
    const order = await place();
    const match = { merchantNo: order.merchantNo };
    const disarm = await world.sandbox.fault({ op: 'close', fault: 'error_500_before', times: 1000, match });
    expect((await world.api.cancel(order.id)).status).toBe(202);
    await disarm();
    expect((await world.api.cancel(order.id)).status).toBe(200);
    expect(await result(order.id)).toMatchObject({ status: 'cancelled' });
    await recordHistory(world, order.id, 'closing-then-closed');
  });

  it('closing: a history that grows long is cut, and nobody is left waiting', async () => {
    const order = await place();
    const match = { merchantNo: order.merchantNo };
    const disarm = await world.sandbox.fault({ op: 'close', fault: 'user_paying', times: 100_000, match });
    const firstRun = (await handle(order.id).describe()).runId;
    // A client that polls by cancelling: each call asks the gateway at once.
    await until(
      'the history is cut',
      async () => {
        expect(await world.api.cancel(order.id)).toMatchObject({ status: 202, body: { status: 'closing' } });
        return (await handle(order.id).describe()).runId !== firstRun;
      },
      110_000,
    );
    const { closing } = await until('the new run has taken over', async () => {
      const progress = await handle(order.id).query(getOrderProgress);
      return progress.status === 'closing' && progress;
    });
    expect(closing?.asked).toBeGreaterThan(5);
    await recordHistory(world, order.id, 'closing-in-a-new-run');
    expect((await world.api.cancel(order.id)).status).toBe(202);
    await world.sandbox.pay(order.merchantNo);
    expect(await result(order.id)).toMatchObject({ status: 'paid' });
    await disarm();
  }, 120_000);

  it('the create gets no answer at first and is repeated under the same number', async () => {
    const skuId = await world.api.addSku(5);
    await world.sandbox.fault({ op: 'create', fault: 'error_500_after', times: 2 });
    const { body } = await world.api.place({
      lines: [{ skuId, quantity: 1 }],
      paymentWindowSeconds: LONG_WINDOW_SECONDS,
    });
    const offered = await until('the payment is offered', async () => {
      const { payment } = await world.api.order(body.id);
      return payment?.status === 'pending' && payment;
    });
    expect(await world.sandbox.story(offered.merchantNo)).toEqual(['created']);
    await world.sandbox.pay(offered.merchantNo);
    expect(await result(body.id)).toMatchObject({ status: 'paid' });
    await recordHistory(world, body.id, 'create-repeated');
  });

  it('the create never gets through: withdrawn before the close, held until nobody could pay any more', async () => {
    const skuId = await world.api.addSku(5);
    const disarm = await world.sandbox.fault({ op: 'create', fault: 'drop_before_effect', times: 1000 });
    const { body } = await world.api.place({ lines: [{ skuId, quantity: 1 }] });
    expect(body.payment?.status).toBe('creating');
    expect(await world.api.cancel(body.id)).toMatchObject({ status: 202, body: { status: 'closing' } });
    expect(await world.api.stock(skuId)).toMatchObject({ available: 4, reserved: 1 });
    const { closing } = await handle(body.id).query(getOrderProgress);
    expect(closing?.lastAnswer).toBe('absent at the gateway, payable until it expires');
    await disarm();
    await handle(body.id).terminate('the end of its window is 30 minutes away');
  });

  it('a payment told twice, and again after the end, is one payment', async () => {
    const order = await place();
    const { id: paymentId = '' } = (await world.api.order(order.id)).payment ?? {};
    const { transactionId = '' } = await world.sandbox.pay(order.merchantNo);
    const told = {
      paymentId,
      paid: { transactionId, amount: { minor: 1999, currency: 'CNY' }, paidAt: new Date().toISOString() },
    };
    await Promise.allSettled([1, 2, 3].map(() => handle(order.id).signal(paymentReceived, told)));
    expect(await result(order.id)).toMatchObject({ status: 'paid' });
    expect(await world.prisma.outbox.count({ where: { orderId: order.id, type: 'OrderPaid' } })).toBe(1);
    await expectInvariants(world);
  });

  it('money told while the stock is being returned goes back by a process of its own', async () => {
    const order = await place();
    const unlock = await holdLock(world.config.databaseUrl, order.skuId);
    const cancelling = world.api.cancel(order.id);
    await until('the gateway has closed', async () => (await world.sandbox.story(order.merchantNo)).includes('closed'));
    const { id: paymentId = '' } = (await world.api.order(order.id)).payment ?? {};
    const paid = {
      transactionId: '4200000000000000000000000001',
      amount: { minor: 1999, currency: 'CNY' },
      paidAt: new Date().toISOString(),
    };
    // A gateway that breaks its word: it acknowledged the close, and now it vouches for a payment.
    await world.stores.inbox.store({
      gateway: 'wechat',
      eventId: `late-${order.id}`,
      merchantNo: order.merchantNo,
      paid,
    });
    await handle(order.id).signal(paymentReceived, { paymentId, paid });
    await unlock();
    expect((await cancelling).status).toBe(200);
    await until('the money is put aside', () =>
      world.prisma.webhookInbox.findFirst({ where: { orderId: order.id, state: 'refunding' } }),
    );
    expect((await world.api.timeline(order.id)).map(({ what }) => what)).toContain('late payment: sent back');
    expect(world.logged.some((line) => line.includes('late_payment') && line.includes(order.id))).toBe(true);
  });

  it('money told after the end goes back by a process of its own', async () => {
    const order = await place();
    await world.api.cancel(order.id);
    const paid = {
      transactionId: '4200000000000000000000000002',
      amount: { minor: 1999, currency: 'CNY' },
      paidAt: new Date().toISOString(),
    };
    await world.stores.inbox.store({
      gateway: 'wechat',
      eventId: `later-${order.id}`,
      merchantNo: order.merchantNo,
      paid,
    });
    await until('the money is put aside', () =>
      world.prisma.webhookInbox.findFirst({ where: { orderId: order.id, state: 'refunding' } }),
    );
    expect((await world.api.order(order.id)).status).toBe('cancelled');
  });

  it('terminated while closing and started again: goes on from where the order stands', async () => {
    const order = await place();
    const match = { merchantNo: order.merchantNo };
    const disarm = await world.sandbox.fault({ op: 'close', fault: 'error_500_before', times: 1000, match });
    expect((await world.api.cancel(order.id)).status).toBe(202);
    await handle(order.id).terminate('by mistake');
    expect(await world.api.cancel(order.id)).toMatchObject({ status: 409, body: { code: 'process_ended' } });
    await disarm();
    await startByHand({}, orderWorkflowId(order.id));
    expect(await result(order.id)).toMatchObject({ status: 'cancelled' });
    expect((await world.api.order(order.id)).closeReason).toBe('buyer_cancelled');
    await recordHistory(world, order.id, 'resumed-while-closing');
  });

  it('reads like a story in the Temporal UI', async () => {
    const order = await place();
    const description = await handle(order.id).describe();
    expect(await description.staticSummary()).toMatch(/^1 unit in 1 line, pay with wechat by 20/);
    const shown = new Map(description.typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]));
    expect(shown.get('OrderStatus')).toBe('awaiting_payment');
    expect(shown.get('OrderPayBy')).toEqual(new Date((await world.api.order(order.id)).payBy));
    const { events = [] } = await handle(order.id).fetchHistory();
    const summaries = (events ?? [])
      .flatMap((event) => event.userMetadata?.summary?.data ?? [])
      .map((data) => Buffer.from(data).toString());
    expect(summaries).toEqual(
      expect.arrayContaining([
        '"hold the stock, offer the payment at wechat"',
        expect.stringMatching(/^"payment window, until /),
      ]),
    );
    await world.api.cancel(order.id);
  });
});
