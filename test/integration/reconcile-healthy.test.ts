import { ensureReconcileSchedule, reconcileScheduleId } from '../../src/adapters/process/temporal/schedules';
import { RECONCILE_CLASSES } from '../../src/domain/reconcile';
import { type ReconcileCase } from '../../src/ports/reconciliation';
import { orderWorkflowId } from '../../workflows/order/contract';
import { untilStatus } from '../support/invariants';
import { caseOf, outcomeOf, reconcile } from '../support/reconcile';
import { describeWithRedis, openRedisKeys, REDIS_URL, type RedisKeys } from '../support/redis';
import { until } from '../support/until';
import { openWorld, type World } from '../support/world';

describeWithRedis('reconciliation of a service with a cache', () => {
  let world: World;
  let keys: RedisKeys;
  beforeAll(async () => {
    keys = openRedisKeys();
    world = await openWorld('reconcile-healthy', { config: { redis: { url: REDIS_URL, prefix: keys.prefix } } });
  });
  afterAll(async () => {
    await world.close();
    await keys.close();
  });

  const eventsRead = () =>
    until('all events are read', async () => {
      const [unplaced, standings] = [await world.stores.events.unplaced(), await world.stores.cursors.standings()];
      return unplaced === 0 && standings.every(({ behind }) => behind === 0);
    });

  it('after a mix of orders in every state nothing is found, and every class was compared', async () => {
    const skuId = await world.api.addSku(100, 1000);
    const line = { lines: [{ skuId, quantity: 1 }], paymentWindowSeconds: 600 };
    await world.api.call('POST', '/v1/buyers/ann/points', { delta: 5_000, reason: 'gift' });
    const place = async (more: object = {}) => (await world.api.place({ ...line, ...more })).body;

    const [paid, refunded, open, points, late] = [
      await place(),
      await place(),
      await place(),
      await place({ buyerId: 'ann', payWith: 'points' }),
      await place(),
    ];
    const cancelled = await place();
    const switched = await place();
    const expired = await place({ paymentWindowSeconds: 1 });
    for (const order of [paid, refunded]) await world.sandbox.pay(order.payment?.merchantNo ?? '');
    await world.api.cancel(cancelled.id);
    await world.api.call('POST', `/v1/orders/${switched.id}/payments`, { gateway: 'alipay' });
    await world.sandbox.fault({
      op: 'close',
      fault: 'broken_close',
      match: { merchantNo: late.payment?.merchantNo ?? '' },
    });
    await world.api.cancel(late.id);
    await untilStatus(world, late.id, 'cancelled');
    await world.sandbox.pay(late.payment?.merchantNo ?? '');
    await untilStatus(world, refunded.id, 'paid');
    await world.api.call('POST', `/v1/orders/${refunded.id}/refunds`, { reason: 'faulty' }, { 'idempotency-key': 'r' });
    await untilStatus(world, refunded.id, 'refunded');
    for (const { id } of [paid, points]) await untilStatus(world, id, 'paid');
    for (const { id } of [cancelled, expired]) await untilStatus(world, id, 'cancelled');
    await until(
      'late money is back',
      async () =>
        (await world.stores.refunds.ofNumber(
          (await world.prisma.refund.findFirst({ where: { orderId: late.id, status: 'succeeded' } }))?.number ?? '',
        )) !== null,
    );
    for (const { id } of [paid, refunded, points, cancelled, expired, late])
      await until('its workflow ends', async () => {
        const { status } = await world.temporal.client.workflow.getHandle(orderWorkflowId(id)).describe();
        return status.name !== 'RUNNING';
      });
    await eventsRead();
    await world.api.stock(skuId);

    const run = await reconcile(world);
    expect(outcomeOf(run)).toEqual({});
    const idle = run.classes.filter(({ checked }) => checked === 0).map(({ class: of }) => of);
    // Nothing is unfinished: there is nothing to compare.
    expect(idle).toEqual(['unfinished']);
    expect(run.classes.map(({ class: of }) => of)).toEqual(RECONCILE_CLASSES);
    const { body } = await world.api.call<{ items: ReconcileCase[] }>('GET', '/v1/reconciliation/cases');
    expect(body.items).toEqual([]);
    expect((await world.api.order(open.id)).status).toBe('awaiting_payment');
  });

  it('a cached SKU that nobody refreshed: read anew', async () => {
    const skuId = await world.api.addSku(10);
    await eventsRead();
    expect(await world.api.stock(skuId)).toMatchObject({ available: 10 });
    // Behind the events: as a write past the service, or an event that its consumer lost.
    await world.prisma.sku.update({ where: { id: skuId }, data: { title: 'Renamed' } });
    const read = async () => (await world.api.call<{ title: string }>('GET', `/v1/skus/${skuId}`)).body.title;
    expect(await read()).toBe('Tea');
    expect(outcomeOf(await reconcile(world))).toEqual({ sku_cache: { mended: 1, opened: 0 } });
    expect(await caseOf(world, 'cached_sku_stale', skuId)).toMatchObject({ state: 'mended' });
    expect(await read()).toBe('Renamed');
  });

  it('keeps house: events that all have read and keys go after the time, ledgers and what is younger stay', async () => {
    const skuId = await world.api.addSku(10);
    await world.api.place({ lines: [{ skuId, quantity: 1 }] }, 'old-key');
    await eventsRead();
    const [newest] = await world.prisma.outbox.findMany({ orderBy: { position: 'desc' }, take: 1 });
    const rows = await world.prisma.stockLedger.count();
    await world.prisma.$executeRaw`UPDATE outbox SET created_at = created_at - interval '91 days'`;
    await world.prisma.$executeRaw`UPDATE idempotency_records SET created_at = created_at - interval '91 days'`;
    await world.stores.cursors.subscribe('behind', { lanes: 1, from: 'first' });
    await world.prisma.$executeRaw`UPDATE event_cursors SET position = 3 WHERE subscriber = 'behind'`;
    await reconcile(world);
    // Whoever is behind still needs it.
    expect((await world.prisma.outbox.findMany({ orderBy: { position: 'asc' }, take: 1 }))[0]?.position).toBe(3n);
    await world.prisma.eventCursor.deleteMany({ where: { subscriber: 'behind' } });
    await reconcile(world);
    const kept = await world.prisma.outbox.findMany();
    expect(kept.map(({ position }) => position)).toContain(newest?.position);
    expect(kept.length).toBeLessThan(5);
    expect(await world.prisma.idempotencyRecord.count({ where: { key: 'old-key' } })).toBe(0);
    expect(await world.prisma.stockLedger.count()).toBe(rows);
  });

  it('goes on where its history was cut', async () => {
    const { runId, window } = await world.stores.reconcileBooks.begin('cut');
    const place = { step: 'look', class: 1, after: null } as const;
    const soFar = { runId, window, secondLookMs: 50, progress: { counters: { checked: 41 } }, place };
    const { client } = world.temporal;
    const workflowId = `cut-${world.taskQueue}`;
    await client.workflow.execute('reconcileWorkflow', {
      ...{ taskQueue: world.taskQueue, workflowId, args: [{ soFar }] },
    });
    const run = await world.stores.cases.findRun(runId);
    expect(run?.endedAt).not.toBeNull();
    const checked = new Map(run?.classes.map((each) => [each.class, each.checked]));
    expect(checked.get('counters')).toBe(41);
    expect(checked.get('holds')).toBeGreaterThan(0);
  });

  it('two who ask at once are answered one run; the metrics tell of it', async () => {
    const ask = () => world.api.call<{ runId: string }>('POST', '/v1/reconciliation/runs');
    const [one, other] = await Promise.all([ask(), ask()]);
    expect([one.status, other.status]).toEqual([202, 202]);
    const runs = await world.prisma.reconcileRun.findMany({ where: { endedAt: null } });
    expect(runs.length).toBeLessThanOrEqual(1);
    await until('it ends', async () => (await world.prisma.reconcileRun.count({ where: { endedAt: null } })) === 0);
    const metrics = await (await fetch(`${world.api.url}/metrics`)).text();
    expect(metrics).toMatch(/holdfast_reconcile_open_cases\{class="counters"\} 0/);
    expect(metrics).toMatch(/holdfast_reconcile_last_run_age_seconds \d/);
  });
});

describe('the schedule of the reconciliation', () => {
  it('is made, changed and removed as the configuration says, and starts runs', async () => {
    const world = await openWorld('reconcile-schedule');
    try {
      const { client } = world.temporal;
      const { taskQueue } = world;
      const handle = client.schedule.getHandle(reconcileScheduleId(taskQueue));
      await ensureReconcileSchedule(client, { everySeconds: 900, taskQueue });
      await ensureReconcileSchedule(client, { everySeconds: 1, taskQueue });
      expect((await handle.describe()).spec.intervals).toMatchObject([{ every: 1_000 }]);
      await until('a run ended', () => world.prisma.reconcileRun.findFirst({ where: { endedAt: { not: null } } }));
      await ensureReconcileSchedule(client, { everySeconds: 0, taskQueue });
      await ensureReconcileSchedule(client, { everySeconds: 0, taskQueue });
      await expect(handle.describe()).rejects.toThrow();
    } finally {
      await world.close();
    }
  });
});
