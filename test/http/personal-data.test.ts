import { type RequiredForm } from '../../src/domain/buyer-fields';
import { orderDetailSchema, orderSchema } from '../../src/http/schemas/orders';
import { documentOf } from './support/openapi';
import { type Harness, harness, PLACE } from './support/harness';

const FORM = { sku_tea: { recipient: '李雷', phone: '13800138000' } };
const ADDRESS = { recipient: '李雷', phone: '13800138000', province: '北京', city: '北京', street: '长安街 1 号' };
const ASKED: RequiredForm = ['recipient', 'phone', { name: 'engraving', schema: { type: 'string' }, required: false }];

/** The API with a tea that asks for a form, and that form as `body`. */
async function asking(requiredForm: RequiredForm = ASKED): Promise<Harness> {
  const built = await harness();
  const { id, ...tea } = await built.catalogue
    .find('sku_tea')
    .then((sku) => sku ?? Promise.reject(new Error('no tea')));
  await built.catalogue.update(id, { ...tea, requiredForm });
  return built;
}

const body = { ...PLACE, form: FORM, shippingAddress: ADDRESS };

describe('requiredForm of a SKU', () => {
  const price = { minor: 1, currency: 'CNY' };
  const declared = [
    'phone',
    'shippingAddress',
    { name: 'size', title: 'Size', schema: { type: 'string', enum: ['S'] } },
  ];

  it('is answered as it was declared, and stays unless another one is given', async () => {
    const { as } = await harness();
    const created = await as('catalog').post('/v1/skus').send({ title: 'Cup', price, requiredForm: declared });
    expect(created.status).toBe(201);
    expect(created.body.requiredForm).toEqual(declared);
    const change = { title: 'Cup', price, productId: created.body.productId, onShelf: true };
    const path = `/v1/skus/${created.body.id}`;
    expect((await as('catalog').put(path).send(change)).body.requiredForm).toEqual(declared);
    expect(
      (
        await as('catalog')
          .put(path)
          .send({ ...change, requiredForm: [] })
      ).body.requiredForm,
    ).toEqual([]);
    expect((await as('read').get(path)).body.requiredForm).toEqual([]);
  });

  it('is empty where none was declared', async () => {
    const { as } = await harness();
    const created = await as('catalog').post('/v1/skus').send({ title: 'Cup', price });
    expect(created.body.requiredForm).toEqual([]);
  });

  it('names every path that is wrong with a declaration', async () => {
    const { as } = await harness();
    const requiredForm = ['phne', { name: '1st', schema: { type: 'string', maxLength: -1, pattern: 'a' } }];
    const answer = await as('catalog').post('/v1/skus').send({ title: 'Cup', price, requiredForm });
    expect([answer.status, answer.body.code]).toEqual([422, 'validation_failed']);
    const paths = (answer.body.errors as { path: string }[]).map(({ path }) => path).sort();
    expect(paths).toEqual([
      'requiredForm.0',
      'requiredForm.1.name',
      'requiredForm.1.schema.maxLength',
      'requiredForm.1.schema.pattern',
    ]);
  });
});

describe('placing', () => {
  it('takes what is asked for', async () => {
    const { as, orders } = await asking();
    const answer = await as('orders').post('/v1/orders').send(body);
    expect(answer.status).toBe(201);
    expect(orders.placings[0]?.draft).toMatchObject({ form: FORM, shippingAddress: ADDRESS });
  });

  it('names everything that is missing or wrong at once, repeats no value, and places nothing', async () => {
    const { as, orders, log } = await asking(['recipient', 'phone', 'idCard', 'email', 'shippingAddress']);
    const form = { sku_tea: { phone: '138-secret', email: 'li at secret', nickname: 'secret' } };
    const answer = await as('orders')
      .post('/v1/orders')
      .send({ ...PLACE, form });
    expect([answer.status, answer.body.code]).toEqual([422, 'validation_failed']);
    const errors = answer.body.errors as { path: string; message: string }[];
    expect(errors.map(({ path }) => path).sort()).toEqual([
      'form.sku_tea.email',
      'form.sku_tea.idCard',
      'form.sku_tea.nickname',
      'form.sku_tea.phone',
      'form.sku_tea.recipient',
      'shippingAddress',
    ]);
    expect(errors).toContainEqual({ path: 'form.sku_tea.idCard', message: 'is required' });
    expect(answer.text + log.join()).not.toContain('secret');
    expect(orders.placings).toEqual([]);
  });

  it('asks at the checkout of a cart as well', async () => {
    const { as, orders } = await asking();
    await as('orders').put('/v1/carts/buyer_1/lines/sku_tea').send({ quantity: 2 });
    const refused = await as('orders').post('/v1/carts/buyer_1/checkout').send({});
    expect([refused.status, refused.body.code]).toEqual([422, 'validation_failed']);
    const paths = (refused.body.errors as { path: string }[]).map(({ path }) => path);
    expect(paths).toEqual(['form.sku_tea.recipient', 'form.sku_tea.phone']);
    const checkedOut = await as('orders')
      .post('/v1/carts/buyer_1/checkout')
      .set('Idempotency-Key', 'key')
      .send({ form: FORM, shippingAddress: ADDRESS });
    expect(checkedOut.status).toBe(201);
    expect(orders.placings).toMatchObject([{ draft: { form: FORM, shippingAddress: ADDRESS } }]);
    expect(orders.placings[0]?.idempotency?.fingerprint).toMatch(/^keyed /);
  });

  it('answers the order without them; only reading it by itself shows them', async () => {
    const { as } = await asking();
    const placed = await as('orders').post('/v1/orders').send(body);
    expect(() => orderSchema.parse(placed.body)).not.toThrow();
    expect(placed.text).not.toContain('13800138000');
    const list = await as('orders').get('/v1/orders');
    expect(list.body.items).toHaveLength(1);
    expect(list.text).not.toContain('13800138000');
  });

  it('recognises a repeat by a keyed digest, so that the record tells nothing of a person', async () => {
    const { as, orders } = await asking();
    const post = (each: object) => as('orders').post('/v1/orders').set('Idempotency-Key', 'key').send(each);
    const first = await post(body);
    expect(first.status).toBe(201);
    expect(orders.placings[0]?.idempotency?.fingerprint).toMatch(/^keyed POST \/v1\/orders\n/);
    const repeat = await post({ shippingAddress: ADDRESS, form: FORM, ...PLACE });
    expect([repeat.body.id, repeat.headers['idempotent-replayed']]).toEqual([first.body.id, 'true']);
    const other = await post({ ...body, form: { sku_tea: { ...FORM.sku_tea, recipient: '韩梅梅' } } });
    expect([other.status, other.body.code]).toEqual([422, 'idempotency_key_reused']);
  });

  it('recognises a repeat of what is not personal by a plain one, as ever', async () => {
    const { as, orders } = await harness();
    await as('orders').post('/v1/orders').set('Idempotency-Key', 'key').send(PLACE);
    expect(orders.placings[0]?.idempotency?.fingerprint).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('GET /v1/orders/{id}', () => {
  const NOTHING = { form: null, shippingAddress: null };

  it('shows what was filled in to the shop, and to nobody else', async () => {
    const { as } = await asking();
    const { id } = (await as('orders').post('/v1/orders').send(body)).body as { id: string };
    const shown = await as('orders').get(`/v1/orders/${id}`);
    expect(shown.body).toMatchObject({ form: FORM, shippingAddress: ADDRESS, personalData: 'shown' });
    expect(() => orderDetailSchema.parse(shown.body)).not.toThrow();
    for (const scope of ['read', 'operate'] as const) {
      const hidden = await as(scope).get(`/v1/orders/${id}`);
      expect(hidden.body).toMatchObject({ ...NOTHING, personalData: 'hidden' });
    }
  });

  it('says so where there is nothing', async () => {
    const { as } = await harness();
    const { id } = (await as('orders').post('/v1/orders').send(PLACE)).body as { id: string };
    for (const scope of ['orders', 'read'] as const) {
      expect((await as(scope).get(`/v1/orders/${id}`)).body).toMatchObject({ ...NOTHING, personalData: 'none' });
    }
  });

  it('says so once the buyer is forgotten', async () => {
    const { as } = await asking();
    const { id } = (await as('orders').post('/v1/orders').send(body)).body as { id: string };
    const forgotten = await as('operate').delete('/v1/buyers/buyer_1/personal-data');
    expect([forgotten.status, forgotten.body]).toEqual([
      200,
      { buyerId: 'buyer_1', forgottenAt: '2026-01-02T00:00:00.000Z', orders: 1, openOrders: 1 },
    ]);
    for (const scope of ['orders', 'read'] as const) {
      expect((await as(scope).get(`/v1/orders/${id}`)).body).toMatchObject({ ...NOTHING, personalData: 'forgotten' });
    }
  });
});

test('a buyer of whom nothing was kept is forgotten as well', async () => {
  const { as } = await harness();
  const answer = await as('operate').delete('/v1/buyers/buyer_9/personal-data');
  expect(answer.body).toEqual({ buyerId: 'buyer_9', forgottenAt: null, orders: 0, openOrders: 0 });
});

test('the contract has the shapes', async () => {
  const { components } = await documentOf(await harness());
  const schemas = components.schemas as Record<string, { required?: string[]; properties?: object }>;
  expect(schemas.ShippingAddress?.required).toEqual(['recipient', 'phone', 'province', 'city', 'street']);
  expect(Object.keys(schemas.PlaceOrder?.properties ?? {})).toEqual(
    expect.arrayContaining(['form', 'shippingAddress']),
  );
  expect(Object.keys(schemas.Order?.properties ?? {})).not.toContain('form');
});
