import { type ImportMode, type StockImport } from '../../src/domain/stock-import';
import { type Answer } from '../support/api-client';
import { expectBooksBalance } from '../support/invariants';
import { holdLock, lockWaiters } from '../support/lock';
import { until } from '../support/until';
import { openWorld, type World } from '../support/world';

interface Problem {
  readonly errors: readonly { readonly path: string; readonly message: string }[];
}

const HEAD = 'skuId,delta,reason';

describe('stock imports on the real database', () => {
  let world: World;
  let keys = 0;
  beforeAll(async () => {
    world = await openWorld('stock-import');
  });
  afterAll(() => world.close());
  afterEach(() => expectBooksBalance(world));

  const newKey = (): string => `import-${(keys += 1)}`;
  async function send(
    lines: readonly string[],
    { mode = 'all_or_nothing', key = newKey() }: { mode?: ImportMode; key?: string } = {},
  ): Promise<Answer<StockImport & Problem>> {
    const answer = await fetch(`${world.api.url}/v1/stock-imports?mode=${mode}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${world.api.key}`, 'content-type': 'text/csv', 'idempotency-key': key },
      body: [HEAD, ...lines].join('\n'),
    });
    return { status: answer.status, headers: answer.headers, body: (await answer.json()) as never };
  }
  const available = async (skuId: string): Promise<number> => (await world.api.stock(skuId)).available;
  const skus = (count: number, stock = 10) => Promise.all(Array.from({ length: count }, () => world.api.addSku(stock)));

  /** What the ledger and the outbox say of the SKUs' adjustments, in the order of writing. */
  async function adjustments(skuIds: readonly string[]) {
    const where = { skuId: { in: [...skuIds] }, kind: 'adjust' };
    const ledger = await world.prisma.stockLedger.findMany({ where, orderBy: { id: 'asc' } });
    const events = await world.prisma.outbox.findMany({ where: { type: 'StockAdjusted' }, orderBy: { seq: 'asc' } });
    const told = events.map(
      ({ payload }) => payload as { skuId: string; delta: number; reason: string; reference: string },
    );
    return {
      ledger: ledger.map(({ skuId, availableDelta: delta, reason, reference }) => ({
        skuId,
        delta,
        reason,
        reference,
      })),
      events: told.filter(({ skuId }) => skuIds.includes(skuId)),
    };
  }

  it('every line is a row of the ledger and an event, under a reference of its own', async () => {
    const [a = '', b = ''] = await skus(2);
    const { status, body } = await send([`${a},-4,broken`, `${b},7,"delivery, late"`, `${a},1,found`]);
    expect([status, body.applied, body.refused]).toEqual([201, 3, 0]);
    expect(body.lines.map((each) => each.available)).toEqual([6, 17, 7]);
    expect([await available(a), await available(b)]).toEqual([7, 17]);
    const written = [
      { skuId: a, delta: -4, reason: 'broken', reference: `${body.id}:2` },
      { skuId: b, delta: 7, reason: 'delivery, late', reference: `${body.id}:3` },
      { skuId: a, delta: 1, reason: 'found', reference: `${body.id}:4` },
    ];
    expect(await adjustments([a, b])).toEqual({ ledger: written, events: written });
  });

  it('all_or_nothing: one line that cannot be done → none is, and every such line is named', async () => {
    const [a = '', b = ''] = await skus(2);
    const answer = await send([`${a},5,count`, `${b},-11,count`, 'sku_none,1,count', `${a},1`]);
    expect([answer.status, answer.body.code]).toEqual([422, 'stock_import_refused']);
    expect(answer.body.errors.map(({ path }) => path)).toEqual(['lines.3', 'lines.4', 'lines.5']);
    expect(await adjustments([a, b])).toEqual({ ledger: [], events: [] });
  });

  it('report: the good lines are done, the others reported', async () => {
    const [a = '', b = ''] = await skus(2);
    const { status, body } = await send([`${a},5,count`, `${b},-11,count`, `${b},-10,count`], { mode: 'report' });
    expect(status).toBe(201);
    expect(body).toMatchObject({ applied: 2, refused: 1 });
    expect(body.lines[1]).toMatchObject({ line: 3, status: 'refused', code: 'insufficient_stock', available: 10 });
    expect([await available(a), await available(b)]).toEqual([15, 0]);
    expect((await adjustments([a, b])).events).toHaveLength(2);
  });

  it.each([
    ['done', 'report', 201],
    ['refused', 'all_or_nothing', 422],
  ] as const)(
    'what was %s under a key is answered again, whatever the stock is by then',
    async (_name, mode, status) => {
      const [a = ''] = await skus(1);
      const [lines, key] = [[`${a},1,count`, `${a},-99,count`], newKey()];
      const first = await send(lines, { mode, key });
      await world.api.call('POST', `/v1/skus/${a}/stock`, { delta: 500, reason: 'delivery' });
      const again = await send(lines, { mode, key });
      expect([first.status, again.status]).toEqual([status, status]);
      const told = ({ body: { id, lines: judged, errors } }: typeof first) => ({ id, judged, errors });
      expect(told(again)).toEqual(told(first));
      expect(await available(a)).toBe(status === 201 ? 511 : 510);
    },
  );

  it('twenty at once under one key: done once', async () => {
    const [a = '', b = ''] = await skus(2);
    const [lines, key] = [[`${a},-1,count`, `${b},1,count`], newKey()];
    const answers = await Promise.all(Array.from({ length: 20 }, () => send(lines, { key })));
    const ids = answers.filter(({ status }) => status === 201).map(({ body }) => body.id);
    expect(new Set(ids).size).toBe(1);
    const others = answers.filter(({ status }) => status !== 201).map(({ body }) => body.code);
    expect(others).toEqual(others.map(() => 'request_in_progress'));
    expect([await available(a), await available(b)]).toEqual([9, 11]);
    expect((await adjustments([a, b])).events).toHaveLength(2);
  });

  it('one that dies before its commit has done nothing; its key does it once', async () => {
    const [a = ''] = await skus(1);
    const [lines, key] = [[`${a},-3,count`], newKey()];
    const unlock = await holdLock(world.config.databaseUrl, a);
    const dying = send(lines, { key });
    const [session] = await until('the import waits', async () => {
      const waiting = await lockWaiters(world.prisma);
      return waiting.length > 0 && waiting;
    });
    await world.prisma.$executeRaw`SELECT pg_terminate_backend(${session}::int)`;
    expect((await dying).status).toBe(503);
    await unlock();
    expect(await available(a)).toBe(10);
    const again = [await send(lines, { key }), await send(lines, { key })];
    expect(again.map(({ status }) => status)).toEqual([201, 201]);
    expect(again[1]?.body).toEqual(again[0]?.body);
    expect(await available(a)).toBe(7);
  });

  it('imports of the same SKUs in any order, beside orders, never deadlock and never oversell', async () => {
    const ids = await skus(20, 50);
    const shuffled = (n: number) => ids.map((_, i) => ids[(i * 7 + n * 3) % ids.length] ?? '');
    const imports = Array.from({ length: 10 }, (_, n) =>
      send(
        shuffled(n).map((id) => `${id},${n % 2 === 0 ? -9 : 2},count`),
        { mode: 'report' },
      ),
    );
    const orders = Array.from({ length: 20 }, (_, n) =>
      world.api.place({
        payWith: null,
        lines: shuffled(n)
          .slice(0, 5)
          .map((skuId) => ({ skuId, quantity: 2 })),
      }),
    );
    expect((await Promise.all(imports)).map(({ status }) => status)).toEqual(imports.map(() => 201));
    const statuses = (await Promise.all(orders)).map(({ status }) => status);
    expect(statuses.filter((status) => status !== 201 && status !== 409)).toEqual([]);
  });

  it('five thousand lines are one transaction', async () => {
    const ids = await skus(5);
    const lines = Array.from({ length: 5000 }, (_, n) => `${ids[n % 5]},${n % 10 < 5 ? 2 : -1},count`);
    const { status, body } = await send(lines);
    expect([status, body.applied]).toEqual([201, 5000]);
    expect(await Promise.all(ids.map(available))).toEqual(ids.map(() => 510));
    const { ledger, events } = await adjustments(ids);
    expect([ledger.length, events.length]).toEqual([5000, 5000]);
  });
});
