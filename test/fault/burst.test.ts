import { orderWorkflowId } from '../../workflows/order/contract';
import { type GatewayName } from '../../src/domain/payment';
import { createGateways } from '../../src/main/gateways';
import { createLogger } from '../../src/telemetry/logger';
import { expectBooksBalance, expectInvariants, untilStatus } from '../support/invariants';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy';
import { placeUnstarted } from '../support/unstarted';
import { until } from '../support/until';
import { killLeftProcesses, startApiProcess, startWorkerProcess } from '../support/worker-process';
import { openWorld, type World } from '../support/world';

const BURST = 300;
/** So few, one after the other, are no rush, however fast they come: their starts are not held back. */
const QUIET = 5;
/** The API is killed when so many have their answer: the others wait for it, in a queue, in a transaction, or on the wire. */
const ANSWERED_BEFORE_KILL = 60;

describe('a burst that Temporal does not keep up with', () => {
  let world: World;
  /** Between Temporal and the API that is to be killed. */
  let proxy: TcpProxy;
  beforeAll(async () => {
    world = await openWorld('burst', { worker: false });
    const { port, hostname } = new URL(`tcp://${world.temporalOptions.connection.address}`);
    proxy = await startTcpProxy({ host: hostname, port: Number(port) });
    // Only processes of their own take part: nobody here starts what they leave behind before its time.
    await world.stopService();
  });
  afterAll(async () => {
    await killLeftProcesses();
    await proxy.close();
    await world.close();
  });

  /** Workflow ids of this world's namespace, one per run. */
  async function runs(): Promise<string[]> {
    const ids: string[] = [];
    for await (const { workflowId } of world.temporal.client.workflow.list()) ids.push(workflowId);
    return ids;
  }

  it('the API is killed in its middle: every order that was answered gets its workflow, none has two', async () => {
    const doomed = await startApiProcess(world, { TEMPORAL_ADDRESS: `127.0.0.1:${proxy.port}` });
    const skuId = await doomed.api.addSku(BURST);
    // The window: Temporal takes starts and says nothing, so the API knows of none of its orders whether it has a workflow.
    proxy.swallowAnswers();
    const killed: Promise<void>[] = [];
    const answered: string[] = [];
    const place = async (n: number): Promise<void> => {
      const order = { lines: [{ skuId, quantity: 1 }], payWith: null, paymentWindowSeconds: 3_600 };
      const answer = await doomed.api.place(order, `burst-${n}`).catch(() => null);
      if (answer?.status !== 201) return;
      answered.push(answer.body.id);
      if (answered.length === ANSWERED_BEFORE_KILL) killed.push(doomed.kill());
    };
    for (let n = 0; n < QUIET; n += 1) await place(n);
    const begun = answered.map(orderWorkflowId).sort();
    expect(begun).toHaveLength(QUIET);
    await until('Temporal has taken the starts of the quiet ones', async () => (await runs()).length >= QUIET);
    // A rush: most of its starts are held back, and never reach Temporal before the kill.
    await Promise.all(Array.from({ length: BURST - QUIET }, (_, n) => place(QUIET + n)));
    await Promise.all(killed);
    expect(await runs()).toEqual(expect.arrayContaining(begun));
    // Started, and to be started as far as anybody knows: whoever comes next starts them a second time.
    expect(await world.prisma.startIntent.count({ where: { subjectId: { in: answered.slice(0, QUIET) } } })).toBe(
      QUIET,
    );
    expect(answered.length).toBeGreaterThanOrEqual(ANSWERED_BEFORE_KILL);
    expect(await world.stores.intents.pending()).toBeGreaterThanOrEqual(ANSWERED_BEFORE_KILL);

    const worker = await startWorkerProcess(world);
    await until('nothing is left to start', async () => (await world.stores.intents.pending()) === 0, 100_000);
    const placed = await world.prisma.order.findMany({ select: { id: true } });
    expect(placed.map(({ id }) => id)).toEqual(expect.arrayContaining(answered));
    const wanted = placed.map(({ id }) => orderWorkflowId(id)).sort();
    await until('every workflow is listed', async () => (await runs()).length >= wanted.length);
    expect((await runs()).sort()).toEqual(wanted);

    // Whoever got no answer asks again under the same key, and has one order.
    await world.startService();
    const again = await Promise.all(
      Array.from({ length: BURST }, (_, n) =>
        world.api.place({ lines: [{ skuId, quantity: 1 }], payWith: null, paymentWindowSeconds: 3_600 }, `burst-${n}`),
      ),
    );
    expect(again.map(({ status }) => status)).toEqual(again.map(() => 201));
    expect(new Set(again.map(({ body }) => body.id)).size).toBe(BURST);
    expect(await world.api.stock(skuId)).toMatchObject({ available: 0, reserved: BURST, sold: 0 });
    await expectBooksBalance(world);
    await world.stopService();
    expect(await worker.terminate()).toBe(0);
  }, 180_000);

  it('a payment that comes before its workflow was ever started is kept, and pays the order', async () => {
    const skuId = world.stores.newId('sku');
    const price = { minor: 1999, currency: 'CNY' };
    const sku = { id: skuId, productId: skuId, title: 'Tea', price, onShelf: true, initialStock: 5, unlimited: false };
    await world.stores.catalogue.create(sku);
    const { id: orderId, payment } = await placeUnstarted(world, skuId);
    if (!payment) throw new Error('the order was placed without a payment');
    // Held by a starter that is busy with others: nobody starts it while the payment comes.
    await world.prisma.startIntent.updateMany({ data: { leasedUntil: new Date(Date.now() + 3_600_000) } });
    const wechat = createGateways(world.config, {
      now: Date.now,
      log: createLogger('silent'),
      points: world.stores.points,
    }).get('wechat' satisfies GatewayName);
    const { merchantNo, amount, expiresAt } = payment;
    await wechat?.createPayment({ merchantNo, gatewayRef: null, amount, expiresAt, description: `Order ${orderId}` });
    await world.startService();
    await world.sandbox.pay(merchantNo);
    await until('it is told to a workflow', () =>
      world.prisma.webhookInbox.findFirst({ where: { orderId, state: 'delivered' } }),
    );
    expect(await world.prisma.startIntent.count({ where: { subjectId: orderId } })).toBe(1);
    const worker = await startWorkerProcess(world);
    await untilStatus(world, orderId, 'paid');
    await world.prisma.startIntent.updateMany({ data: { leasedUntil: null } });
    await until('the starter has found that it has one', async () => (await world.stores.intents.pending()) === 0);
    expect((await runs()).filter((id) => id === orderWorkflowId(orderId))).toHaveLength(1);
    expect(await world.api.stock(skuId)).toMatchObject({ available: 4, reserved: 0, sold: 1 });
    await expectInvariants(world);
    expect(await worker.terminate()).toBe(0);
  }, 180_000);
});
