import { bearer, type HostileRequest, invalid, JSON_TYPE, placingText } from './request';

/** A SKU whose declaration of `requiredForm` is refused at `paths`. */
function declaring(name: string, requiredForm: unknown, ...paths: string[]): HostileRequest {
  const body = { title: 'Tea', price: { minor: 1, currency: 'CNY' }, requiredForm };
  return {
    name,
    build: ({ keys }) => ({
      method: 'POST',
      path: '/v1/skus',
      headers: { ...bearer(keys.catalog), ...JSON_TYPE },
      body: JSON.stringify(body),
    }),
    status: 422,
    code: 'validation_failed',
    paths: paths.map((path) => `requiredForm${path}`),
  };
}

const own = (schema: object, change: object = {}) => [{ name: 'own', schema, ...change }];

const declarations: HostileRequest[] = [
  declaring('a form declared as an object', {}, ''),
  declaring('a standard field that nobody knows', ['phone', 'shoeSize'], '.1'),
  declaring('a field asked for twice', ['phone', 'phone'], '.1'),
  declaring('21 fields', own({ type: 'boolean' }).concat(Array.from({ length: 20 }, () => 'phone') as never[]), ''),
  declaring('a standard field redefined', [{ name: 'phone', schema: { type: 'string' } }], '.0.name'),
  declaring('a field named as an object’s own', [{ name: '__proto__', schema: { type: 'string' } }], '.0.name'),
  declaring('a field without a schema', [{ name: 'own' }], '.0.schema'),
  declaring('a field of no type', own({ maxLength: 5 }), '.0.schema.type'),
  declaring('a pattern that never ends', own({ type: 'string', pattern: '^(a+)+$' }), '.0.schema.pattern'),
  declaring('a reference', own({ type: 'string', $ref: 'http://127.0.0.1/schema' }), '.0.schema.$ref'),
  declaring('a format that nobody knows', own({ type: 'string', format: 'regex' }), '.0.schema.format'),
  declaring('a length beyond what is kept', own({ type: 'string', maxLength: 1e9 }), '.0.schema.maxLength'),
  declaring('bounds that exclude everything', own({ type: 'integer', minimum: 2, maximum: 1 }), '.0.schema.minimum'),
  declaring('a bound of another type', own({ type: 'string', minimum: 1 }), '.0.schema.minimum'),
  declaring('an object in an object', own({ type: 'object', properties: {} }), '.0.schema.type'),
  declaring('a list of lists', own({ type: 'array', items: { type: 'array' } }), '.0.schema.items.type'),
  declaring('no value allowed', own({ type: 'string', enum: [] }), '.0.schema.enum'),
];

/** A placing with something nested 20000 deep as a field, and a key, whose fingerprint walks through the body. */
const nested = (field: (deep: string) => string): HostileRequest['build'] => {
  const deep = '['.repeat(20_000) + ']'.repeat(20_000);
  return (context) =>
    placingText(context, `{"buyerId":"b","lines":[{"skuId":"${context.skuId}","quantity":1}],${field(deep)}}`, {
      'Idempotency-Key': 'deep',
    });
};

const placings: HostileRequest[] = [
  invalid('a form that is a list', { form: [] }, 'form'),
  invalid('a form of texts', { form: { sku_tea: 'phone' } }, 'form'),
  invalid('a form for a SKU that is not ordered', { form: { sku_none: {} } }, 'form.sku_none'),
  invalid('a form that nobody asked for', ({ skuId }) => ({ form: { [skuId]: { phone: '13800138000' } } })),
  invalid('an address of text', { shippingAddress: 'here' }, 'shippingAddress'),
  invalid('an address of nothing', { shippingAddress: {} }, 'shippingAddress.city', 'shippingAddress.phone'),
  invalid('an address with a line break', { shippingAddress: { city: 'a\r\nb' } }, 'shippingAddress.city'),
  {
    name: 'a form nested 20000 deep',
    build: nested((deep) => `"form":{"sku_tea":{"phone":${deep}}}`),
    status: 422,
    code: 'validation_failed',
    paths: ['form.sku_tea.phone'],
  },
  {
    name: 'an address nested 20000 deep',
    build: nested((deep) => `"shippingAddress":{"city":${deep}}`),
    status: 422,
    code: 'validation_failed',
    paths: ['shippingAddress.city'],
  },
  {
    name: '__proto__ in an address',
    build: (context) =>
      placingText(
        context,
        `{"buyerId":"b","lines":[{"skuId":"${context.skuId}","quantity":1}],"shippingAddress":{"__proto__":{"city":"x"}}}`,
      ),
    status: 422,
    code: 'validation_failed',
    paths: ['shippingAddress'],
  },
];

/** Forgetting by keys that may not. */
const forgetting: HostileRequest[] = (['orders', 'catalog', 'read'] as const).map((scope) => ({
  name: `forgetting a buyer with the scope ${scope}`,
  build: ({ keys }) => ({ method: 'DELETE', path: '/v1/buyers/buyer_1/personal-data', headers: bearer(keys[scope]) }),
  status: 403,
  code: 'forbidden',
}));

/** Declarations of forms, what is filled in, and forgetting. */
export const HOSTILE_FORMS: readonly HostileRequest[] = [...declarations, ...placings, ...forgetting];
