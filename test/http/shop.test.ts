import { type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { sealData } from 'iron-session';
import request from 'supertest';
import { PROBLEM_TYPE } from '../../src/http/middleware/problems';
import { storefront } from '../../src/storefront';
import { upstream } from '../../src/storefront/upstream';
import { harness, type Harness, KEYS } from './support/harness';

const SESSION = { passwords: { 1: 'a password of the tests, long enough' }, secure: false };

describe('/shop', () => {
  const pageDir = mkdtempSync(join(tmpdir(), 'holdfast-shop-'));
  let built: Harness;
  let api: Server;
  let apiUrl: string;
  let shop: express.Express;

  beforeAll(() => writeFileSync(join(pageDir, 'index.html'), '<html><style nonce="{{nonce}}"></style></html>'));
  afterAll(() => rmSync(pageDir, { recursive: true }));
  beforeEach(async () => {
    built = await harness();
    api = createServer(built.app).listen(0, '127.0.0.1');
    await once(api, 'listening');
    apiUrl = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
    shop = shopOver(apiUrl);
  });
  afterEach(async () => {
    if (!api.listening) return;
    api.close();
    await once(api, 'close');
  });

  function shopOver(baseUrl: string, perBrowser = { points: 1_000, duration: 3_600 }): express.Express {
    const client = upstream({ baseUrl: () => baseUrl, apiKey: KEYS.orders });
    const parts = { api: client, session: SESSION, pageDir, now: Date.now, perBrowser, logger: built.deps.logger };
    return express().use('/shop', storefront(parts));
  }

  /** A browser that has been to the shop: its calls carry its cookie and the pages' header. */
  async function visitor() {
    const first = await request(shop).post('/shop/api/session').set('X-Holdfast-Shop', '1');
    const { buyerId } = first.body as { buyerId: string };
    const cookie = (first.headers['set-cookie']?.[0] ?? '').split(';', 1)[0] ?? '';
    const call = (method: 'get' | 'post' | 'put') => (path: string) =>
      request(shop)[method](`/shop/api${path}`).set('Cookie', cookie).set('X-Holdfast-Shop', '1');
    return { buyerId, cookie, first, get: call('get'), post: call('post'), put: call('put') };
  }
  const lines = [{ skuId: 'sku_tea', quantity: 1 }];

  it('serves its page for every address but those of data, under a policy that lets nothing foreign in', async () => {
    for (const path of ['/shop', '/shop/cart', '/shop/orders/ord_1']) {
      const { status, text, headers } = await request(shop).get(path);
      const nonce = /nonce="([^"]+)"/.exec(text)?.[1];
      expect([status, headers['content-security-policy']]).toEqual([200, expect.stringContaining(`'nonce-${nonce}'`)]);
    }
    const { status, body } = await request(shop).get('/shop/api/nothing');
    expect([status, body.code]).toEqual([404, 'not_found']);
  });

  it('an asset that there is not is a 404 problem, and so is what no page takes', async () => {
    const missing = [
      request(shop).get('/shop/assets/main-OLD.js'),
      request(shop).get('/shop/assets/'),
      request(shop).post('/shop/cart'),
    ];
    for (const { status, headers, body } of await Promise.all(missing)) {
      expect([status, headers['content-type'], body.code]).toEqual([404, PROBLEM_TYPE, 'not_found']);
    }
  });

  it('gives each browser a buyer, kept in a cookie that scripts and other sites never get', async () => {
    const [one, other] = [await visitor(), await visitor()];
    expect(one.buyerId).toMatch(/^shop_[0-9a-f]{24}$/);
    expect(other.buyerId).not.toBe(one.buyerId);
    expect(one.first.headers['set-cookie']?.[0]).toMatch(/Path=\/shop; HttpOnly; SameSite=Strict$/i);
    expect((await one.post('/session')).body.buyerId).toBe(one.buyerId);
    expect(one.cookie).not.toContain(one.buyerId);
  });

  it('refuses a browser without a session, and one with a forged cookie', async () => {
    const { buyerId } = await visitor();
    const foreign = await sealData({ buyerId }, { password: 'another password, just as long as ours' });
    for (const sent of ['', `holdfast-shop=${foreign}`, `holdfast_shop=${buyerId}`]) {
      const { status, body } = await request(shop).get('/shop/api/cart').set('Cookie', sent);
      expect([status, body.code]).toEqual([401, 'unauthenticated']);
    }
  });

  it('refuses a change that does not come from its own pages', async () => {
    const { cookie } = await visitor();
    const forged = request(shop).put('/shop/api/cart/lines/sku_tea').set('Cookie', cookie).send({ quantity: 1 });
    expect(await forged).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect(await request(shop).post('/shop/api/session')).toMatchObject({ status: 403 });
  });

  it('passes the catalogue, the cart and the checkout on, the idempotency key with it', async () => {
    const { get, put, post, buyerId } = await visitor();
    expect((await get('/skus')).body.items).toMatchObject([{ id: 'sku_tea', stock: { available: 100 } }]);
    expect((await get('/skus/sku_tea')).body).toMatchObject({ title: 'Tea' });
    expect((await get('/promotions')).body.items).toEqual([]);
    expect((await put('/cart/lines/sku_tea').send({ quantity: 2 })).body).toMatchObject({ buyerId, lines: [{}] });
    const checkout = () => post('/cart/checkout').set('Idempotency-Key', 'k1').send({ payWith: 'wechat' });
    const placed = await checkout();
    expect([placed.status, placed.body]).toEqual([201, expect.objectContaining({ buyerId })]);
    const again = await checkout();
    expect([again.body.id, again.headers['idempotent-replayed']]).toEqual([placed.body.id, 'true']);
    expect((await get('/orders')).body.items).toMatchObject([{ id: placed.body.id }]);
  });

  it('the buyer is the browser’s own, whatever the page sends', async () => {
    const { post, buyerId } = await visitor();
    const sent = { buyerId: 'buyer_1', paymentWindowSeconds: 1, storeId: 'store_1', lines };
    const { body } = await post('/orders').send(sent);
    expect(body).toMatchObject({ buyerId, storeId: null });
    expect(Date.parse(body.payBy as string) - Date.parse(body.createdAt as string)).toBe(1_800_000);
  });

  it('another buyer’s order is none: to read, to pay, to cancel', async () => {
    const [mine, theirs] = [await visitor(), await visitor()];
    const { id } = (await mine.post('/orders').send({ lines })).body as { id: string };
    expect((await mine.get(`/orders/${id}`)).body).toMatchObject({ id, status: 'awaiting_payment' });
    const tries = [
      theirs.get(`/orders/${id}`),
      theirs.post(`/orders/${id}/payments`).send({ gateway: 'wechat' }),
      theirs.post(`/orders/${id}/cancel`).send({}),
      mine.get('/orders/ord_none'),
    ];
    for (const { status, body } of await Promise.all(tries))
      expect([status, body.code]).toEqual([404, 'order_not_found']);
  });

  it('an id is one part of the address, whatever is in it', async () => {
    const { get } = await visitor();
    for (const path of ['/skus/..%2Forders', '/orders/..%2F..%2Fmetrics', '/skus/%3FonShelf=true']) {
      expect((await get(path)).status).toBe(404);
    }
  });

  it('passes problems on as they are, and refuses a body that is none', async () => {
    const { post } = await visitor();
    const short = await post('/orders').send({ lines: [{ skuId: 'sku_tea', quantity: 101 }] });
    expect([short.status, short.body]).toEqual([
      409,
      expect.objectContaining({
        code: 'out_of_stock',
        shortages: [{ skuId: 'sku_tea', requested: 101, available: 100 }],
      }),
    ]);
    expect(short.headers['content-type']).toContain('application/problem+json');
    expect((await post('/orders').send([1])).body.code).toBe('validation_failed');
    const broken = await post('/orders').set('Content-Type', 'application/json').send('{');
    expect([broken.status, broken.body.code]).toEqual([400, 'malformed_json']);
  });

  it('says that it is not ready while the API is away', async () => {
    const { get } = await visitor();
    api.close();
    await once(api, 'close');
    const { status, body, headers } = await get('/cart');
    expect([status, body.code, headers['retry-after']]).toEqual([503, 'not_ready', '1']);
  });

  it('takes no more of one browser than a person can ask, and others go on', async () => {
    shop = shopOver(apiUrl, { points: 3, duration: 3_600 });
    const [one, other] = [await visitor(), await visitor()];
    const answers: number[] = [];
    for (let n = 0; n < 4; n += 1) answers.push((await one.get('/skus/sku_tea')).status);
    expect(answers).toEqual([200, 200, 200, 503]);
    const refused = await one.get('/skus/sku_tea');
    expect([refused.body.code, refused.headers['retry-after']]).toEqual(['too_busy', expect.stringMatching(/^\d+$/)]);
    expect((await other.get('/skus/sku_tea')).status).toBe(200);
  });
});
