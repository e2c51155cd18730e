import { freePort } from '../../src/main/local/ports';
import { untilStatus } from '../support/invariants';
import { prometheusNames, watchedNames } from '../support/watched';
import { until } from '../support/until';
import { openWorld, type World } from '../support/world';

/** Shown only where there is a Redis, or a broker. */
const WITH_REDIS = ['holdfast_sku_reads', 'holdfast_sku_cache_asking', 'holdfast_admission_redis_circuit_open'];
const WITH_BROKER = ['holdfast_events_published_total', 'holdfast_events_returned_total'];

/** The SDK shows it from the first failure on; that it is named so is in its native library. */
const ONCE_ONE_FAILED = ['temporal_workflow_task_execution_failed_total'];

describe('metrics of a running service', () => {
  let world: World;
  let metricsPort: number;
  beforeAll(async () => {
    metricsPort = await freePort();
    world = await openWorld('metrics', { config: { metricsPort } });
  });
  afterAll(() => world?.close());

  const scrape = async (port = world.config.port): Promise<string> =>
    (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  /** The sample with exactly these labels; 0 where there is none. */
  const value = (text: string, sample: string): number => {
    const line = text.split('\n').find((each) => each.startsWith(`${sample} `));
    return line === undefined ? 0 : Number(line.slice(sample.length + 1));
  };
  const CHANGED = 'holdfast_orders_total{state="paid",reason=""}';

  it('count each order once, however often its steps are repeated', async () => {
    const skuId = await world.api.addSku(10);
    const before = await scrape();
    const placed = await world.api.place({ lines: [{ skuId, quantity: 1 }] }, 'metrics-once');
    await world.api.place({ lines: [{ skuId, quantity: 1 }] }, 'metrics-once');
    // A busy machine answers the placing before the gateway has answered the create.
    await until('it can be paid', async () => (await world.api.order(placed.body.id)).payment?.status === 'pending');
    await world.sandbox.pay(placed.body.payment?.merchantNo ?? '');
    await untilStatus(world, placed.body.id, 'paid');
    const paymentId = placed.body.payment?.id ?? '';
    const paid = { transactionId: 'again', amount: placed.body.amount, paidAt: new Date().toISOString() };
    expect(await world.stores.orders.confirm({ orderId: placed.body.id, paymentId, paid })).toEqual({ t: 'already' });
    const after = await scrape();
    const grown = (sample: string): number => value(after, sample) - value(before, sample);
    expect(grown('holdfast_orders_total{state="awaiting_payment",reason=""}')).toBe(1);
    expect(grown(CHANGED)).toBe(1);
    expect(grown('holdfast_time_to_pay_seconds_count')).toBe(1);
    expect(grown('holdfast_placing_seconds_count{outcome="placed"}')).toBe(1);
    expect(grown('holdfast_placing_seconds_count{outcome="replayed"}')).toBe(1);
    expect(grown('holdfast_gateway_call_seconds_count{gateway="wechat",operation="create",outcome="created"}')).toBe(1);
  });

  it('name routes by their template, never by the path', async () => {
    const { body } = await world.api.place({
      lines: [{ skuId: await world.api.addSku(1), quantity: 1 }],
      payWith: null,
    });
    await world.api.order(body.id);
    const text = await scrape();
    expect(
      value(text, 'holdfast_http_request_seconds_count{method="GET",route="/v1/orders/{id}",status="200"}'),
    ).toBeGreaterThan(0);
    expect(text).not.toContain(body.id);
  });

  it('show what waits in the database', async () => {
    const { body } = await world.api.place({
      lines: [{ skuId: await world.api.addSku(1), quantity: 1 }],
      payWith: null,
    });
    await world.prisma
      .$executeRaw`UPDATE orders SET status = 'closing', close_reason = 'buyer_cancelled' WHERE id = ${body.id}`;
    await world.prisma.$executeRaw`
      INSERT INTO order_facts (order_id, kind, what, data, at)
      VALUES (${body.id}, 'state', 'closing', '{}', clock_timestamp() - interval '1 hour')`;
    const text = await scrape();
    expect(value(text, 'holdfast_closing_orders')).toBe(1);
    expect(value(text, 'holdfast_closing_overdue_orders')).toBe(1);
    expect(value(text, 'holdfast_closing_oldest_seconds')).toBeGreaterThan(3_500);
    expect(value(text, 'holdfast_refunds_unsettled{state="manual"}')).toBe(0);
  });

  it('have every name that documentation, dashboard and alert rules use, but for a Redis’ and a broker’s', async () => {
    // Gateways are asked to close by activities that wait in a queue; the SDK shows how long from the first on.
    const skuId = await world.api.addSku(1);
    const { body } = await world.api.place({ lines: [{ skuId, quantity: 1 }], payWith: 'wechat' });
    await world.api.cancel(body.id);
    await untilStatus(world, body.id, 'cancelled');
    const text = await scrape();
    const shown = prometheusNames(text);
    const absent = watchedNames().filter((name) => !shown.has(name));
    expect(absent.sort()).toEqual([...WITH_REDIS, ...WITH_BROKER, ...ONCE_ONE_FAILED].sort());
  });

  it('are shown on a port of their own, too, with health', async () => {
    const at = (path: string) => fetch(`http://127.0.0.1:${metricsPort}${path}`);
    expect(value(await scrape(metricsPort), CHANGED)).toBeGreaterThan(0);
    expect((await at('/healthz')).status).toBe(200);
    expect((await at('/readyz')).status).toBe(200);
    expect((await at('/v1/orders')).status).toBe(404);
  });
});
