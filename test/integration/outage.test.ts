import { type Outage, type OutageResult } from '../../src/ports/outages';
import { outageWorkflowId } from '../../workflows/outage/contract';
import { recordWorkflow } from '../support/histories';
import { expectBooksBalance } from '../support/invariants';
import { later } from '../support/operators';
import { until } from '../support/until';
import { openWorld, type World } from '../support/world';

/** More than two pages of the workflow. */
const AFFECTED = 50;
const MINUTES = 30;
const PLACED_AT_ONCE = 10;
/** Three pages, and the drain of a worker in the middle of one. */
const ALL_WITHIN_MS = 120_000;

describe('outage mode', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld('outage');
  });
  afterAll(() => world.close());
  afterEach(() => expectBooksBalance(world));

  async function place(count: number, payWith: 'wechat' | 'alipay'): Promise<string[]> {
    const skuId = await world.api.addSku(count, 1000);
    const one = async (): Promise<string> => {
      const lines = [{ skuId, quantity: 1 }];
      const { body } = await world.api.place({ payWith, lines, paymentWindowSeconds: 600 });
      return body.id;
    };
    const ids: string[] = [];
    while (ids.length < count) {
      const batch = Array.from({ length: Math.min(PLACED_AT_ONCE, count - ids.length) }, one);
      ids.push(...(await Promise.all(batch)));
    }
    return ids;
  }

  const start = (key: string) =>
    world.api.call<Outage>(
      'POST',
      '/v1/outages',
      { gateway: 'wechat', minutes: MINUTES, reason: 'WeChat Pay is away' },
      { 'idempotency-key': key },
    );
  const read = async (id: string): Promise<Outage> => (await world.api.call<Outage>('GET', `/v1/outages/${id}`)).body;
  const deadlines = async (): Promise<Map<string, string>> =>
    new Map((await world.prisma.order.findMany()).map(({ id, payBy }) => [id, payBy.toISOString()]));

  async function resultsOf(id: string): Promise<OutageResult[]> {
    const all: OutageResult[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const query: string = cursor === '' ? 'limit=20' : `limit=20&cursor=${cursor}`;
      const { body } = await world.api.call<{ items: OutageResult[]; nextCursor: string | null }>(
        'GET',
        `/v1/outages/${id}/results?${query}`,
      );
      all.push(...body.items);
      cursor = body.nextCursor;
    }
    return all;
  }

  it('every order at the gateway gets its time exactly once, though the worker is stopped in between', async () => {
    const affected = await place(AFFECTED, 'wechat');
    const others = await place(3, 'alipay');
    const before = await deadlines();
    const started = await start('outage-1');
    expect(started).toMatchObject({ status: 202, body: { state: 'running', gateway: 'wechat' } });
    const { id } = started.body;
    await until('some have their result', async () => (await read(id)).extended > 0, ALL_WITHIN_MS);
    await world.restart();
    expect((await start('outage-1')).body.id).toBe(id);
    const done = await until(
      'all have their result',
      async () => {
        const outage = await read(id);
        return outage.state === 'done' && outage;
      },
      ALL_WITHIN_MS,
    );
    expect(done).toMatchObject({ extended: AFFECTED, refused: 0 });
    const after = await deadlines();
    for (const orderId of affected) expect(after.get(orderId)).toBe(later(before.get(orderId) ?? '', MINUTES * 60_000));
    for (const orderId of others) expect(after.get(orderId)).toBe(before.get(orderId));
    expect((await resultsOf(id)).map(({ orderId }) => orderId)).toEqual(affected.toSorted());
    const facts = await world.prisma.orderFact.groupBy({
      ...{ by: ['orderId'], where: { what: 'payment window extended' }, _count: true },
    });
    expect(new Set(facts.map(({ _count }) => _count))).toEqual(new Set([1]));
    await recordWorkflow(world, outageWorkflowId(id), 'outage');
  }, 300_000);

  it('stopped by an operator: those that have their time keep it, the others keep their deadline', async () => {
    const { body } = await start('outage-2');
    await until('some have their result', async () => (await read(body.id)).extended > 0, ALL_WITHIN_MS);
    const stopped = await world.api.call<Outage>('POST', `/v1/outages/${body.id}/stop`);
    expect(stopped).toMatchObject({ status: 200, body: { state: 'stopped' } });
    await world.temporal.client.workflow.getHandle(outageWorkflowId(body.id)).result();
    const { state, extended } = await read(body.id);
    expect(state).toBe('stopped');
    expect(extended).toBeLessThan(AFFECTED);
    expect((await resultsOf(body.id)).length).toBe(extended);
  }, 120_000);
});
