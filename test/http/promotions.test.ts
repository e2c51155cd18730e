import { promotionPageSchema, promotionSchema } from '../../src/http/schemas/promotions';
import { harness } from './support/harness';

const PROMOTION = {
  id: 'promo_1',
  name: 'June',
  startsAt: '2026-06-01T00:00:00Z',
  endsAt: '2026-06-02T08:00:00+08:00',
  discountBasisPoints: 2000,
  skuIds: ['sku_tea'],
};
const { id: _id, ...CHANGE } = PROMOTION;

describe('POST /v1/promotions', () => {
  it('creates one, with times in UTC and no limits unless given', async () => {
    const { as } = await harness();
    const answer = await as('catalog').post('/v1/promotions').send(PROMOTION);
    expect([answer.status, answer.headers.location]).toEqual([201, '/v1/promotions/promo_1']);
    expect(promotionSchema.parse(answer.body)).toEqual({
      ...PROMOTION,
      startsAt: '2026-06-01T00:00:00.000Z',
      endsAt: '2026-06-02T00:00:00.000Z',
      storeIds: [],
      perBuyerLimit: null,
      totalQuota: null,
      counts: 'orders',
      use: { held: 0, used: 0 },
    });
    expect((await as('read').get('/v1/promotions/promo_1')).body).toEqual(answer.body);
  });

  it('makes an id unless given, and refuses one that is taken', async () => {
    const { as } = await harness();
    expect((await as('catalog').post('/v1/promotions').send(CHANGE)).body.id).toMatch(/^pro_/);
    await as('catalog').post('/v1/promotions').send(PROMOTION);
    const again = await as('catalog').post('/v1/promotions').send(PROMOTION);
    expect([again.status, again.body.code]).toEqual([409, 'promotion_exists']);
  });

  it.each<[string, object, string]>([
    ['ends before it begins', { endsAt: '2026-05-01T00:00:00Z' }, 'endsAt'],
    ['ends as it begins', { endsAt: PROMOTION.startsAt }, 'endsAt'],
    ['has a time without an offset', { startsAt: '2026-06-01T00:00:00' }, 'startsAt'],
    ['gives more than all', { discountBasisPoints: 10_001 }, 'discountBasisPoints'],
    ['costs extra', { discountBasisPoints: -1 }, 'discountBasisPoints'],
    ['is off by a fraction', { discountBasisPoints: 0.5 }, 'discountBasisPoints'],
    ['may be had never', { perBuyerLimit: 0 }, 'perBuyerLimit'],
    ['names a SKU twice', { skuIds: ['sku_tea', 'sku_tea'] }, 'skuIds'],
    ['names a SKU that is not there', { skuIds: ['sku_tea', 'sku_none'] }, 'skuIds.1'],
    ['counts sheep', { counts: 'sheep' }, 'counts'],
    ['has a field of its own', { discount: 0.2 }, 'discount'],
  ])('refuses one that %s', async (_, change, path) => {
    const { as } = await harness();
    const answer = await as('catalog')
      .post('/v1/promotions')
      .send({ ...PROMOTION, ...change });
    expect([answer.status, answer.body.code]).toEqual([422, 'validation_failed']);
    expect(answer.body.errors.map((error: { path: string }) => error.path)).toEqual([path]);
  });

  it('is for keys of the catalogue', async () => {
    const { as } = await harness();
    expect((await as('orders').post('/v1/promotions').send(PROMOTION)).body.code).toBe('forbidden');
  });
});

describe('PUT /v1/promotions/{id}', () => {
  it('replaces what may be changed', async () => {
    const { as } = await harness();
    await as('catalog')
      .post('/v1/promotions')
      .send({ ...PROMOTION, perBuyerLimit: 1 });
    const { status, body } = await as('catalog')
      .put('/v1/promotions/promo_1')
      .send({ ...CHANGE, name: 'July' });
    expect([status, body.name, body.perBuyerLimit]).toEqual([200, 'July', null]);
  });

  it('refuses another id and another way to count by name, and a promotion that is not there', async () => {
    const { as } = await harness();
    await as('catalog').post('/v1/promotions').send(PROMOTION);
    const put = (id: string, body: object) => as('catalog').put(`/v1/promotions/${id}`).send(body);
    const refused = await put('promo_1', { ...CHANGE, counts: 'units' });
    expect(refused.body.errors).toEqual([{ path: 'counts', message: 'cannot be changed' }]);
    expect((await put('promo_2', CHANGE)).body.code).toBe('promotion_not_found');
    expect((await put('%20', CHANGE)).body.code).toBe('promotion_not_found');
    const unknown = await put('promo_1', { ...CHANGE, skuIds: ['sku_none'] });
    expect(unknown.body.errors).toEqual([{ path: 'skuIds.0', message: 'no SKU has this id' }]);
  });
});

describe('GET /v1/promotions', () => {
  it('lists them by id and by pages', async () => {
    const { as } = await harness();
    for (const id of ['promo_b', 'promo_a', 'promo_c'])
      await as('catalog')
        .post('/v1/promotions')
        .send({ ...PROMOTION, id });
    const first = promotionPageSchema.parse((await as('orders').get('/v1/promotions?limit=2')).body);
    expect(first.items.map(({ id }) => id)).toEqual(['promo_a', 'promo_b']);
    const second = promotionPageSchema.parse(
      (await as('orders').get(`/v1/promotions?limit=2&cursor=${first.nextCursor}`)).body,
    );
    expect([second.items.map(({ id }) => id), second.nextCursor]).toEqual([['promo_c'], null]);
    expect((await as('read').get('/v1/promotions/promo_x')).body.code).toBe('promotion_not_found');
  });
});
