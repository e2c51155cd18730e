import { orderWorkflowId } from '../../workflows/order/contract';
import { expectBooksBalance } from '../support/invariants';
import { until } from '../support/until';
import { type ApiProcess, killLeftProcesses, startApiProcess, startWorkerProcess } from '../support/worker-process';
import { openWorld, type World } from '../support/world';

const CROWD = 100;

describe('what an API without a worker places in a rush', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld('hand_over', { worker: false });
    await world.stopService();
  });
  afterEach(killLeftProcesses);
  afterAll(async () => {
    await world.close();
  });

  /**
   * All at once; the orders' ids. Those that come before the rush is seen are started by the API at once. What is kept when all are
   * answered is kept for good, unless it is released.
   */
  async function crowd({ api }: ApiProcess): Promise<{ placed: string[]; kept: string[] }> {
    const skuId = await api.addSku(CROWD);
    const order = { lines: [{ skuId, quantity: 1 }], payWith: null, paymentWindowSeconds: 3_600 };
    const answers = await Promise.all(Array.from({ length: CROWD }, () => api.place(order)));
    const kept = await world.prisma.$queryRaw<{ id: string }[]>`
      UPDATE start_intents SET leased_until = leased_until + interval '1 hour' WHERE kept_by IS NOT NULL
      RETURNING subject_id AS id`;
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
    return { placed: answers.map(({ body }) => body.id), kept: kept.map(({ id }) => id) };
  }

  /** The orders that a process started, by what Temporal wrote down, and whether it took the first task with it. */
  async function startedBy(pid: number, orderIds: readonly string[]) {
    const starts = await Promise.all(
      orderIds.map(async (id) => {
        const { events } = await world.temporal.client.workflow.getHandle(orderWorkflowId(id)).fetchHistory();
        const start = events?.[0]?.workflowExecutionStartedEventAttributes;
        return { id, by: start?.identity, eager: start?.eagerExecutionAccepted };
      }),
    );
    return starts.filter(({ by }) => by?.startsWith(`${pid}@`));
  }

  const untilAllAreStarted = () =>
    until('nothing is left to start', async () => (await world.stores.intents.pending()) === 0, 60_000);

  it('is started by a worker, which takes the first task at once', async () => {
    const [api, worker] = await Promise.all([startApiProcess(world), startWorkerProcess(world)]);
    const { placed, kept } = await crowd(api);
    await untilAllAreStarted();
    const starts = await startedBy(worker.pid, placed);
    expect(starts.map(({ id }) => id)).toEqual(expect.arrayContaining(kept));
    expect(new Set(starts.map(({ eager }) => eager))).toEqual(new Set([true]));
    expect([await worker.terminate(), await api.terminate()]).toEqual([0, 0]);
  }, 120_000);

  it('is started by the API itself where there is no worker', async () => {
    await world.prisma.starterAttendance.update({ where: { id: 1 }, data: { seenAt: new Date(0) } });
    const api = await startApiProcess(world);
    const { placed } = await crowd(api);
    await untilAllAreStarted();
    expect(await startedBy(api.pid, placed)).toHaveLength(CROWD);
    expect(await api.terminate()).toBe(0);
    await expectBooksBalance(world);
  }, 120_000);
});
