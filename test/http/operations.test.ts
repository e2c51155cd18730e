import request from 'supertest';
import { HoldfastError } from '../../src/domain/errors';
import { harness, KEYS, PLACE } from './support/harness';

describe('operations', () => {
  it('is alive without a key', async () => {
    const { app } = await harness();
    const answer = await request(app).get('/healthz');
    expect([answer.status, answer.body]).toEqual([200, { status: 'ok' }]);
  });

  it('names what is missing until it is ready', async () => {
    const missing = ['postgresql', 'temporal'];
    const { app } = await harness({ readiness: () => Promise.resolve(missing) });
    const before = await request(app).get('/readyz');
    expect([before.status, before.headers['retry-after']]).toEqual([503, '1']);
    expect(before.body).toMatchObject({ code: 'not_ready', detail: 'not reachable: postgresql, temporal' });
    expect(before.body.errors.map(({ path }: { path: string }) => path)).toEqual(missing);
    missing.length = 0;
    expect((await request(app).get('/readyz')).body).toEqual({ status: 'ready' });
  });

  it('hands out metrics as their registry has them', async () => {
    const { app } = await harness();
    const answer = await request(app).get('/metrics');
    expect([answer.headers['content-type'], answer.text]).toEqual(['text/plain; version=0.0.4', 'up 1\n']);
  });

  it('shows its contract to people, from this machine only', async () => {
    const { app } = await harness();
    const page = await request(app).get('/docs');
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.headers['content-security-policy']).toContain("script-src 'self'");
    const loaded = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '');
    expect(loaded.length).toBeGreaterThanOrEqual(4);
    for (const address of loaded) {
      expect(address).toMatch(/^\.\/docs\//);
      expect((await request(app).get(address.slice(1))).status).toBe(200);
    }
    expect((await request(app).get('/docs/swagger-ui-init.js')).text).toContain('"url": "openapi.json"');
    expect((await request(app).get('/docs/')).status).toBe(301);
    expect((await request(app).get('/docs/index.html')).status).toBe(404);
  });
});

describe('every answer', () => {
  it('forbids caching, framing and guessing, and does not say what made it', async () => {
    const { as } = await harness();
    const { headers } = await as('read').get('/v1/skus');
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none';frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
    });
    expect(headers).not.toHaveProperty('x-powered-by');
  });

  it.each([
    ['abc-123_4.5', true],
    ['with space', false],
    ['x'.repeat(129), false],
    ['<script>', false],
  ])('takes over the request id %s: %s', async (id, taken) => {
    const { app } = await harness();
    const answer = await request(app).get('/nothing').set('X-Request-Id', id);
    expect(answer.headers['x-request-id'] === id).toBe(taken);
    expect(answer.body.instance).toBe(answer.headers['x-request-id']);
  });

  it('lists what an address takes when the method is wrong', async () => {
    const { app } = await harness();
    const answer = await request(app).delete('/v1/skus/sku_tea');
    expect([answer.status, answer.headers.allow]).toEqual([405, 'GET, HEAD, PUT']);
  });

  it('says how to authenticate', async () => {
    const { app } = await harness();
    expect((await request(app).get('/v1/orders')).headers['www-authenticate']).toMatch(/^Bearer/);
  });

  it('tells the client nothing of what went wrong inside, and the log everything', async () => {
    const { as, orders, log } = await harness();
    orders.find = () => Promise.reject(new Error('password=hunter2 at 10.0.0.1'));
    const answer = await as('read').get('/v1/orders/ord_1');
    expect(answer.status).toBe(500);
    expect(answer.body).toEqual({
      type: 'urn:holdfast:error:internal',
      title: expect.any(String),
      status: 500,
      code: 'internal',
      detail: 'Something unexpected happened; the log has it under the request id.',
      instance: answer.headers['x-request-id'],
    });
    const line = log.map((each) => JSON.parse(each)).find(({ err }) => err);
    expect(line).toMatchObject({ requestId: answer.body.instance, err: { message: 'password=hunter2 at 10.0.0.1' } });
  });
});

describe('an internal error of our own', () => {
  it('keeps its detail for the log', async () => {
    const { as, orders, log } = await harness();
    orders.find = () => Promise.reject(new HoldfastError('internal', 'row 7 of table orders'));
    const answer = await as('read').get('/v1/orders/ord_1');
    expect([answer.status, answer.text]).toEqual([500, expect.not.stringContaining('row 7')]);
    expect(log.join('')).toContain('row 7 of table orders');
  });
});

describe('the access log', () => {
  it('has method, path and status, but no key, body or query', async () => {
    const { as, log } = await harness();
    await as('orders')
      .post('/v1/orders')
      .send({ ...PLACE, note: 'for-my-mother' });
    await as('orders').get('/v1/orders?buyerId=somebody');
    const text = log.join('');
    for (const secret of [KEYS.orders, 'for-my-mother', 'somebody', 'buyer_1']) expect(text).not.toContain(secret);
    expect(log.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({
        level: 30,
        req: { method: 'POST', path: '/v1/orders' },
        res: { status: 201, location: expect.stringMatching(/^\/v1\/orders\/ord_/) },
      }),
      expect.objectContaining({ level: 30, req: { method: 'GET', path: '/v1/orders' }, res: { status: 200 } }),
    ]);
  });

  it('keeps probes quiet unless they are bad', async () => {
    const { app, log } = await harness({ readiness: () => Promise.resolve(['temporal']) });
    await request(app).get('/healthz');
    await request(app).get('/readyz');
    expect(log.map((line) => JSON.parse(line).level)).toEqual([20, 50]);
  });
});
