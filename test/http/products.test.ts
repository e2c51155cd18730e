import { type Response } from 'supertest';
import { type Product } from '../../src/ports/catalogue';
import { harness, PLACE } from './support/harness';

const PRICE = { minor: 1, currency: 'CNY' };

describe('POST and PUT /v1/products', () => {
  it('creates one, with an id where none is given', async () => {
    const { as } = await harness();
    const named = await as('catalog').post('/v1/products').send({ id: 'prod_cup', title: 'Cup' });
    expect([named.status, named.headers.location]).toEqual([201, '/v1/products/prod_cup']);
    expect(named.body).toEqual({
      id: 'prod_cup',
      title: 'Cup',
      onShelf: true,
      createdAt: '2026-01-01T00:00:00.000Z',
      skuIds: [],
    });
    const { body } = await as('catalog').post('/v1/products').send({ title: 'Pot', onShelf: false });
    expect(body).toMatchObject({ id: expect.stringMatching(/^pro_/), onShelf: false });
  });

  it('refuses an id that is taken, also by a product that a SKU brought along', async () => {
    const { as } = await harness();
    const answer = await as('catalog').post('/v1/products').send({ id: 'prod_tea', title: 'Tea' });
    expect([answer.status, answer.body.code]).toEqual([409, 'product_exists']);
  });

  it('a SKU may name a product that is there or bring it along', async () => {
    const { as } = await harness();
    await as('catalog').post('/v1/products').send({ id: 'prod_cup', title: 'Cups' });
    await as('catalog').post('/v1/skus').send({ id: 'sku_red', productId: 'prod_cup', title: 'Red', price: PRICE });
    await as('catalog').post('/v1/skus').send({ id: 'sku_pot', title: 'Pot', price: PRICE });
    const read = async (id: string) => (await as('read').get(`/v1/products/${id}`)).body;
    expect(await read('prod_cup')).toMatchObject({ title: 'Cups', skuIds: ['sku_red'] });
    expect(await read('prod_pot')).toMatchObject({ title: 'Pot', skuIds: ['sku_pot'] });
  });

  it('off the shelf, none of its SKUs is on sale, and none can be ordered', async () => {
    const { as } = await harness();
    const shelve = (onShelf: boolean) => as('catalog').put('/v1/products/prod_tea').send({ title: 'Tea', onShelf });
    expect((await shelve(false)).body).toMatchObject({ id: 'prod_tea', onShelf: false, skuIds: ['sku_tea'] });
    expect((await as('read').get('/v1/skus/sku_tea')).body).toMatchObject({ onShelf: true, onSale: false });
    const refused = await as('orders').post('/v1/orders').send(PLACE);
    expect([refused.status, refused.body.code]).toEqual([409, 'sku_off_shelf']);
    expect(refused.body.errors).toMatchObject([{ path: 'lines.0.skuId' }]);
    await shelve(true);
    expect((await as('orders').post('/v1/orders').send(PLACE)).status).toBe(201);
  });

  it('answers 404 for a product that is not there', async () => {
    const { as } = await harness();
    const absent = await as('catalog').put('/v1/products/prod_x').send({ title: 'X', onShelf: true });
    expect([absent.status, absent.body.code]).toEqual([404, 'product_not_found']);
    expect((await as('read').get('/v1/products/prod_x')).body.code).toBe('product_not_found');
  });

  it('names what it does not change', async () => {
    const { as } = await harness();
    const { body } = await as('catalog').put('/v1/products/prod_tea').send({ title: 'Tea', onShelf: true, skuIds: [] });
    expect(body).toMatchObject({ code: 'validation_failed', errors: [{ path: 'skuIds' }] });
    expect(body.errors[0].message).toContain('PUT /v1/skus/{id}');
  });

  it.each(['orders', 'read', 'operate'] as const)('needs the scope catalog, not %s', async (scope) => {
    const { as } = await harness();
    const answers = [
      await as(scope).post('/v1/products').send({ title: 'X' }),
      await as(scope).put('/v1/products/prod_tea').send({ title: 'X', onShelf: true }),
    ];
    expect(answers.map(({ body }) => body.code)).toEqual(['forbidden', 'forbidden']);
  });
});

describe('GET /v1/products and /v1/skus', () => {
  const idsOf = ({ body }: Response) => body.items.map(({ id }: Product) => id);

  it('takes ids as long as SKUs make them', async () => {
    const { as } = await harness();
    const id = `sku_${'t'.repeat(124)}`;
    await as('catalog')
      .post('/v1/skus')
      .send({ id: `x${id.slice(1)}`, title: 'T', price: PRICE });
    const product = `prod_x${id.slice(1)}`;
    expect((await as('read').get(`/v1/products/${product}`)).body.id).toBe(product);
    expect((await as('read').get(`/v1/skus?productId=${product}`)).body.items).toHaveLength(1);
    expect((await as('read').get(`/v1/products/${product}t`)).body.code).toBe('product_not_found');
  });

  it('lists products by id, page by page, by shelf', async () => {
    const { as } = await harness();
    for (const id of ['prod_b', 'prod_a']) await as('catalog').post('/v1/products').send({ id, title: id });
    await as('catalog').put('/v1/products/prod_b').send({ title: 'B', onShelf: false });
    const first = await as('read').get('/v1/products?limit=2');
    const second = await as('read').get(`/v1/products?limit=2&cursor=${first.body.nextCursor}`);
    expect([idsOf(first), idsOf(second)]).toEqual([['prod_a', 'prod_b'], ['prod_tea']]);
    expect(idsOf(await as('read').get('/v1/products?onShelf=true'))).toEqual(['prod_a', 'prod_tea']);
    expect(idsOf(await as('read').get('/v1/products?onShelf=false'))).toEqual(['prod_b']);
  });

  it('lists SKUs by product and by shelf', async () => {
    const { as } = await harness();
    const create = (id: string, onShelf: boolean) =>
      as('catalog').post('/v1/skus').send({ id, productId: 'prod_cup', title: id, price: PRICE, onShelf });
    await create('sku_red', true);
    await create('sku_blue', false);
    expect(idsOf(await as('read').get('/v1/skus?productId=prod_cup'))).toEqual(['sku_blue', 'sku_red']);
    expect(idsOf(await as('read').get('/v1/skus?productId=prod_cup&onShelf=true'))).toEqual(['sku_red']);
    expect(idsOf(await as('read').get('/v1/skus?onShelf=true'))).toEqual(['sku_red', 'sku_tea']);
    expect((await as('read').get('/v1/skus?onShelf=yes')).body.errors).toMatchObject([{ path: 'onShelf' }]);
  });
});
