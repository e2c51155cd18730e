import { orderWorkflowId } from '../../workflows/order/contract';
import { expectBooksBalance } from '../support/invariants';
import { until } from '../support/until';
import { type ApiProcess, killLeftProcesses, startApiProcess, startWorkerProcess } from '../support/worker-process';
import { openWorld, type World } from '../support/world';

const CROWD = 100;
/** Sixteen at once make the rush; those that came before it was seen, some twenty, are started by the API at once. */
const MOST_OF_THEM = CROWD / 2;

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

  /** All at once; the orders' ids. What is kept by then is kept for good, unless it is released. */
  async function crowd({ api }: ApiProcess): Promise<string[]> {
    const skuId = await api.addSku(CROWD);
    const order = { lines: [{ skuId, quantity: 1 }], payWith: null, paymentWindowSeconds: 3_600 };
    const answers = await Promise.all(Array.from({ length: CROWD }, () => api.place(order)));
    await world.prisma.$executeRaw`
      UPDATE start_intents SET leased_until = leased_until + interval '1 hour' WHERE kept_by IS NOT NULL`;
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
    return answers.map(({ body }) => body.id);
  }

  /** The orders' starts as Temporal wrote them down that a process asked for. */
  async function startsOf(pid: number, orderIds: readonly string[]) {
    const starts = await Promise.all(
      orderIds.map(async (id) => {
        const { events = [] } = await world.temporal.client.workflow.getHandle(orderWorkflowId(id)).fetchHistory();
        return events?.[0]?.workflowExecutionStartedEventAttributes;
      }),
    );
    return starts.filter((start) => start?.identity?.startsWith(`${pid}@`));
  }

  const untilAllAreStarted = () =>
    until('nothing is left to start', async () => (await world.stores.intents.pending()) === 0, 60_000);

  it('is started by a worker, which takes the first task at once', async () => {
    const [api, worker] = await Promise.all([startApiProcess(world), startWorkerProcess(world)]);
    const placed = await crowd(api);
    await untilAllAreStarted();
    const starts = await startsOf(worker.pid, placed);
    expect(starts.length).toBeGreaterThan(MOST_OF_THEM);
    expect(starts.filter((start) => start?.eagerExecutionAccepted)).toHaveLength(starts.length);
    expect([await worker.terminate(), await api.terminate()]).toEqual([0, 0]);
  }, 120_000);

  it('is started by the API itself where there is no worker', async () => {
    await world.prisma.starterAttendance.update({ where: { id: 1 }, data: { seenAt: new Date(0) } });
    const api = await startApiProcess(world);
    const placed = await crowd(api);
    await untilAllAreStarted();
    expect(await startsOf(api.pid, placed)).toHaveLength(CROWD);
    expect(await api.terminate()).toBe(0);
    await expectBooksBalance(world);
  }, 120_000);
});
