import { skuSchema } from '../../src/http/schemas/skus';
import { type KeyRefusal } from '../../src/ports/idempotency';
import { harness } from './support/harness';

const PRICE = { minor: 500, currency: 'CNY' };

describe('POST /v1/skus', () => {
  it('creates a SKU as it was described', async () => {
    const { as } = await harness();
    const answer = await as('catalog').post('/v1/skus').send({
      id: 'sku_cup',
      title: 'Cup',
      productId: 'prod_ware',
      price: PRICE,
      initialStock: 7,
      unlimited: false,
      onShelf: false,
      requiredForm: [],
    });
    expect([answer.status, answer.headers.location]).toEqual([201, '/v1/skus/sku_cup']);
    expect(answer.body).toEqual({
      id: 'sku_cup',
      productId: 'prod_ware',
      title: 'Cup',
      price: PRICE,
      onShelf: false,
      onSale: false,
      requiredForm: [],
      stock: { available: 7, reserved: 0, sold: 0, unlimited: false },
    });
  });

  it('fills in id, product, stock and shelf', async () => {
    const { as } = await harness();
    const generated = await as('catalog').post('/v1/skus').send({ title: 'Cup', price: PRICE });
    const named = await as('catalog').post('/v1/skus').send({ id: 'sku_pot', title: 'Pot', price: PRICE });
    expect(generated.body).toMatchObject({ onShelf: true, stock: { available: 0, unlimited: false } });
    expect(generated.body.productId).toBe(`prod_${generated.body.id.replace('sku_', '')}`);
    expect(named.body.productId).toBe('prod_pot');
  });

  it('gives the longest id a product whose id PUT takes', async () => {
    const { as } = await harness();
    const id = 's'.repeat(128);
    const { body } = await as('catalog').post('/v1/skus').send({ id, title: 'Cup', price: PRICE });
    const change = { title: 'Cup', productId: body.productId, price: PRICE, onShelf: true };
    expect((await as('catalog').put(`/v1/skus/${id}`).send(change)).status).toBe(200);
  });

  it('refuses an id that is taken', async () => {
    const { as } = await harness();
    const answer = await as('catalog').post('/v1/skus').send({ id: 'sku_tea', title: 'Tea', price: PRICE });
    expect([answer.status, answer.body.code]).toEqual([409, 'sku_exists']);
  });
});

describe('GET and PUT /v1/skus', () => {
  it.each(['read', 'orders', 'catalog'] as const)('may be read with the scope %s', async (scope) => {
    const { as } = await harness();
    const one = await as(scope).get('/v1/skus/sku_tea');
    expect(skuSchema.parse(one.body).stock).toEqual({ available: 100, reserved: 0, sold: 0, unlimited: false });
    expect((await as(scope).get('/v1/skus')).body).toEqual({ items: [one.body], nextCursor: null });
  });

  it('changes what may be changed and leaves the stock alone', async () => {
    const { as } = await harness();
    const change = { title: 'Green tea', productId: 'prod_green', price: PRICE, onShelf: false };
    const answer = await as('catalog').put('/v1/skus/sku_tea').send(change);
    expect(answer.body).toMatchObject({ id: 'sku_tea', ...change, stock: { available: 100 } });
  });

  it('says why it does not take what a SKU is read with', async () => {
    const { as } = await harness();
    const { body: sku } = await as('catalog').get('/v1/skus/sku_tea');
    const answer = await as('catalog').put('/v1/skus/sku_tea').send(sku);
    expect(answer.body.errors).toEqual([
      { path: 'id', message: expect.stringContaining('address') },
      { path: 'onSale', message: expect.stringContaining('onShelf') },
      { path: 'stock', message: expect.stringContaining('/v1/skus/{id}/stock') },
    ]);
  });
});

describe('POST /v1/skus/{id}/stock', () => {
  it('adds and takes away, once per key', async () => {
    const { as } = await harness();
    const adjust = (delta: number, key: string) =>
      as('catalog').post('/v1/skus/sku_tea/stock').set('Idempotency-Key', key).send({ delta, reason: 'delivery' });
    expect((await adjust(5, 'a')).body.stock.available).toBe(105);
    expect((await adjust(-10, 'b')).body.stock.available).toBe(95);
    expect((await adjust(5, 'a')).body.stock.available).toBe(105);
    expect((await as('read').get('/v1/skus/sku_tea')).body.stock.available).toBe(95);
    expect((await adjust(6, 'a')).body.code).toBe('idempotency_key_reused');
  });

  it('takes a key for another SKU for another request', async () => {
    const { as } = await harness();
    await as('catalog').post('/v1/skus').send({ id: 'sku_cup', title: 'Cup', price: PRICE });
    const adjust = (id: string) =>
      as('catalog').post(`/v1/skus/${id}/stock`).set('Idempotency-Key', 'k').send({ delta: 1, reason: 'count' });
    expect((await adjust('sku_tea')).status).toBe(200);
    expect((await adjust('sku_cup')).body.code).toBe('idempotency_key_reused');
  });

  it.each([
    ['notFound', 404, 'sku_not_found'],
    ['insufficient', 409, 'insufficient_stock'],
    ['inProgress', 409, 'request_in_progress'],
    ['reused', 422, 'idempotency_key_reused'],
  ] as const)('answers %s with %d %s', async (t, status, code) => {
    const { as, catalogue } = await harness();
    catalogue.adjustStock = () => Promise.resolve({ t } as KeyRefusal);
    const answer = await as('catalog').post('/v1/skus/sku_tea/stock').send({ delta: 1, reason: 'count' });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });
});
