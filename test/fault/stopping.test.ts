import { isListening } from '../../src/main/local/ports';
import { expectInvariants } from '../support/invariants';
import { holdLock, untilLockWaits } from '../support/lock';
import { CANCELLED, expectEnd, PAID, placed, untilHit } from '../support/races';
import { until } from '../support/until';
import { openWorld, type World } from '../support/world';

/** Longer than any of this takes: what is held so long is let go by the test. */
const HELD_MS = 600_000;

describe('a service that is stopped while requests are under way', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld('stopping', { timing: { gatewayTimeoutMs: 30_000 } });
  });
  afterAll(() => world.close());

  /** Begins to stop; by then nobody gets in any more. */
  async function beginToStop(): Promise<{ stopped: Promise<void> }> {
    const stopped = world.stopService();
    await until('nobody gets in any more', async () => !(await isListening(world.config.port)));
    return { stopped };
  }

  it('a placing is answered, and its order goes on after the next start', async () => {
    const skuId = await world.api.addSku(10);
    const unlock = await holdLock(world.config.databaseUrl, skuId);
    const placing = world.api.place({ lines: [{ skuId, quantity: 3 }], paymentWindowSeconds: 600 });
    await untilLockWaits(world.prisma, 1);
    const { stopped } = await beginToStop();
    await unlock();
    const { status, body } = await placing;
    expect(status).toBe(201);
    await stopped;
    await world.startService();
    const merchantNo = body.payment?.merchantNo ?? '';
    await until('it can be paid', async () => (await world.sandbox.pay(merchantNo)).accepted);
    await expectEnd(world, { id: body.id, skuId, gateway: 'wechat', merchantNo }, PAID);
  });

  it('a cancellation is answered with what the gateway says', async () => {
    const order = await placed(world, 'wechat');
    const match = { merchantNo: order.merchantNo };
    const letGo = await world.sandbox.fault({ op: 'close', fault: 'latency', ms: HELD_MS, match });
    const cancelling = world.api.cancel(order.id);
    await untilHit(world, order);
    const { stopped } = await beginToStop();
    await letGo();
    expect(await cancelling).toMatchObject({ status: 200, body: { status: 'cancelled' } });
    await stopped;
    await world.startService();
    await expectEnd(world, order, CANCELLED);
    await expectInvariants(world);
  });
});
