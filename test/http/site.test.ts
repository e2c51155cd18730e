import express from 'express';
import request from 'supertest';
import { HoldfastError } from '../../src/domain/errors';
import { site } from '../../src/main/site';
import { harness, KEYS, PLACE } from './support/harness';

const page = express().use((_req, res) => res.send('the page'));
const pages = { '/shop': page };

describe('what a process serves', () => {
  it('is its pages under their paths, and the API for everything else', async () => {
    const { app } = await harness();
    const all = site(app, pages, { trustedProxies: 0 });
    expect((await request(all).get('/shop')).text).toBe('the page');
    expect((await request(all).get('/shop/sku_tea?page=2')).text).toBe('the page');
    expect((await request(all).get('/healthz')).status).toBe(200);
    expect((await request(all).get('/shopping')).body.code).toBe('not_found');
  });

  it('leaves the API its short way', async () => {
    const { app, orders, log } = await harness();
    orders.place = () => Promise.reject(new HoldfastError('sold_out', undefined, { shortages: [] }));
    const headersSetOneByOne = jest.spyOn(express.response, 'set');
    const answer = await request(site(app, pages, { trustedProxies: 0 }))
      .post('/v1/orders')
      .set('Authorization', `Bearer ${KEYS.orders}`)
      .send(PLACE);
    expect([answer.status, answer.body.code]).toEqual([409, 'sold_out']);
    // Express answers through its own response; the short way does not.
    expect(headersSetOneByOne).not.toHaveBeenCalled();
    expect(log.some((line) => line.includes('request completed'))).toBe(true);
    headersSetOneByOne.mockRestore();
  });

  it('sees the address that the outermost trusted proxy saw', async () => {
    const { app } = await harness();
    const seen = express().use((req, res) => res.send(req.ip ?? ''));
    const asked = (trustedProxies: number) =>
      request(site(app, { '/shop': seen }, { trustedProxies }))
        .get('/shop')
        .set('X-Forwarded-For', '203.0.113.7, 198.51.100.2');
    expect((await asked(0)).text).toContain('127.0.0.1');
    expect((await asked(1)).text).toBe('198.51.100.2');
    expect((await asked(2)).text).toBe('203.0.113.7');
  });
});
