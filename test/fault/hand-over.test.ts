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

  /** All at once; the orders' ids. */
  async function crowd({ api }: ApiProcess): Promise<string[]> {
    const skuId = await api.addSku(CROWD);
    const order = { lines: [{ skuId, quantity: 1 }], payWith: null, paymentWindowSeconds: 3_600 };
    const answers = await Promise.all(Array.from({ length: CROWD }, () => api.place(order)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
    return answers.map(({ body }) => body.id);
  }

  /** How many of the orders' workflows a process started, by the identity that Temporal wrote down. */
  async function startedBy(pid: number, orderIds: readonly string[]): Promise<number> {
    const starters = await Promise.all(
      orderIds.map(async (id) => {
        const { events = [] } = await world.temporal.client.workflow.getHandle(orderWorkflowId(id)).fetchHistory();
        return events?.[0]?.workflowExecutionStartedEventAttributes?.identity;
      }),
    );
    return starters.filter((identity) => identity?.startsWith(`${pid}@`)).length;
  }

  const untilAllAreStarted = () =>
    until('nothing is left to start', async () => (await world.stores.intents.pending()) === 0, 60_000);

  it('is started by a worker, which takes the first task at once', async () => {
    const [api, worker] = await Promise.all([startApiProcess(world), startWorkerProcess(world)]);
    const placed = await crowd(api);
    await untilAllAreStarted();
    expect(await startedBy(worker.pid, placed)).toBeGreaterThan(MOST_OF_THEM);
    expect([await worker.terminate(), await api.terminate()]).toEqual([0, 0]);
  }, 120_000);

  it('is started by the API itself where there is no worker', async () => {
    const api = await startApiProcess(world);
    const placed = await crowd(api);
    await untilAllAreStarted();
    expect(await startedBy(api.pid, placed)).toBe(CROWD);
    expect(await api.terminate()).toBe(0);
    await expectBooksBalance(world);
  }, 120_000);
});
