import { longWay } from '../../src/http/app';
import { type AppDeps } from '../../src/http/deps';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import request from 'supertest';
import { BUYER_FORMATS } from '../../src/domain/buyer-formats';
import { type ErrorCode, ERRORS } from '../../src/domain/errors';
import { STATUS_OF } from '../../src/http/errors';
import { stored } from './support/fakes';
import { harness, PLACE } from './support/harness';
import { codesIn, type Document, documentOf, operationOf } from './support/openapi';

interface Layer {
  readonly route?: { readonly path: string; readonly methods: Readonly<Record<string, boolean>> };
}

/** `GET /v1/orders/{id}` for every route that Express really has. */
function registered(deps: AppDeps): string[] {
  const { stack } = longWay(deps).router as unknown as { readonly stack: readonly Layer[] };
  return stack.flatMap(({ route }) =>
    Object.keys(route?.methods ?? {})
      .filter((method) => method !== '_all')
      .map((method) => `${method.toUpperCase()} ${route?.path.replace(/:(\w+)/g, '{$1}')}`),
  );
}

const documented = ({ paths }: Document): string[] =>
  Object.entries(paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((m) => `${m.toUpperCase()} ${path}`),
  );

describe('openapi.json', () => {
  it('has every route that is registered, and no other', async () => {
    const built = await harness();
    const document = await documentOf(built);
    expect(document.openapi).toBe('3.1.0');
    expect(documented(document).sort()).toEqual(registered(built.deps).sort());
    expect(documented(document)).toEqual(
      expect.arrayContaining(['POST /v1/orders', 'POST /v1/webhooks/{gateway}', 'GET /openapi.json', 'GET /docs']),
    );
  });

  it('names the key where one is needed', async () => {
    const { paths } = await documentOf(await harness());
    const open = Object.entries(paths).flatMap(([path, operations]) =>
      Object.values(operations).some(({ security }) => security.length === 0) ? [path] : [],
    );
    expect(open.sort()).toEqual([
      '/asyncapi.json',
      '/docs',
      '/healthz',
      '/metrics',
      '/openapi.json',
      '/readyz',
      '/v1/webhooks/{gateway}',
    ]);
  });

  it('puts every code under its status, and names every code that HTTP can answer with', async () => {
    const { paths } = await documentOf(await harness());
    const operations = Object.values(paths).flatMap((each) => Object.values(each));
    for (const operation of operations) {
      for (const code of codesIn(operation))
        expect(operation.responses).toHaveProperty(String(STATUS_OF[code as ErrorCode]));
    }
    const elsewhere: ErrorCode[] = [
      ...(['not_found', 'method_not_allowed'] as const), // of no operation: there is none
      'invalid_signature', // answered in the gateway's format
      ...(['order_rejected', 'illegal_transition', 'invalid_order_id'] as const), // Temporal failures
      ...(['csrf_rejected', 'too_many_attempts'] as const), // of the console and the shop, which have no part in the contract
    ];
    expect([...new Set([...operations.flatMap(codesIn), ...elsewhere])].sort()).toEqual(Object.keys(ERRORS).sort());
  });

  it('asks for an idempotency key where money is moved, and takes one where a repeat would do harm', async () => {
    const { paths } = await documentOf(await harness());
    const keyed = Object.entries(paths).flatMap(([path, operations]) =>
      Object.entries(operations).flatMap(([method, { parameters = [] }]) =>
        parameters
          .filter((parameter) => parameter.in === 'header')
          .map(({ name, required }) => [`${method.toUpperCase()} ${path}`, name, required ?? false]),
      ),
    );
    expect(keyed.sort()).toEqual([
      ['POST /v1/buyers/{id}/points', 'Idempotency-Key', false],
      ['POST /v1/carts/{buyerId}/checkout', 'Idempotency-Key', false],
      ['POST /v1/orders', 'Idempotency-Key', false],
      ['POST /v1/orders/{id}/actions', 'Idempotency-Key', true],
      ['POST /v1/orders/{id}/refunds', 'Idempotency-Key', true],
      ['POST /v1/outages', 'Idempotency-Key', true],
      ['POST /v1/skus/{id}/stock', 'Idempotency-Key', false],
      ['POST /v1/stock-imports', 'Idempotency-Key', true],
    ]);
  });

  it('refers to nothing that it does not have', async () => {
    const text = JSON.stringify(await documentOf(await harness()));
    const { components } = JSON.parse(text) as Document;
    const references = [...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map((match) => match[1]);
    expect(Object.keys(components.schemas)).toEqual(expect.arrayContaining([...new Set(references)]));
    expect(references.length).toBeGreaterThan(0);
  });

  it('tells of the mark of a repeat wherever one is sent', async () => {
    const built = await harness();
    built.orders.orders.set('ord_paid', stored({ id: 'ord_paid', status: 'paid' }));
    const document = await documentOf(built);
    for (const [path, body] of [
      ['/v1/orders', PLACE],
      ['/v1/orders/ord_paid/refunds', { reason: 'faulty', amount: 1 }],
    ] as const) {
      const send = () => built.as('orders').post(path).set('Idempotency-Key', 'key').send(body);
      await send();
      expect((await send()).headers['idempotent-replayed']).toBe('true');
      expect(operationOf(document, 'post', path)?.responses['201']?.headers).toHaveProperty('Idempotent-Replayed');
    }
  });

  it('describes what is really answered', async () => {
    const built = await harness();
    const document = await documentOf(built);
    const ajv = new Ajv({ strict: false, allErrors: true });
    addFormats(ajv);
    for (const [name, { test: validate }] of Object.entries(BUYER_FORMATS)) ajv.addFormat(name, { validate });
    ajv.addSchema({ $id: 'api', components: document.components });
    const check = (schemaName: string, body: unknown) => {
      const validate = ajv.compile({ $ref: `api#/components/schemas/${schemaName}` });
      expect({ schemaName, valid: validate(body), errors: validate.errors }).toEqual({
        schemaName,
        valid: true,
        errors: null,
      });
    };
    const placed = await built
      .as('orders')
      .post('/v1/orders')
      .send({ ...PLACE, payWith: 'wechat' });
    check('PlaceOrder', { ...PLACE, payWith: 'wechat', note: '两盒茶 🍵', storeId: null });
    check('Order', placed.body);
    check('Order', (await built.as('orders').post('/v1/orders').send(PLACE)).body);
    const shippingAddress = { recipient: 'L', phone: '13800138000', province: 'P', city: 'C', street: 'S' };
    const sent = await built
      .as('orders')
      .post('/v1/orders')
      .send({ ...PLACE, shippingAddress });
    check('PlaceOrder', { ...PLACE, shippingAddress, form: { sku_tea: {} } });
    check('OrderDetail', (await built.as('orders').get(`/v1/orders/${sent.body.id}`)).body);
    check('OrderDetail', (await built.as('read').get(`/v1/orders/${sent.body.id}`)).body);
    check('ForgottenBuyer', (await built.as('operate').delete('/v1/buyers/buyer_1/personal-data')).body);
    check('OrderPage', (await built.as('read').get('/v1/orders')).body);
    check('Timeline', (await built.as('read').get(`/v1/orders/${placed.body.id}/timeline`)).body);
    check('Sku', (await built.as('read').get('/v1/skus/sku_tea')).body);
    check('SkuPage', (await built.as('read').get('/v1/skus')).body);
    check('Product', (await built.as('read').get('/v1/products/prod_tea')).body);
    check('ProductPage', (await built.as('read').get('/v1/products')).body);
    const promotion = { name: 'June', startsAt: '2026-06-01T00:00:00Z', endsAt: '2026-06-02T00:00:00Z' };
    const created = await built
      .as('catalog')
      .post('/v1/promotions')
      .send({ ...promotion, discountBasisPoints: 1 });
    check('Promotion', created.body);
    check('PromotionPage', (await built.as('read').get('/v1/promotions')).body);
    check('Cart', (await built.as('orders').put('/v1/carts/b/lines/sku_tea').send({ quantity: 2 })).body);
    check('Checkout', { payWith: 'wechat', note: null });
    check('Order', (await built.as('orders').post('/v1/carts/b/checkout')).body);
    check('Cart', (await built.as('read').get('/v1/carts/b')).body);
    const stock = built.as('catalog').post('/v1/stock-imports?mode=report').set('Idempotency-Key', 'stock');
    const file = 'skuId,delta,reason\nsku_tea,1,count\nsku_x,1,count\nsku_tea,x,\n';
    check('StockImport', (await stock.set('Content-Type', 'text/csv').send(file)).body);
    built.orders.orders.set('ord_paid', stored({ id: 'ord_paid', status: 'paid' }));
    const refund = built.as('orders').post('/v1/orders/ord_paid/refunds').set('Idempotency-Key', 'key');
    check('Refund', (await refund.send({ reason: 'faulty', amount: 1 })).body);
    check('Payment', placed.body.payment);
    check('SwitchPayment', { gateway: 'wechat' });
    for (const amount of [1, { minor: 1, currency: 'CNY' }]) check('RequestRefund', { reason: 'faulty', amount });
    check('Problem', (await request(built.app).get('/nothing')).body);
    check('Problem', (await built.as('orders').post('/v1/orders').send({})).body);
    for (const wrong of [{ buyerId: 'a b' }, { note: 'a\u0000b' }, { note: '' }, { promotionId: 'a b' }]) {
      expect(ajv.compile({ $ref: 'api#/components/schemas/PlaceOrder' })({ ...PLACE, ...wrong })).toBe(false);
    }
    for (const wrong of [{ amount: 0 }, { amount: 1.5 }, { amount: null }, { amount: { minor: 1 } }, { reason: '' }]) {
      const validate = ajv.compile({ $ref: 'api#/components/schemas/RequestRefund' });
      expect(validate({ reason: 'faulty', ...wrong })).toBe(false);
    }
  });
});

describe('docs/errors.md', () => {
  it('has every code with its status, and no other', () => {
    const text = readFileSync(join(__dirname, '../../docs/errors.md'), 'utf8');
    const rows = [...text.matchAll(/^\| `(\w+)`\s*\| (\d{3})\s*\| (\S.*?)\s*\| (\S.*?)\s*\|$/gm)];
    expect(Object.fromEntries(rows.map(([, code, status]) => [code, Number(status)]))).toEqual(STATUS_OF);
    expect(rows).toHaveLength(Object.keys(ERRORS).length);
    expect(Object.keys(STATUS_OF).sort()).toEqual(Object.keys(ERRORS).sort());
  });
});
