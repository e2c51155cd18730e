import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import request from 'supertest';
import { type Actor } from '../../src/domain/access';
import { PROBLEM_TYPE } from '../../src/http/middleware/problems';
import { pages } from '../../src/http/pages';
import { type Outage } from '../../src/ports/outages';
import { type ReconcileCase } from '../../src/ports/reconciliation';
import { type Browser, consoleHarness, fakeReads, recordOf } from './support/console';

const ANNA: Actor = { id: 'op_anna', name: 'Anna', roles: ['viewer', 'operator', 'approver'] };

describe('roles', () => {
  const READS = [
    '/overview',
    '/orders',
    '/orders/ord_1',
    '/actions',
    '/skus',
    '/skus/sku_tea',
    '/skus/sku_tea/ledger',
    '/promotions',
    '/reconciliation/cases',
    '/reconciliation/runs',
    '/events',
    '/dead-letters',
    '/gateways',
    '/outages',
  ];
  const ACTS = [
    ['/orders/ord_1/actions', { action: { kind: 'cancel' }, reason: 'because' }],
    ['/skus/sku_tea/adjustments', { delta: 1, reason: 'found one' }],
    ['/stock-imports', {}],
    ['/reconciliation/cases/case_1/resolve', { note: 'looked at it' }],
    ['/reconciliation/cases/case_1/ignore', { note: 'looked at it' }],
    ['/reconciliation/runs', {}],
    ['/dead-letters/points-award/replay', {}],
    ['/outages', { gateway: 'wechat', minutes: 5, reason: 'down' }],
    ['/outages/out_1/stop', {}],
  ] as const;

  it.each(READS)('%s is for whoever is signed in, and for nobody else', async (path) => {
    const { app, signIn } = await consoleHarness();
    expect((await (await signIn('viewer')).get(path)).status).toBe(200);
    expect((await request(app).get(`/console/api${path}`)).status).toBe(401);
  });

  it.each(ACTS)('%s is not for viewers', async (path, body) => {
    const { signIn, desk } = await consoleHarness();
    const answer = await (await signIn('viewer')).post(path, body).set('Idempotency-Key', 'k');
    expect([answer.status, answer.body.code, desk.records]).toEqual([403, 'forbidden', []]);
  });

  it('approving is for approvers; declining is judged by the desk, who knows who asked', async () => {
    const { signIn, desk } = await consoleHarness();
    desk.records.push(recordOf({ kind: 'cancel' }, ANNA, { state: 'awaiting_approval' }));
    const operator = await signIn('operator');
    expect((await operator.post('/actions/act_1/approval')).body.code).toBe('forbidden');
    expect((await operator.post('/actions/act_1/decline', { reason: 'no need' })).body.state).toBe('declined');
    expect((await (await signIn('approver')).post('/actions/act_1/approval')).body.state).toBe('done');
  });
});

describe('pages', () => {
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-console-'));
  beforeAll(() => {
    mkdirSync(join(dir, 'assets'));
    writeFileSync(join(dir, 'index.html'), '<!doctype html>');
    writeFileSync(join(dir, 'assets', 'main-NEW.js'), 'export {};');
  });
  afterAll(() => rmSync(dir, { recursive: true }));

  it('are served with their assets; one that there is not is a 404 problem', async () => {
    const { app, log } = await consoleHarness({ pages: pages(dir) });
    const there = await request(app).get('/console/assets/main-NEW.js');
    expect([there.status, there.headers['cache-control']]).toEqual([200, 'public, max-age=31536000, immutable']);
    expect((await request(app).get('/console/orders/ord_1')).text).toBe('<!doctype html>');
    const missing = await request(app).get('/console/assets/main-OLD.js');
    expect([missing.status, missing.headers['content-type'], missing.body.code]).toEqual([
      404,
      PROBLEM_TYPE,
      'not_found',
    ]);
    expect(log.join('')).not.toContain('unexpected error');
  });
});

describe('what cannot be right', () => {
  const FAULTS = [
    ['an order whose id is none', '/orders/%20', 404, 'not_found'],
    ['an order that there is not', '/orders/ord_2', 404, 'order_not_found'],
    ['a SKU that there is not', '/skus/sku_none', 404, 'sku_not_found'],
    ['the ledger of none', '/skus/sku_none/ledger', 404, 'sku_not_found'],
    ['a promotion that there is not', '/promotions/promo_none', 404, 'promotion_not_found'],
    ['the uses of none', '/promotions/promo_none/uses', 404, 'promotion_not_found'],
    ['a case that there is not', '/reconciliation/cases/case_1', 404, 'reconcile_case_not_found'],
    ['an outage that there is not', '/outages/out_1', 404, 'outage_not_found'],
    ['a state that there is not', '/orders?status=lost', 422, 'validation_failed'],
    ['an age that is none', '/orders?olderThanSeconds=-1', 422, 'validation_failed'],
    ['an empty search', '/orders?q=', 422, 'validation_failed'],
    ['a filter that there is not', '/orders?buyer=1', 422, 'validation_failed'],
    ['more than a page', '/events?limit=1000', 422, 'validation_failed'],
  ] as const;

  it.each(FAULTS)('%s is refused', async (_what, path, status, code) => {
    const { signIn } = await consoleHarness();
    const answer = await (await signIn('viewer')).get(path);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  const ACTIONS = [
    ['an action that there is not', { action: { kind: 'delete' }, reason: 'because' }],
    ['no reason', { action: { kind: 'cancel' } }],
    ['a reason that says nothing', { action: { kind: 'cancel' }, reason: ' x ' }],
    ['a reason of 501 characters', { action: { kind: 'cancel' }, reason: 'x'.repeat(501) }],
    ['a deadline that is no time', { action: { kind: 'extend', payBy: 'tomorrow' }, reason: 'because' }],
    ['a gateway that there is not', { action: { kind: 'switch_gateway', gateway: 'cash' }, reason: 'because' }],
    [
      'half a fen',
      { action: { kind: 'refund', amount: { minor: 0.5, currency: 'CNY' }, restock: false }, reason: 'because' },
    ],
    [
      'units that are none',
      { action: { kind: 'restock', lines: [{ skuId: 'sku_tea', quantity: 0 }] }, reason: 'because' },
    ],
    ['a field of another action', { action: { kind: 'cancel', gateway: 'wechat' }, reason: 'because' }],
  ] as const;

  it.each(ACTIONS)('%s is refused', async (_what, body) => {
    const { signIn, desk } = await consoleHarness();
    const answer = await (await signIn('operator')).post('/orders/ord_1/actions', body).set('Idempotency-Key', 'k');
    expect([answer.status, answer.body.code, desk.records]).toEqual([422, 'validation_failed', []]);
  });

  it('an action without its key is refused', async () => {
    const { signIn } = await consoleHarness();
    const body = { action: { kind: 'cancel' }, reason: 'because' };
    expect((await (await signIn('operator')).post('/orders/ord_1/actions', body)).body.code).toBe(
      'idempotency_key_required',
    );
  });
});

describe('stock', () => {
  it('shows a SKU with what its ledger comes to', async () => {
    const { signIn } = await consoleHarness();
    const browser = await signIn('viewer');
    expect((await browser.get('/skus?q=tea')).body.items).toMatchObject([{ id: 'sku_tea', stock: { available: 100 } }]);
    expect((await browser.get('/skus/sku_tea')).body.ledger).toMatchObject({ rows: 1, agrees: true });
  });

  it('is adjusted once, however often the page repeats it', async () => {
    const { signIn, catalogue, log } = await consoleHarness();
    const browser = await signIn('operator');
    const adjust = (delta: number) =>
      browser.post('/skus/sku_tea/adjustments', { delta, reason: 'counted' }).set('Idempotency-Key', 'one');
    expect((await adjust(5)).body.stock.available).toBe(105);
    expect((await adjust(5)).body.stock.available).toBe(105);
    expect((await catalogue.find('sku_tea'))?.stock.available).toBe(105);
    expect((await adjust(6)).body.code).toBe('idempotency_key_reused');
    expect(log.join('')).toContain('"actor":"op_oscar"');
  });

  it('cannot be taken that is not there', async () => {
    const { signIn } = await consoleHarness();
    const answer = await (
      await signIn('operator')
    )
      .post('/skus/sku_tea/adjustments', { delta: -101, reason: 'broken' })
      .set('Idempotency-Key', 'one');
    expect([answer.status, answer.body.code]).toEqual([409, 'insufficient_stock']);
  });

  it('is imported from a file', async () => {
    const { signIn, catalogue } = await consoleHarness();
    const answer = await imported(await signIn('operator'), 'skuId,delta,reason\nsku_tea,7,delivery\n');
    expect([answer.status, answer.body]).toEqual([200, expect.objectContaining({ applied: 1, refused: 0 })]);
    expect((await catalogue.find('sku_tea'))?.stock.available).toBe(107);
  });

  it('is not imported from what is no such file', async () => {
    const { signIn } = await consoleHarness();
    const browser = await signIn('operator');
    expect((await imported(browser, 'a,b\n1,2\n')).body.code).toBe('malformed_csv');
    expect((await imported(browser, 'skuId,delta,reason\nsku_none,7,delivery\n')).body.code).toBe(
      'stock_import_refused',
    );
  });
});

describe('operations', () => {
  it('show what waits, and do without a broker that does not answer', async () => {
    const deadLetters = { counts: () => Promise.reject(new Error('no broker')), replay: () => Promise.resolve(0) };
    const { signIn } = await consoleHarness({ deadLetters });
    const browser = await signIn('viewer');
    const overview = await browser.get('/overview');
    expect(overview.body).toMatchObject({
      orders: [{ status: 'awaiting_payment', count: 1, capped: false }],
      ...{ startIntents: 1, inboxUndelivered: 2, eventsUnplaced: 0, deadLetters: null, openCases: 0 },
      subscribers: [{ subscriber: 'relay', behind: 3, oldestSeconds: 7 }],
    });
    expect((await browser.get('/dead-letters')).body).toEqual({ reachable: false, consumers: [] });
  });

  it('replay what a consumer gave up on, if there is such a consumer', async () => {
    const asked: string[] = [];
    const replay = (consumer: string) => Promise.resolve(asked.push(consumer) === 1 ? 4 : null);
    const { signIn } = await consoleHarness({ deadLetters: { counts: () => Promise.resolve(new Map()), replay } });
    const browser = await signIn('operator');
    expect((await browser.post('/dead-letters/points-award/replay')).body).toEqual({ replayed: 4 });
    expect((await browser.post('/dead-letters/nobody/replay')).body.code).toBe('event_consumer_not_found');
    expect(asked).toEqual(['points-award', 'nobody']);
  });

  it('settle a case once, by name', async () => {
    const settled: unknown[] = [];
    const found: ReconcileCase = {
      ...{ id: 'case_1', class: 'workflows', code: 'workflow_outlives_order', subject: { kind: 'order', id: 'ord_1' } },
      ...{ found: {}, meaning: 'it still runs', advice: 'look', state: 'open', firstSeenAt: '', lastSeenAt: '' },
      ...{ settledAt: null, resolvedBy: null, note: null },
    };
    const settle = (decision: object) => Promise.resolve(settled.push(decision) === 1 ? found : null);
    const cases = {
      list: () => Promise.resolve({ items: [found], nextCursor: null }),
      find: () => Promise.resolve(found),
      ...{ resolve: settle, ignore: settle, runs: () => Promise.resolve([]) },
      openPerClass: () => Promise.resolve(new Map([['workflows', 2] as const])),
    };
    const { signIn } = await consoleHarness({ cases });
    const browser = await signIn('operator');
    const resolve = () => browser.post('/reconciliation/cases/case_1/resolve', { note: 'terminated it' });
    expect((await resolve()).body).toMatchObject({ id: 'case_1', orderId: 'ord_1' });
    expect((await resolve()).body.code).toBe('reconcile_case_settled');
    expect(settled[0]).toEqual({ id: 'case_1', actor: { id: 'op_oscar', name: 'Oscar' }, note: 'terminated it' });
    expect((await browser.get('/overview')).body.openCases).toBe(2);
  });

  it('start an outage in the name of who asked', async () => {
    const started: unknown[] = [];
    const outage: Outage = {
      ...{
        id: 'out_1',
        gateway: 'wechat',
        minutes: 30,
        reason: 'it is down',
        startedBy: ANNA,
        startedAt: '',
        endedAt: null,
      },
      ...{ state: 'running', extended: 0, refused: 0 },
    };
    const none = { items: [], nextCursor: null };
    const outages = {
      start: (request: object) => {
        started.push(request);
        return Promise.resolve(outage);
      },
      stop: () => Promise.resolve({ ...outage, state: 'stopped' as const }),
      find: () => Promise.resolve(outage),
      ...{ list: () => Promise.resolve(none), results: () => Promise.resolve(none) },
    };
    const { signIn } = await consoleHarness({ outages });
    const browser = await signIn('operator');
    const body = { gateway: 'wechat', minutes: 30, reason: 'it is down' };
    const answer = await browser.post('/outages', body).set('Idempotency-Key', 'k');
    expect(answer.body).toMatchObject({ id: 'out_1', startedBy: { id: 'op_anna', name: 'Anna' } });
    expect(started).toEqual([expect.objectContaining({ ...body, idempotencyKey: 'k' })]);
    expect((await browser.post('/outages', { ...body, minutes: 1441 }).set('Idempotency-Key', 'k')).status).toBe(422);
    expect((await browser.post('/outages/out_1/stop')).body.state).toBe('stopped');
  });

  it('show how the gateways that are configured do', async () => {
    const reading = {
      ...{
        answers: 4,
        unknown: 1,
        rejected: 0,
        causes: [{ cause: 'timeout', count: 1 }],
        offerMs: { p50: 80, p95: 200 },
      },
      ...{ lastAnswerAt: null, openAttempts: 3, closing: 1, refundsUnderWay: 0 },
    };
    const gateways = [
      { gateway: 'wechat', ...reading },
      { gateway: 'stripe', ...reading },
    ] as const;
    const reads = fakeReads({ gatewayHealth: () => Promise.resolve({ since: '2026-01-01T00:00:00.000Z', gateways }) });
    const { signIn } = await consoleHarness({ reads });
    const { body } = await (await signIn('viewer')).get('/gateways');
    expect(body.gateways).toEqual([
      { gateway: 'wechat', ...reading, circuit: 'closed', ratePerSecond: null, unknownRate: 0.25 },
    ]);
  });
});

function imported(browser: Browser, csv: string) {
  return browser.upload('/stock-imports', csv).set('Idempotency-Key', `import-${csv.length}`);
}
