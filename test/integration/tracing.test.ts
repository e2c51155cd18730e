import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import { startTracing, type Tracing } from '../../src/telemetry/tracing/index';
import { testEnvironment } from '../support/environment';
import { untilStatus } from '../support/invariants';
import { drawTree, type SpanTree, treesOf } from '../support/trace-tree';
import { tracedBundle } from '../support/traced-bundle';
import { until } from '../support/until';
import { openWorld, type World } from '../support/world';

/** Bundling alone takes some ten seconds on a busy machine. */
const BUNDLING_TOO_MS = 120_000;
/** Until the test lets the gateway answer; the service waits as long. */
const HELD_MS = 30_000;

/** Everything of a buyer that an order carries; none of it may be in a span or, but for the id, in a log line. */
const CANARY = {
  buyerId: 'buyer_canary_4711',
  phone: '13912344711',
  recipient: 'Canary Recipient 4711',
  street: 'Canary Street 4711',
  note: 'canary note 4711',
};

describe('the trace of one order', () => {
  const exporter = new InMemorySpanExporter();
  let tracing: Tracing;
  let world: World;
  let orderId: string;
  /** Of placing and paying, and nothing later. */
  let ofOrder: ReadableSpan[];

  beforeAll(async () => {
    tracing = startTracing(new SimpleSpanProcessor(exporter), { serviceName: 'holdfast', sampleRatio: 1 });
    world = await openWorld('tracing', {
      traced: { tracing, bundle: await tracedBundle() },
      timing: { gatewayTimeoutMs: HELD_MS },
      logLevel: 'debug',
    });
    const skuId = world.stores.newId('sku');
    await world.api.call('POST', '/v1/skus', {
      ...{ id: skuId, title: 'Cup', price: { minor: 6800, currency: 'CNY' }, initialStock: 5 },
      requiredForm: ['shippingAddress'],
    });
    exporter.reset();
    const { buyerId, phone, recipient, street, note } = CANARY;
    const shippingAddress = { recipient, phone, province: 'Zhejiang', city: 'Hangzhou', street };
    const placed = await world.api.place(
      { buyerId, lines: [{ skuId, quantity: 1 }], note, shippingAddress, payWith: 'wechat' },
      'key-of-the-trace',
    );
    expect(placed.status).toBe(201);
    orderId = placed.body.id;
    // A busy machine answers the placing before the gateway has answered the create.
    await until('it can be paid', async () => (await world.api.order(placed.body.id)).payment?.status === 'pending');
    await world.sandbox.pay(placed.body.payment?.merchantNo ?? '');
    await untilStatus(world, orderId, 'paid');
    await world.temporal.client.workflow.getHandle(`order:${orderId}`).result();
    await until('the workflow’s span is told', () =>
      Promise.resolve(exporter.getFinishedSpans().some(({ name }) => name === 'RunWorkflow:orderWorkflow')),
    );
    ofOrder = exporter.getFinishedSpans();
  }, BUNDLING_TOO_MS);
  afterAll(async () => {
    await world?.close();
    await tracing?.shutdown();
  });

  const spans = (): ReadableSpan[] => exporter.getFinishedSpans();
  const named = (name: string): ReadableSpan => {
    const found = ofOrder.find((span) => span.name === name);
    if (!found) throw new Error(`no span ${name} among: ${ofOrder.map((span) => span.name).join(', ')}`);
    return found;
  };
  const ofTrace = (span: ReadableSpan): ReadableSpan[] =>
    ofOrder.filter((each) => each.spanContext().traceId === span.spanContext().traceId);
  /** Names from the root down to the first span whose name matches. */
  const pathTo = (name: RegExp, within: ReadableSpan): string[] => {
    const search = ({ span, children }: SpanTree): string[] | null => {
      if (name.test(span.name)) return [span.name];
      for (const child of children) {
        const found = search(child);
        if (found) return [span.name, ...found];
      }
      return null;
    };
    for (const tree of treesOf(ofTrace(within))) {
      const path = search(tree);
      if (path) return path;
    }
    return [];
  };

  it('leads from the request to its transaction and the statements in it', () => {
    const placing = named('POST /v1/orders');
    expect(placing.parentSpanId).toBeUndefined();
    expect(placing.attributes).toMatchObject({ 'http.route': '/v1/orders', 'http.response.status_code': 201 });
    expect(pathTo(/^SQL BEGIN/, placing)).toEqual(['POST /v1/orders', 'hold', 'hold: transaction', 'SQL BEGIN']);
    expect(named('hold').attributes).toMatchObject({ 'holdfast.order_id': orderId });
  });

  it('goes on through the start, the workflow and its activities, to statements and the gateway', () => {
    const placing = named('POST /v1/orders');
    expect(pathTo(/^wechat create$/, placing)).toEqual([
      'POST /v1/orders',
      'StartWorkflow:orderWorkflow',
      'RunWorkflow:orderWorkflow',
      'StartActivity:holdStock',
      'RunActivity:holdStock',
      'wechat create',
    ]);
    expect(named('wechat create').attributes).toMatchObject({ 'holdfast.outcome': 'created' });
    expect(pathTo(/^SQL WITH orders$/, placing)).toEqual(
      expect.arrayContaining(['RunWorkflow:orderWorkflow', 'RunActivity:confirmStock']),
    );
  });

  it('a gateway that takes its time is waited for in an activity of its own, which asks nothing twice', async () => {
    const skuId = await world.api.addSku(1);
    exporter.reset();
    const letGo = await world.sandbox.fault({ op: 'create', fault: 'latency', ms: HELD_MS });
    const placing = world.api.place({ buyerId: 'buyer_slow', lines: [{ skuId, quantity: 1 }], payWith: 'wechat' });
    const { id } = await until('it is placed', () =>
      world.prisma.order.findFirst({ where: { buyerId: 'buyer_slow' }, select: { id: true } }),
    );
    const workflow = world.temporal.client.workflow.getHandle(`order:${id}`);
    await until('an activity takes over', async () =>
      ((await workflow.fetchHistory()).events ?? []).some(
        ({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.activityType?.name === 'createPayment',
      ),
    );
    await letGo();
    expect((await placing).status).toBe(201);
    const told = (name: string): ReadableSpan[] => spans().filter((span) => span.name === name);
    const parentOf = (name: string): string | undefined =>
      spans().find((span) => span.spanContext().spanId === told(name)[0]?.parentSpanId)?.name;
    await until('both activities’ spans are told', () =>
      Promise.resolve(['RunActivity:holdStock', 'StartActivity:createPayment'].every((name) => told(name).length > 0)),
    );
    expect(told('wechat create')).toHaveLength(1);
    expect(parentOf('wechat create')).toBe('RunActivity:holdStock');
    expect(parentOf('RunActivity:createPayment')).toBe('StartActivity:createPayment');
  });

  it('the notification’s request leads to the signal', () => {
    const told = named('POST /v1/webhooks/:gateway');
    expect(pathTo(/^HandleSignal:paymentReceived$/, told)).toEqual([
      'POST /v1/webhooks/:gateway',
      'SignalWorkflow:paymentReceived',
      'HandleSignal:paymentReceived',
    ]);
  });

  it('begins where the caller’s trace stands', async () => {
    const [traceId, parentSpanId] = ['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331'];
    const traceparent = `00-${traceId}-${parentSpanId}-01`;
    await world.api.call('GET', `/v1/orders/${orderId}`, undefined, { traceparent });
    const read = await until('its span is told', () =>
      Promise.resolve(spans().find((span) => span.parentSpanId === parentSpanId)),
    );
    expect(read.name).toBe('GET /v1/orders/:id');
    expect(read.spanContext().traceId).toBe(traceId);
  });

  it('orders that share a transaction are linked with it', async () => {
    const skuId = await world.api.addSku(10_000);
    exporter.reset();
    const isShared = ({ name, attributes }: ReadableSpan) =>
      name === 'hold: transaction' && Number(attributes['holdfast.batch_orders']) > 1;
    // On a busy machine a dozen may come in one after the other: then a further dozen.
    const shared = await until('some share a transaction', async () => {
      await Promise.all(
        Array.from({ length: 12 }, () => world.api.place({ payWith: null, lines: [{ skuId, quantity: 1 }] })),
      );
      const found = spans().filter(isShared);
      return found.length > 0 && found;
    });
    for (const transaction of shared) {
      expect(transaction.links).toHaveLength(Number(transaction.attributes['holdfast.batch_orders']) - 1);
      const linked = new Set(transaction.links.map(({ context }) => context.spanId));
      const holds = spans().filter((span) => span.name === 'hold' && linked.has(span.spanContext().spanId));
      expect(holds).toHaveLength(linked.size);
      for (const hold of holds) expect(hold.links[0]?.context.spanId).toBe(transaction.spanContext().spanId);
    }
  });

  it('no span tells anything of the buyer', () => {
    const told = JSON.stringify(
      [...ofOrder, ...spans()].map(({ name, attributes, events, links, status }) => [
        ...[name, attributes, events, links, status],
      ]),
    );
    for (const value of Object.values(CANARY)) expect(told).not.toContain(value);
  });

  it('no log line does, down to the finest level, and lines of the order say which trace they are of', () => {
    const lines = world.logged.filter((line) => line.includes(orderId));
    for (const value of Object.values(CANARY)) expect(world.logged.filter((line) => line.includes(value))).toEqual([]);
    const request = world.logged
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .find(({ req }) => (req as { path?: string } | undefined)?.path === '/v1/orders');
    expect(request).toMatchObject({
      traceId: named('POST /v1/orders').spanContext().traceId,
      res: { location: `/v1/orders/${orderId}` },
    });
    expect(lines.length).toBeGreaterThan(0);
  });

  it('can be drawn', async () => {
    const drawn = ['POST /v1/orders', 'POST /v1/webhooks/:gateway'].map((root) => {
      const [tree] = treesOf(ofTrace(named(root)));
      return tree ? drawTree(tree) : '';
    });
    expect(drawn[0]).toContain('wechat create');
    expect(drawn[1]).toContain('SignalWorkflow:paymentReceived');
    await writeFile(join(testEnvironment().runDir, 'trace.txt'), drawn.join('\n\n'));
  });
});
