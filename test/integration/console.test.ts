import {
  type ActionView,
  type DeadLettersView,
  type EventView,
  type GatewaysView,
  type Me,
  type OrderPage,
  type OrderRow,
  type Overview,
  type PageOf,
  type PromotionUseRow,
  type SkuPage,
  type SkuRow,
} from '../../src/console/contract';
import { ConsoleClient } from '../support/console-client';
import { CONSOLE_KEYS, type ConsoleWorld, openConsoleWorld } from '../support/console-world';
import { until } from '../support/until';
import { untilStatus } from '../support/invariants';

describe('the console over a running service', () => {
  let world: ConsoleWorld;
  let oscar: ConsoleClient;
  let anna: ConsoleClient;
  beforeAll(async () => {
    world = await openConsoleWorld('console');
    oscar = await ConsoleClient.signIn(world.api.url, CONSOLE_KEYS.oscar);
    anna = await ConsoleClient.signIn(world.api.url, CONSOLE_KEYS.anna);
  });
  afterAll(() => world.close());

  const page = async (id: string): Promise<OrderPage> => (await oscar.get<OrderPage>(`/orders/${id}`)).body;
  const idsOf = async (query: string): Promise<string[]> => {
    const { status, body } = await oscar.get<PageOf<OrderRow>>(`/orders?${query}`);
    expect(status).toBe(200);
    return body.items.map(({ id }) => id);
  };

  it('serves its page, and knows the person', async () => {
    const answer = await fetch(`${world.consoleUrl}/orders/${world.orders.stuck.id}`, {
      headers: { connection: 'close' },
    });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(await answer.text()).toContain('Holdfast console');
    expect((await oscar.get<Me>('/me')).body.actor).toMatchObject({ id: 'op_oscar', roles: ['viewer', 'operator'] });
    await expect(ConsoleClient.signIn(world.api.url, 'no such key')).rejects.toThrow('401');
  });

  it('tells of a stuck order why it is stuck, what is held, what the gateway said, when it is asked next', async () => {
    const { stuck } = world.orders;
    const found = await until('the workflow answered', async () => {
      const each = await page(stuck.id);
      return each.process.t === 'answered' && each.process.nextAskAt !== null && each;
    });
    expect(found).toMatchObject({
      order: { status: 'closing', closeReason: 'buyer_cancelled' },
      explanation: {
        headline:
          'The order is being closed because the buyer cancelled it, and WeChat Pay has not proved that nobody can pay any more: an error of its own.',
        next: expect.stringMatching(/^WeChat Pay is asked again at 20/),
      },
      held: { stock: [{ skuId: stuck.skuId, title: 'Tea', quantity: 3 }], promotion: null, points: null },
      attempts: [
        {
          gateway: 'wechat',
          status: 'pending',
          merchantNo: stuck.merchantNo,
          lastAnswer: { outcome: 'unknown', code: '5xx' },
        },
      ],
      restockable: [],
      switchTo: [],
      workflow: {
        id: `order:${stuck.id}`,
        temporalUi: expect.stringMatching(/^http:\/\/temporal-ui\.test\/namespaces\/.+\/workflows\/order%3Aord_/),
      },
    });
    const allowed = found.possible.filter(({ allowed: may }) => may).map(({ kind }) => kind);
    expect(allowed).toEqual(['retry_now', 'manual']);
    expect(found.timeline.map(({ words }) => words)).toEqual(
      expect.arrayContaining(['The order is being closed at the gateway: the buyer cancelled it.']),
    );
  });

  it('finds orders by whatever an operator has in hand', async () => {
    const { stuck, paid, waiting, refunding, cancelled } = world.orders;
    const [attempt] = (await page(paid.id)).attempts;
    expect(await idsOf(`q=${stuck.id}`)).toEqual([stuck.id]);
    expect(await idsOf(`q=${waiting.merchantNo}`)).toEqual([waiting.id]);
    expect(await idsOf(`q=${attempt?.transactionId ?? ''}`)).toEqual([paid.id]);
    expect(await idsOf('q=nobody')).toEqual([]);
    expect(await idsOf('status=closing')).toEqual([stuck.id]);
    expect(await idsOf('status=refunding&gateway=stripe')).toEqual([refunding.id]);
    expect(await idsOf('q=buyer_1&gateway=stripe')).toEqual([refunding.id, cancelled.id].sort().reverse());
    expect(await idsOf('olderThanSeconds=86400')).toEqual([]);
    expect((await idsOf('olderThanSeconds=0')).length).toBe(Object.keys(world.orders).length);
    expect(await idsOf('manual=true')).toEqual([]);
  });

  it('pages through them, newest first, each once', async () => {
    const all = await idsOf('limit=100');
    expect(all).toEqual([...all].sort().reverse());
    const paged: string[] = [];
    for (let cursor = ''; ;) {
      const { body } = await oscar.get<PageOf<OrderRow>>(`/orders?limit=2${cursor && `&cursor=${cursor}`}`);
      paged.push(...body.items.map(({ id }) => id));
      if (body.nextCursor === null) break;
      cursor = body.nextCursor;
    }
    expect(paged).toEqual(all);
  });

  it('says how everything stands, and how the gateways do', async () => {
    const { body } = await oscar.get<Overview>('/overview');
    const counts = Object.fromEntries(body.orders.map(({ status, count }) => [status, count]));
    expect(counts).toMatchObject({ closing: 1, awaiting_payment: 1, refunding: 1, cancelled: 1, rejected: 0 });
    expect(body).toMatchObject({
      oldestClosing: { orderId: world.orders.stuck.id },
      refunds: { underWay: 1, manual: 0 },
    });
    const { gateways } = (await oscar.get<GatewaysView>('/gateways')).body;
    const wechat = gateways.find(({ gateway }) => gateway === 'wechat');
    expect(wechat).toMatchObject({ rejected: 0, closing: 1, openAttempts: 2, causes: [{ cause: '5xx' }] });
    expect(wechat?.unknown).toBeGreaterThan(0);
    expect(wechat?.offerMs?.p95).toBeGreaterThanOrEqual(wechat?.offerMs?.p50 ?? Infinity);
    expect(gateways.find(({ gateway }) => gateway === 'points')).toMatchObject({ answers: 0, unknownRate: null });
  });

  it('shows a SKU with its ledger, and adjusts it once', async () => {
    const { skuId } = world.orders.paid;
    const { body } = await oscar.get<SkuPage>(`/skus/${skuId}`);
    expect([body.sku.stock.sold, body.ledger]).toEqual([
      3,
      { rows: 3, available: 7, reserved: 0, sold: 3, agrees: true },
    ]);
    const adjust = () =>
      oscar.post<SkuRow>(`/skus/${skuId}/adjustments`, { delta: 2, reason: 'two more found' }, 'once');
    expect([(await adjust()).body.stock.available, (await adjust()).body.stock.available]).toEqual([9, 9]);
    const ledger = await oscar.get<PageOf<{ kind: string; reason: string | null }>>(`/skus/${skuId}/ledger?limit=2`);
    expect(ledger.body.items.map(({ kind }) => kind)).toEqual(['adjust', 'confirm']);
    const more = await oscar.get<PageOf<{ kind: string }>>(
      `/skus/${skuId}/ledger?cursor=${ledger.body.nextCursor ?? ''}`,
    );
    expect(more.body.items.map(({ kind }) => kind)).toEqual(['hold', 'initial']);
    expect((await oscar.get<PageOf<SkuRow>>(`/skus?q=${skuId}`)).body.items).toMatchObject([{ id: skuId }]);
    expect((await oscar.get<PageOf<SkuRow>>('/skus?q=tEA&limit=1')).body.items).toHaveLength(1);
  });

  it('shows events, newest first, also those of one order alone', async () => {
    const { paid } = world.orders;
    const { body } = await oscar.get<PageOf<EventView>>(`/events?orderId=${paid.id}`);
    expect(body.items.map(({ type }) => type)).toEqual(['StockSold', 'OrderPaid', 'StockHeld', 'OrderPlaced']);
    const newest = await oscar.get<PageOf<EventView>>('/events?limit=3');
    const older = await oscar.get<PageOf<EventView>>(`/events?limit=3&cursor=${newest.body.nextCursor ?? ''}`);
    expect(new Set([...newest.body.items, ...older.body.items].map(({ id }) => id)).size).toBe(6);
  });

  it('shows what a consumer gave up on, and has it tried again', async () => {
    const [event] = (await oscar.get<PageOf<EventView>>(`/events?type=OrderPaid`)).body.items;
    await world.stores.deadEvents.add('shipping-notice', event?.position ?? '');
    const ofConsumer = async () => {
      const { consumers } = (await oscar.get<DeadLettersView>('/dead-letters')).body;
      return consumers.find(({ consumer }) => consumer === 'shipping-notice');
    };
    expect(await ofConsumer()).toMatchObject({ count: 1, events: [{ id: event?.id, type: 'OrderPaid' }] });
    expect((await oscar.post('/dead-letters/shipping-notice/replay')).body).toEqual({ replayed: 1 });
    await until('it was handled', async () => (await ofConsumer())?.count === 0);
  });

  it('shows what an order holds of a promotion, and who has what of it', async () => {
    const skuId = await world.api.addSku(5);
    const days = { startsAt: '2020-01-01T00:00:00Z', endsAt: '2040-01-01T00:00:00Z' };
    const terms = { id: 'promo_tea', name: 'Tea week', discountBasisPoints: 1_000, totalQuota: 9 };
    expect((await world.api.call('POST', '/v1/promotions', { ...terms, ...days })).status).toBe(201);
    const placing = { lines: [{ skuId, quantity: 1 }], promotionId: 'promo_tea', buyerId: 'buyer_2' };
    const { id } = (await world.api.place(placing)).body;
    expect((await page(id)).held.promotion).toEqual({ promotionId: 'promo_tea', quantity: 1 });
    expect((await oscar.get('/promotions/promo_tea')).body).toMatchObject({ state: 'running', held: 1, used: 0 });
    const uses = (await oscar.get<PageOf<PromotionUseRow>>('/promotions/promo_tea/uses')).body;
    expect(uses.items).toMatchObject([{ kind: 'hold', orderId: id, buyerId: 'buyer_2', quantity: 1 }]);
  });

  it('takes an action at once, and keeps who asked for it and why', async () => {
    const { waiting } = world.orders;
    const payBy = new Date(Date.now() + 3_600_000).toISOString();
    const action = { kind: 'extend', payBy };
    const done = await oscar.post<ActionView>(`/orders/${waiting.id}/actions`, { action, reason: 'the buyer asked' });
    expect([done.status, done.body]).toEqual([
      200,
      expect.objectContaining({ state: 'done', reason: 'the buyer asked' }),
    ]);
    const after = await page(waiting.id);
    expect(after.order.payBy).toBe(payBy);
    expect(after.actions).toMatchObject([{ action, requestedBy: { name: 'Oscar' }, state: 'done' }]);
  });

  it('lets a large refund wait for a second person', async () => {
    const { paid } = world.orders;
    const action = { kind: 'refund', amount: { minor: 2_000, currency: 'CNY' }, restock: false };
    const asked = await anna.post<ActionView>(`/orders/${paid.id}/actions`, { action, reason: 'it came broken' });
    expect(asked.body).toMatchObject({ state: 'awaiting_approval', mayDecide: false, mayTakeBack: true });
    const path = `/actions/${asked.body.id}/approval`;
    expect((await anna.post(path)).body.code).toBe('second_person_needed');
    expect((await oscar.post(path)).body.code).toBe('forbidden');
    expect((await oscar.get<Overview>('/overview')).body.approvalsWaiting).toBe(1);
    const key = await ConsoleClient.signIn(world.api.url, world.api.key);
    expect((await key.post<ActionView>(path)).body).toMatchObject({ state: 'done' });
    await until('the money went back', async () => (await page(paid.id)).order.refundedAmount.minor === 2_000);
  });

  it('ends the stuck order once the gateway is back and asked', async () => {
    const { stuck } = world.orders;
    await world.heal();
    const action = { kind: 'retry_now' };
    const retried = await oscar.post<ActionView>(`/orders/${stuck.id}/actions`, { action, reason: 'it is back' });
    expect(retried.body.state).toBe('done');
    await untilStatus(world, stuck.id, 'cancelled');
    expect(await page(stuck.id)).toMatchObject({
      explanation: { tone: 'done' },
      held: { stock: [] },
      attempts: [{ status: 'closed' }],
    });
  });
});
