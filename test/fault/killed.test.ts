import { type GatewayName } from '../../src/domain/payment';
import { expectInvariants, untilStatus } from '../support/invariants';
import { holdLock, lockWaiters } from '../support/lock';
import {
  CANCELLED,
  expectEnd,
  GATEWAYS,
  placed,
  type RacingOrder,
  switchedToPoints,
  untilFact,
} from '../support/races';
import { placeUnstarted } from '../support/unstarted';
import { until } from '../support/until';
import { killLeftProcesses, startWorkerProcess } from '../support/worker-process';
import { openWorld, type World } from '../support/world';

/** A killed worker's workflow task is given to another after 10 s; the rest is five processes' start on a busy machine. */
const PATIENT_MS = 300_000;

describe('processes that die', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld('killed', { worker: false });
  });
  afterAll(async () => {
    await killLeftProcesses();
    await world.close();
  });

  describe('between close and release', () => {
    const orders = new Map<GatewayName, RacingOrder>();
    beforeAll(async () => {
      const first = await startWorkerProcess(world);
      for (const gateway of GATEWAYS) orders.set(gateway, await offered(gateway));
      const held = [...orders.values()];
      const unlocks = await Promise.all(held.map(({ skuId }) => holdLock(world.config.databaseUrl, skuId)));
      const cancelling = held.map(({ id }) => world.api.cancel(id));
      // The window: every gateway has closed, and the releases, however many share a statement, wait for the counters that
      // this test holds.
      await until('every gateway has closed', async () => {
        const closed = { orderId: { in: held.map(({ id }) => id) }, what: { startsWith: 'close: ' } };
        return (await world.prisma.orderFact.groupBy({ by: ['orderId'], where: closed })).length === held.length;
      });
      await until('the releases wait', async () => (await lockWaiters(world.prisma)).length > 0);
      await first.kill();
      await Promise.all(unlocks.map((unlock) => unlock()));
      const second = await startWorkerProcess(world);
      await Promise.all(cancelling);
      expect(await second.terminate()).toBe(0);
    }, PATIENT_MS);

    it.each(GATEWAYS)(
      'race 19 (%s): worker killed between close and release → returned exactly once',
      async (gateway) => {
        const order = orders.get(gateway);
        if (!order) throw new Error(`there is no order at ${gateway}`);
        await expectEnd(world, order, gateway === 'points' ? { ...CANCELLED, gateway: [] } : CANCELLED);
        await expectInvariants(world);
      },
    );
  });

  /** An order that can be closed at once; at the points one whose buyer has none. */
  async function offered(gateway: GatewayName): Promise<RacingOrder> {
    if (gateway !== 'points') return placed(world, gateway);
    const order = await switchedToPoints(world, 'buyer_without_points');
    await untilFact(world, order, 'create: rejected');
    return order;
  }

  it(
    'an order whose API died between its commit and its start gets its workflow from whoever runs',
    async () => {
      const worker = await startWorkerProcess(world);
      const skuId = await world.api.addSku(10);
      const { id: orderId } = await placeUnstarted(world, skuId);
      const offered = await until('the payment is offered', async () => {
        const { payment } = await world.api.order(orderId);
        return payment?.status === 'pending' && payment;
      });
      await world.sandbox.pay(offered.merchantNo);
      await untilStatus(world, orderId, 'paid');
      expect(await until('the intent is gone', async () => (await world.stores.intents.pending()) === 0)).toBe(true);
      await expectInvariants(world);
      expect(await worker.terminate()).toBe(0);
    },
    PATIENT_MS,
  );

  it(
    'a payment that arrives before its order has a workflow is kept and delivered',
    async () => {
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
    },
    PATIENT_MS,
  );
});
