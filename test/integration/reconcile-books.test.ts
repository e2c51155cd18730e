import { openTransaction } from '../support/open-transaction';
import { untilStatus } from '../support/invariants';
import { caseOf, casesOf, outcomeOf, reconcile } from '../support/reconcile';
import { RECONCILE_NOW } from '../../workflows/reconcile/contract';
import { recordWorkflow } from '../support/histories';
import { SEQUENCER_LOCK } from '../../src/adapters/store/prisma/event-feed';
import { until } from '../support/until';
import { openWorld, type World } from '../support/world';

const FOR_A_DAY = new Date(Date.now() + 86_400_000);

describe('reconciliation of the books with themselves', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld('reconcile-books');
  });
  afterAll(() => world.close());

  /** Every test sets right what it broke, or says that it is dealt with: nothing is left for the next one to find. */
  afterEach(async () => {
    await eventsDelivered();
    expect(outcomeOf(await reconcile(world))).toEqual({});
  });

  const eventsDelivered = () =>
    until('all events are placed and read', async () => {
      const [unplaced, standings] = [await world.stores.events.unplaced(), await world.stores.cursors.standings()];
      return unplaced === 0 && standings.every(({ behind }) => behind === 0);
    });

  async function run() {
    await eventsDelivered();
    return outcomeOf(await reconcile(world));
  }

  async function order(quantity: number, end: 'open' | 'paid' | 'cancelled') {
    const skuId = await world.api.addSku(10);
    const { body } = await world.api.place({ lines: [{ skuId, quantity }], paymentWindowSeconds: 600 });
    const merchantNo = body.payment?.merchantNo ?? '';
    if (end === 'paid') await world.sandbox.pay(merchantNo);
    if (end === 'cancelled') await world.api.cancel(body.id);
    if (end !== 'open') await untilStatus(world, body.id, end);
    return { id: body.id, skuId, merchantNo, paymentId: body.payment?.id ?? '' };
  }

  it('a SKU’s counters that are not its ledger’s sum: a case with the exact differences, gone once they are set right', async () => {
    const skuId = await world.api.addSku(10);
    await world.prisma.$executeRaw`UPDATE stock SET available = available - 3 WHERE sku_id = ${skuId}`;
    expect(await run()).toEqual({ counters: { mended: 0, opened: 1 } });
    expect(await caseOf(world, 'stock_differs', skuId)).toMatchObject({
      state: 'open',
      found: {
        counters: { available: 7, reserved: 0, sold: 0 },
        ledger: { available: 10, reserved: 0, sold: 0 },
      },
    });
    expect(await world.api.stock(skuId)).toMatchObject({ available: 7 });
    const workflowId = `${RECONCILE_NOW}:${world.taskQueue}`;
    await world.temporal.client.workflow.getHandle(workflowId).result();
    await recordWorkflow(world, workflowId, 'reconcile');
    expect(world.logged.some((line) => line.includes('"reconcile_case"'))).toBe(true);

    await world.prisma.$executeRaw`UPDATE stock SET available = 10 WHERE sku_id = ${skuId}`;
    expect(await run()).toEqual({});
    expect(await caseOf(world, 'stock_differs', skuId)).toMatchObject({ state: 'mended', note: 'no longer found' });
  });

  it('a promotion’s and an account’s counters likewise', async () => {
    const [skuId, now] = [await world.api.addSku(10), Date.now()];
    const promotion = { id: 'promo_odd', name: 'June', discountBasisPoints: 2000, skuIds: [skuId] };
    const times = { startsAt: new Date(now).toISOString(), endsAt: new Date(now + 3_600_000).toISOString() };
    expect((await world.api.call('POST', '/v1/promotions', { ...promotion, ...times })).status).toBe(201);
    await world.prisma.$executeRaw`UPDATE promotion_use SET used = 2 WHERE promotion_id = 'promo_odd'`;
    await world.prisma.pointsAccount.create({ data: { buyerId: 'buyer_odd', balance: 5n } });
    expect(await run()).toEqual({ counters: { mended: 0, opened: 2 } });
    expect((await caseOf(world, 'promotion_differs', 'promo_odd')).found).toMatchObject({
      counters: { held: 0, used: 2 },
      ledger: { held: 0, used: 0 },
    });
    expect((await caseOf(world, 'points_differ', 'buyer_odd')).found).toMatchObject({
      counters: { balance: 5, held: 0 },
      ledger: { balance: 0, held: 0 },
    });
    await world.prisma.$executeRaw`UPDATE promotion_use SET used = 0`;
    await world.prisma.pointsAccount.update({ where: { buyerId: 'buyer_odd' }, data: { balance: 0n } });
  });

  it('a cancelled order whose stock is still held: given back once, and told in its timeline', async () => {
    const { id, skuId } = await order(4, 'cancelled');
    await world.prisma.$executeRaw`DELETE FROM stock_ledger WHERE order_id = ${id} AND kind = 'release'`;
    await world.prisma.$executeRaw`UPDATE stock SET available = 6, reserved = 4 WHERE sku_id = ${skuId}`;
    expect(await run()).toEqual({ holds: { mended: 1, opened: 0 } });
    expect(await world.api.stock(skuId)).toMatchObject({ available: 10, reserved: 0, sold: 0 });
    expect(await caseOf(world, 'hold_left', id)).toMatchObject({ state: 'mended' });
    expect(await world.api.timeline(id)).toContainEqual(
      expect.objectContaining({ what: 'reconciled', data: expect.objectContaining({ code: 'hold_left' }) as object }),
    );
  });

  it('a paid order whose stock was never sold: sold once', async () => {
    const { id, skuId } = await order(4, 'paid');
    await world.prisma.$executeRaw`DELETE FROM stock_ledger WHERE order_id = ${id} AND kind = 'confirm'`;
    await world.prisma.$executeRaw`UPDATE stock SET sold = 0, reserved = 4 WHERE sku_id = ${skuId}`;
    expect(await run()).toEqual({ holds: { mended: 1, opened: 0 } });
    expect(await world.api.stock(skuId)).toMatchObject({ available: 6, reserved: 0, sold: 4 });
  });

  it('an open order that holds nothing: a case', async () => {
    const { id, skuId } = await order(4, 'open');
    await world.prisma.$executeRaw`DELETE FROM stock_ledger WHERE order_id = ${id}`;
    await world.prisma.$executeRaw`UPDATE stock SET available = 10, reserved = 0 WHERE sku_id = ${skuId}`;
    expect(await run()).toEqual({ holds: { mended: 0, opened: 1 } });
    expect((await caseOf(world, 'hold_missing', id)).found).toMatchObject({ skuIds: [skuId] });
    await world.api.cancel(id);
    await untilStatus(world, id, 'cancelled');
  });

  it('a paid order whose hold was given back: a case', async () => {
    const { id } = await order(4, 'paid');
    await world.prisma
      .$executeRaw`UPDATE stock_ledger SET kind = 'release' WHERE order_id = ${id} AND kind = 'confirm'`;
    expect(await run()).toEqual({ holds: { mended: 0, opened: 1 } });
    expect((await caseOf(world, 'settled_otherwise', id)).found).toMatchObject({ status: 'paid', released: true });
    await world.prisma
      .$executeRaw`UPDATE stock_ledger SET kind = 'confirm' WHERE order_id = ${id} AND kind = 'release'`;
  });

  it('points that are set aside for a closed attempt: back on the account', async () => {
    const { merchantNo, paymentId } = await order(1, 'cancelled');
    const buyerId = 'buyer_1';
    await world.api.call('POST', `/v1/buyers/${buyerId}/points`, { delta: 50, reason: 'gift' });
    await world.prisma.payment.update({ where: { id: paymentId }, data: { gateway: 'points' } });
    const entry = { buyerId, kind: 'hold', reference: merchantNo, merchantNo, currency: 'CNY' };
    await world.prisma.pointsEntry.create({ data: { ...entry, delta: -50n, balanceAfter: 0n } });
    await world.prisma.pointsAccount.update({ where: { buyerId }, data: { balance: 0n, held: 50n } });
    expect(await run()).toEqual({ holds: { mended: 1, opened: 0 } });
    expect(await caseOf(world, 'points_left', paymentId)).toMatchObject({ state: 'mended', found: { points: 50 } });
    const { body } = await world.api.call('GET', `/v1/buyers/${buyerId}/points`);
    expect(body).toMatchObject({ balance: 50, held: 0 });
  });

  it('a start that nobody makes: handed to the starter; one of something that is not there: a case', async () => {
    const { id } = await order(1, 'open');
    const refundId = world.stores.newId('refund');
    const at = { createdAt: new Date(Date.now() - 60_000), leasedUntil: FOR_A_DAY };
    await world.prisma.startIntent.create({ data: { kind: 'order', subjectId: id, ...at } });
    await world.prisma.startIntent.create({ data: { kind: 'refund', subjectId: refundId, ...at } });
    expect(await run()).toEqual({ unfinished: { mended: 1, opened: 1 } });
    expect(await caseOf(world, 'start_overdue', `order:${id}`)).toMatchObject({ state: 'mended' });
    expect(await caseOf(world, 'start_of_nothing', `refund:${refundId}`)).toMatchObject({ state: 'open' });
    await until(
      'the starter took it',
      async () => (await world.prisma.startIntent.count({ where: { kind: 'order' } })) === 0,
    );
    await world.prisma.startIntent.deleteMany();
  });

  it('a key of an order that is not there, and an operator’s action that does not end: cases', async () => {
    const { id } = await order(1, 'open');
    const resourceId = world.stores.newId('order');
    const ago = new Date(Date.now() - 60_000);
    const key = { client: 'shop', key: 'k', fingerprint: 'f', resourceId, answerDue: ago };
    await world.prisma.idempotencyRecord.create({ data: key });
    const actionId = world.stores.newId('operatorAction');
    await world.prisma.$executeRaw`
      INSERT INTO operator_actions (id, order_id, kind, action, reason, actor_id, client_key, requested_by, requested_at, state, leased_until)
      VALUES (${actionId}, ${id}, 'manual', '{"kind":"manual"}', 'to look at', 'op', 'k',
              '{"id":"op","name":"Op","roles":["operator"]}', ${ago}, 'executing', ${FOR_A_DAY})`;
    expect(await run()).toEqual({ unfinished: { mended: 0, opened: 2 } });
    expect(await caseOf(world, 'key_of_nothing', resourceId)).toMatchObject({ state: 'open' });
    expect(await caseOf(world, 'action_overdue', actionId)).toMatchObject({ state: 'open', found: { orderId: id } });
    await world.prisma.idempotencyRecord.deleteMany({ where: { resourceId } });
    await world.prisma.$executeRaw`DELETE FROM operator_actions WHERE id = ${actionId}`;
  });

  it('events that nobody places: a case while no sequencer can, gone once one does', async () => {
    const lock = await openTransaction(world.config.databaseUrl, 'SELECT pg_advisory_xact_lock($1)', [SEQUENCER_LOCK]);
    await world.api.addSku(1);
    await order(1, 'open');
    expect(outcomeOf(await reconcile(world))).toEqual({ events: { mended: 0, opened: 1 } });
    expect(await caseOf(world, 'events_unplaced', 'unplaced')).toMatchObject({ state: 'open' });
    await lock.rollback();
    expect(await run()).toEqual({});
    expect(await caseOf(world, 'events_unplaced', 'unplaced')).toMatchObject({ state: 'mended' });
  });

  it('an event that was deleted: a case; once a person resolved it, it is not opened again', async () => {
    await order(1, 'open');
    await eventsDelivered();
    const [row] = await world.prisma.$queryRaw<{ position: bigint }[]>`
      SELECT max(position) - 1 AS position FROM outbox`;
    const position = row?.position ?? 0n;
    await world.prisma.outbox.deleteMany({ where: { position } });
    expect(await run()).toEqual({ events: { mended: 0, opened: 1 } });
    const [opened] = await casesOf(world, 'feed_gap');
    expect(opened).toMatchObject({ found: { after: String(position - 1n), before: String(position + 1n) } });
    const path = `/v1/reconciliation/cases/${opened?.id}/resolve`;
    const { body } = await world.api.call('POST', path, { note: 'told the warehouse' });
    expect(body).toMatchObject({ state: 'resolved', note: 'told the warehouse' });
  });

  it('a subscriber that does not get on, and one that is ahead of the feed: cases', async () => {
    await order(1, 'open');
    await eventsDelivered();
    const cursors = [
      { subscriber: 'slow', lane: 0, position: 0n },
      { subscriber: 'ahead', lane: 0, position: 1_000_000n },
    ];
    await world.prisma.eventCursor.createMany({ data: cursors });
    expect(outcomeOf(await reconcile(world))).toEqual({ events: { mended: 0, opened: 2 } });
    expect((await caseOf(world, 'subscriber_lags', 'slow')).found).toEqual({ position: '0' });
    expect((await caseOf(world, 'subscriber_ahead', 'ahead')).found).toMatchObject({ position: '1000000' });
    await world.prisma.eventCursor.deleteMany({ where: { subscriber: { in: ['slow', 'ahead'] } } });
  });

  it('what a person ignores stays so, however often it is found', async () => {
    const skuId = await world.api.addSku(10);
    await world.prisma.$executeRaw`UPDATE stock SET sold = 1 WHERE sku_id = ${skuId}`;
    expect(await run()).toEqual({ counters: { mended: 0, opened: 1 } });
    const { id } = await caseOf(world, 'stock_differs', skuId);
    await world.api.call('POST', `/v1/reconciliation/cases/${id}/ignore`, { note: 'sold over the counter' });
    await world.prisma.$executeRaw`UPDATE stock SET sold = 2 WHERE sku_id = ${skuId}`;
    expect(await run()).toEqual({});
    expect(await caseOf(world, 'stock_differs', skuId)).toMatchObject({ state: 'ignored' });
  });
});
