import { expectInvariants, untilStatus } from '../support/invariants';
import { holdLock } from '../support/lock';
import { until } from '../support/until';
import { startWorkerProcess } from '../support/worker-process';
import { openWorld, type World } from '../support/world';

describe('processes that die', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld('killed', { worker: false });
  });
  afterAll(() => world.close());

  it('race 19: worker killed between close and release → returned exactly once', async () => {
    const first = await startWorkerProcess(world);
    const skuId = await world.api.addSku(10);
    const { body: order } = await world.api.place({ lines: [{ skuId, quantity: 4 }], paymentWindowSeconds: 600 });
    const merchantNo = order.payment?.merchantNo ?? '';
    const unlock = await holdLock(world.config.databaseUrl, skuId);
    const cancelling = world.api.cancel(order.id);
    // The window: the gateway has closed, and the release waits for the counters that this test holds.
    await until('the release is under way', async () => {
      const [{ waiting } = { waiting: 0 }] = await world.prisma.$queryRaw<{ waiting: number }[]>`
        SELECT count(*)::int AS waiting FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%stock_ledger%'`;
      return waiting > 0;
    });
    expect(await world.sandbox.story(merchantNo)).toEqual(['created', 'closed']);
    await first.kill();
    await unlock();
    expect(await world.api.order(order.id)).toMatchObject({ status: expect.stringMatching(/closing|cancelled/) });

    const second = await startWorkerProcess(world);
    await untilStatus(world, order.id, 'cancelled');
    await cancelling;
    expect(await world.api.stock(skuId)).toMatchObject({ available: 10, reserved: 0, sold: 0 });
    const moves = (await world.api.timeline(order.id)).filter(({ kind }) => kind === 'stock').map(({ what }) => what);
    expect(moves).toEqual(['hold', 'release']);
    await expectInvariants(world);
    expect(await second.terminate()).toBe(0);
  }, 120_000);

  it('an order whose API died between its commit and its start gets its workflow from whoever runs', async () => {
    const worker = await startWorkerProcess(world);
    const skuId = await world.api.addSku(10);
    const orderId = world.stores.newId('order');
    // What an API leaves that is killed right after its commit: the order, its hold, its start intent; nobody told Temporal.
    const draft = {
      buyerId: 'buyer_1',
      lines: [{ skuId, quantity: 1 }],
      payWith: 'wechat' as const,
      paymentWindowSeconds: 600,
    };
    await world.stores.orders.place({ orderId, draft, startIntent: true });
    const offered = await until('the payment is offered', async () => {
      const { payment } = await world.api.order(orderId);
      return payment?.status === 'pending' && payment;
    });
    await world.sandbox.pay(offered.merchantNo);
    await untilStatus(world, orderId, 'paid');
    expect(await until('the intent is gone', async () => (await world.stores.intents.pending()) === 0)).toBe(true);
    await expectInvariants(world);
    expect(await worker.terminate()).toBe(0);
  }, 120_000);

  it('a payment that arrives before its order has a workflow is kept and delivered', async () => {
    // No worker runs: nothing but the API and its stores.
    const skuId = await world.api.addSku(10);
    const { body: order } = await world.api.place({ lines: [{ skuId, quantity: 1 }], paymentWindowSeconds: 600 });
    expect(order.payment?.status).toBe('creating');
    const worker = await startWorkerProcess(world);
    const offered = await until('the payment is offered', async () => {
      const { payment } = await world.api.order(order.id);
      return payment?.status === 'pending' && payment;
    });
    await worker.kill();
    await world.sandbox.pay(offered.merchantNo);
    await until('the notification is stored', () =>
      world.prisma.webhookInbox.findFirst({ where: { orderId: order.id } }),
    );
    expect((await world.api.order(order.id)).status).toBe('awaiting_payment');
    const next = await startWorkerProcess(world);
    await untilStatus(world, order.id, 'paid');
    await expectInvariants(world);
    expect(await next.terminate()).toBe(0);
  }, 120_000);
});
