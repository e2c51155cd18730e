import { TemporalOrderCommands } from '../../src/adapters/process/temporal/order-commands';
import { TemporalOrderProcess } from '../../src/adapters/process/temporal/order-process';
import { type OrderCommands } from '../../src/ports/order-commands';
import { processDraft } from '../../src/ports/process-draft';
import { getOrderProgress, orderWorkflowId } from '../../workflows/order/contract';
import { expectBooksBalance } from '../support/invariants';
import { untilLockWaits } from '../support/lock';
import { openTransaction, type OpenTransaction } from '../support/open-transaction';
import { later } from '../support/operators';
import {
  CANCELLED,
  expectEnd,
  expectStillHeld,
  PAID,
  placed,
  type RacingOrder,
  WINDOW_SECONDS,
} from '../support/races';
import { until } from '../support/until';
import { openWorld, type World } from '../support/world';

const HOUR_MS = 3_600_000;

describe('an extension and the end of the window at once', () => {
  let world: World;
  let commands: OrderCommands;
  beforeAll(async () => {
    world = await openWorld('extension-races');
    const { taskQueue } = world;
    const { client } = world.temporal;
    const process = new TemporalOrderProcess({ client, taskQueue, eagerStart: false });
    commands = new TemporalOrderCommands({ client, taskQueue, process });
  });
  afterAll(() => world.close());
  afterEach(() => expectBooksBalance(world));

  const holdOrder = (order: RacingOrder): Promise<OpenTransaction> =>
    openTransaction(world.config.databaseUrl, 'SELECT 1 FROM orders WHERE id = $1 FOR UPDATE', [order.id]);

  async function extend({ id }: RacingOrder, commandId: string) {
    const order = await world.stores.orders.find(id);
    if (!order) throw new Error('the order is not there');
    const payBy = later(order.payBy, HOUR_MS);
    return {
      payBy,
      was: order.payBy,
      answer: commands.extend({ orderId: id, draft: processDraft(order), commandId }, payBy),
    };
  }

  it('accepted before the deadline, written after it: the deadline moves, the stock stays, the order can be paid', async () => {
    const order = await placed(world, 'wechat', { paymentWindowSeconds: WINDOW_SECONDS * 2 });
    const lock = await holdOrder(order);
    const { answer, payBy, was } = await extend(order, 'as-the-timer-fires');
    await untilLockWaits(world.prisma, 1).catch(async (error: unknown) => {
      await lock.rollback();
      throw error;
    });
    await until('the old deadline is over', () => Date.now() > Date.parse(was) + 100).finally(() => lock.rollback());
    expect(await answer).toMatchObject({ t: 'extended', payBy });
    // The workflow answers from what its timer runs by, and never began to close.
    const workflow = world.temporal.client.workflow.getHandle(orderWorkflowId(order.id));
    expect(await workflow.query(getOrderProgress)).toMatchObject({ status: 'awaiting_payment', payBy });
    await expectStillHeld(world, order);
    expect(await world.api.order(order.id)).toMatchObject({ status: 'awaiting_payment', payBy });
    await world.sandbox.pay(order.merchantNo);
    await expectEnd(world, order, PAID);
    expect((await world.api.timeline(order.id)).map(({ what }) => what)).not.toContain('closing');
  });

  it('asked once the window is over: refused, and the order ends as if nobody had asked', async () => {
    const order = await placed(world, 'wechat', { paymentWindowSeconds: WINDOW_SECONDS });
    const lock = await holdOrder(order);
    await untilLockWaits(world.prisma, 1).catch(async (error: unknown) => {
      await lock.rollback();
      throw error;
    });
    const { answer } = await extend(order, 'too-late');
    const refused = expect(answer).rejects.toMatchObject({ code: expect.stringMatching(/order_closing|not_payable/) });
    await lock.rollback();
    await expectEnd(world, order, CANCELLED);
    // The workflow may have ended before it was asked.
    await refused.catch(async () => expect(await answer).toMatchObject({ t: 'ended' }));
  });
});
