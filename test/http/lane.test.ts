import request from 'supertest';
import { HoldfastError } from '../../src/domain/errors';
import { harness } from './support/harness';

const ORDER = { buyerId: 'buyer_1', lines: [{ skuId: 'sku_tea', quantity: 1 }] };

/** Headers that say something of the answer itself. */
function said(headers: Readonly<Record<string, string>>): Record<string, string> {
  const { date: _date, 'content-length': _length, ...rest } = headers;
  return rest;
}

describe('the short way to an endpoint', () => {
  it('answers with the headers of the long way', async () => {
    const { as } = await harness();
    const short = await as('orders').get('/v1/orders').set('X-Request-Id', 'one');
    const long = await as('orders').get('/v1/orders?limit=20').set('X-Request-Id', 'one');
    expect(short.status).toBe(200);
    expect(short.body).toEqual(long.body);
    expect(said(short.headers)).toEqual(said(long.headers));
  });

  it('refuses with the problem and the headers of the long way', async () => {
    const { app } = await harness();
    const short = await request(app).get('/v1/orders').set('X-Request-Id', 'one');
    const long = await request(app).get('/v1/orders?limit=20').set('X-Request-Id', 'one');
    expect([short.status, short.body]).toEqual([401, long.body]);
    expect(said(short.headers)).toEqual(said(long.headers));
  });

  it('is not for another method of the same address', async () => {
    const { as } = await harness();
    const answer = await as('orders').put('/v1/orders').send(ORDER);
    expect([answer.status, answer.headers['allow']]).toEqual([405, 'POST, GET, HEAD']);
  });

  it('logs the end of a request either way, under its id, and refusals in memory only for who asks for details', async () => {
    const { as, log, orders } = await harness();
    await as('orders').post('/v1/orders').set('X-Request-Id', 'placed').send(ORDER);
    await as('orders').get('/v1/orders?limit=20').set('X-Request-Id', 'listed');
    orders.place = () => Promise.reject(new HoldfastError('sold_out', undefined, { shortages: [] }));
    await as('orders').post('/v1/orders').set('X-Request-Id', 'refused').send(ORDER);
    const ends = log
      .map((line): Record<string, unknown> => JSON.parse(line))
      .filter(({ msg }) => msg === 'request completed');
    expect(ends).toMatchObject([
      { level: 30, requestId: 'placed', req: { method: 'POST', path: '/v1/orders' }, res: { status: 201 } },
      { level: 30, requestId: 'listed', req: { method: 'GET', path: '/v1/orders' }, res: { status: 200 } },
      { level: 20, requestId: 'refused', req: { method: 'POST', path: '/v1/orders' }, res: { status: 409 } },
    ]);
  });
});
