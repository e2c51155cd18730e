import { randomUUID } from 'node:crypto';
import { defaultPayloadConverter } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { getOrderProgress, type OrderInput, orderWorkflowId } from '../../workflows/order/contract';
import { extendPaymentWindow } from '../../workflows/order/contract-operators';
import { recordHistory } from '../support/histories';
import { expectBooksBalance, untilStatus } from '../support/invariants';
import { until } from '../support/until';
import { openWorld, type World } from '../support/world';

const { RESET_REAPPLY_EXCLUDE_TYPE_SIGNAL: SIGNALS, RESET_REAPPLY_EXCLUDE_TYPE_UPDATE: UPDATES } =
  temporal.api.enums.v1.ResetReapplyExcludeType;

describe('an order that is started as it was placed, without a gateway', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld('as-placed');
  });
  afterAll(() => world.close());
  afterEach(() => expectBooksBalance(world));

  const handle = (id: string) => world.temporal.client.workflow.getHandle(orderWorkflowId(id));
  const choose = (id: string, gateway: string) =>
    world.api.call<{ id: string; merchantNo: string }>('POST', `/v1/orders/${id}/payments`, { gateway });

  async function place(paymentWindowSeconds = 600) {
    const skuId = await world.api.addSku(5);
    const { body } = await world.api.place({ lines: [{ skuId, quantity: 1 }], payWith: null, paymentWindowSeconds });
    await until('the workflow waits for the payment', async () => {
      const events = await eventsOf(body.id).catch(() => []);
      return timersOf(events).length > 0;
    });
    return { skuId, id: body.id };
  }

  async function eventsOf(id: string) {
    return (await handle(id).fetchHistory()).events ?? [];
  }
  const timersOf = (events: Awaited<ReturnType<typeof eventsOf>>) =>
    events.flatMap(({ timerStartedEventAttributes }) => timerStartedEventAttributes ?? []);

  it('waits for its payment without a look at the record', async () => {
    const { id } = await place();
    const events = await eventsOf(id);
    expect(events.filter(({ markerRecordedEventAttributes }) => markerRecordedEventAttributes)).toEqual([]);
    expect(events).toHaveLength(5);
    await world.api.cancel(id);
  });

  it('a gateway is chosen later, and paid', async () => {
    const { id } = await place();
    const { body } = await choose(id, 'wechat');
    await world.sandbox.pay(body.merchantNo);
    expect(await handle(id).result()).toEqual({ orderId: id, status: 'paid' });
    await recordHistory(world, id, 'as-placed-then-paid');
  });

  it('its window is over: nothing to close', async () => {
    const { id, skuId } = await place(1);
    expect(await handle(id).result()).toMatchObject({ status: 'cancelled' });
    expect(await world.api.stock(skuId)).toMatchObject({ available: 5, reserved: 0 });
    await recordHistory(world, id, 'as-placed-window-over');
  });

  it('its input, copied for another order, says nothing about that one: it holds for itself', async () => {
    const { id, skuId } = await place();
    const placed = { orderId: id, payBy: '2100-01-01T00:00:00.000Z' };
    const input: OrderInput = {
      buyerId: 'buyer_cli',
      lines: [{ skuId, quantity: 2 }],
      paymentWindowSeconds: 600,
      placed,
    };
    const copy = world.stores.newId('order');
    const options = { workflowId: orderWorkflowId(copy), taskQueue: world.taskQueue, args: [input] };
    await world.temporal.client.workflow.start('orderWorkflow', options);
    await until('it holds', async () => (await world.api.stock(skuId)).reserved === 3);
    await Promise.all([id, copy].map((each) => world.api.cancel(each)));
  });

  /** Goes on in a run that has the input of its first day, and nothing of what the one before was told. */
  async function reset(id: string, tasks: 'first' | 'last' = 'first'): Promise<void> {
    const completed = (await eventsOf(id)).filter((event) => event.workflowTaskCompletedEventAttributes);
    const { connection, options } = world.temporal.client;
    await connection.workflowService.resetWorkflowExecution({
      namespace: options.namespace,
      workflowExecution: { workflowId: orderWorkflowId(id) },
      reason: 'by an operator',
      workflowTaskFinishEventId: completed.at(tasks === 'first' ? 0 : -1)?.eventId,
      requestId: randomUUID(),
      resetReapplyExcludeTypes: [SIGNALS, UPDATES],
    });
  }

  async function startOnceMore(id: string): Promise<void> {
    const [first] = await eventsOf(id);
    const [input] = first?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
    await handle(id).terminate('by mistake');
    const args = [defaultPayloadConverter.fromPayload<OrderInput>(input ?? {})];
    const options = { workflowId: orderWorkflowId(id), taskQueue: world.taskQueue, args };
    await world.temporal.client.workflow.start('orderWorkflow', options);
  }

  describe.each([
    ['reset to its beginning', reset],
    ['terminated, and started once more with the input of its first day', startOnceMore],
  ])('%s', (_how, again) => {
    /** A gateway was chosen, which the run that goes on has not heard of. */
    async function forgetful() {
      const order = await place();
      const { body: first } = await choose(order.id, 'wechat');
      await again(order.id);
      await until('it waits for the payment', async () => timersOf(await eventsOf(order.id)).length > 0);
      const heard = (await eventsOf(order.id)).filter((event) => event.workflowExecutionUpdateAcceptedEventAttributes);
      expect(heard).toEqual([]);
      return { ...order, first };
    }

    it('the attempt that it does not know is closed at its gateway before another can be paid', async () => {
      const { id, first } = await forgetful();
      const { status, body: second } = await choose(id, 'alipay');
      expect(status).toBe(201);
      expect(await world.sandbox.story(first.merchantNo)).toEqual(['created', 'closed']);
      await world.sandbox.pay(second.merchantNo);
      await untilStatus(world, id, 'paid');
    });

    it('the attempt that it does not know is closed at its gateway before the stock goes back', async () => {
      const { id, skuId, first } = await forgetful();
      const match = { merchantNo: first.merchantNo };
      const disarm = await world.sandbox.fault({ op: 'close', fault: 'user_paying', times: 1000, match });
      expect(await world.api.cancel(id)).toMatchObject({ status: 202, body: { status: 'closing' } });
      expect(await world.api.stock(skuId)).toMatchObject({ available: 4, reserved: 1 });
      await disarm();
      expect(await world.api.cancel(id)).toMatchObject({ status: 200, body: { status: 'cancelled' } });
      expect(await world.sandbox.story(first.merchantNo)).toEqual(['created', 'closed']);
    });

    it('the attempt that it does not know can be paid', async () => {
      const { id, first } = await forgetful();
      await world.sandbox.pay(first.merchantNo);
      expect(await handle(id).result()).toEqual({ orderId: id, status: 'paid' });
    });

    it('the deadline that was promised since is kept, though its own timer ends before', async () => {
      // Long enough for the extension to come in time on a busy machine.
      const { id } = await place(8);
      const { payBy } = await world.api.order(id);
      const extended = new Date(Date.parse(payBy) + 600_000).toISOString();
      await handle(id).executeUpdate(extendPaymentWindow, { args: [{ payBy: extended }] });
      await again(id);
      await until('it has looked', async () => (await handle(id).query(getOrderProgress)).payBy === extended);
      expect((await world.api.order(id)).status).toBe('awaiting_payment');
      const { body } = await choose(id, 'wechat');
      await world.sandbox.pay(body.merchantNo);
      expect(await handle(id).result()).toEqual({ orderId: id, status: 'paid' });
    });
  });

  it('reset after the order has ended, it ends as the record says', async () => {
    const { id } = await place(3);
    await world.api.cancel(id);
    await reset(id);
    expect(await handle(id).result()).toEqual({ orderId: id, status: 'cancelled' });
  });

  it('reset to its last task, it goes on from there', async () => {
    const { id } = await place();
    const { body } = await choose(id, 'wechat');
    await reset(id, 'last');
    await world.sandbox.pay(body.merchantNo);
    expect(await handle(id).result()).toEqual({ orderId: id, status: 'paid' });
  });
});
