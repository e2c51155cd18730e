import fc from 'fast-check';
import { createFormCheck } from '../../../src/adapters/forms/ajv/form-check';
import { type RequiredForm, STANDARD_FIELDS, STANDARD_NAMES } from '../../../src/domain/buyer-fields';
import { type OrderDraft } from '../../../src/domain/order';
import { requiredFormSchema } from '../../../src/http/schemas/required-form';

const ID_CARD = '11010519491231002X';
const ADDRESS = { recipient: '李雷', phone: '13800138000', province: '北京', city: '北京', street: '长安街 1 号' };

type Given = Pick<OrderDraft, 'form' | 'shippingAddress'>;

/** What is wrong with what was filled in, where the SKUs ask for these. One line per SKU. */
function faults(asked: Record<string, RequiredForm>, given: Given) {
  const catalogue = new Map(Object.entries(asked).map(([skuId, requiredForm]) => [skuId, { requiredForm }]));
  const lines = Object.keys(asked).map((skuId) => ({ skuId, quantity: 1 }));
  return createFormCheck().faults({ lines, ...given }, catalogue);
}

const own = (schema: object, change: object = {}): RequiredForm => [{ name: 'own', schema, ...change } as never];

describe('what is filled in as asked', () => {
  it('has no faults', () => {
    const asked: Record<string, RequiredForm> = {
      sku_tea: ['recipient', 'phone', 'idCard', 'shippingAddress'],
      sku_cup: [{ name: 'engraving', schema: { type: 'string', maxLength: 20 }, required: false }],
      sku_tin: [],
    };
    const form = { sku_tea: { recipient: '李雷', phone: '13800138000', idCard: ID_CARD } };
    expect(faults(asked, { form, shippingAddress: ADDRESS })).toEqual([]);
    expect(faults(asked, { form: { ...form, sku_cup: { engraving: 'for you' } }, shippingAddress: ADDRESS })).toEqual(
      [],
    );
  });

  it('is nothing where nothing is asked for', () => {
    expect(faults({ sku_tin: [] }, {})).toEqual([]);
    expect(faults({ sku_tin: [] }, { form: null, shippingAddress: null })).toEqual([]);
    expect(faults({ sku_tin: [] }, { shippingAddress: ADDRESS })).toEqual([]);
  });
});

describe('what is not', () => {
  it('is told all at once, each with its path', () => {
    const asked: Record<string, RequiredForm> = {
      sku_tea: ['recipient', 'phone', 'idCard', 'email'],
      sku_cup: ['verifyCode', 'shippingAddress'],
    };
    const form = {
      sku_tea: { recipient: ' ', phone: '12', colour: 'red', idCard: '110105194912310021' },
      sku_cake: { recipient: 'x' },
    };
    const found = faults(asked, { form });
    expect(found.map(({ path }) => path).sort()).toEqual([
      'form.sku_cake',
      'form.sku_cup.verifyCode',
      'form.sku_tea.colour',
      'form.sku_tea.email',
      'form.sku_tea.idCard',
      'form.sku_tea.phone',
      'form.sku_tea.recipient',
      'shippingAddress',
    ]);
    const messages = Object.fromEntries(found.map(({ path, message }) => [path, message]));
    expect(messages).toMatchObject({
      'form.sku_tea.email': 'is required',
      'form.sku_tea.colour': 'is not asked for',
      'form.sku_tea.idCard': 'must be an 18-digit Chinese id card number whose check digit is right',
      'form.sku_cake': 'no line of the order has this SKU',
      shippingAddress: 'is required',
    });
  });

  it('of a shipping address is told field by field', () => {
    const found = faults({ sku_tin: [] }, { shippingAddress: { ...ADDRESS, city: 7, phone: 'x', planet: 'Mars' } });
    expect(found.map(({ path }) => path).sort()).toEqual([
      'shippingAddress.city',
      'shippingAddress.phone',
      'shippingAddress.planet',
    ]);
  });

  it.each([
    [{ type: 'string', maxLength: 3 }, 'abcd'],
    [{ type: 'string', minLength: 3 }, 'ab'],
    [{ type: 'string', enum: ['S', 'M'] }, 'L'],
    [{ type: 'string', format: 'digits' }, '1a'],
    [{ type: 'string' }, 5],
    [{ type: 'string' }, null],
    [{ type: 'string' }, {}],
    [{ type: 'string' }, 'a\u0000b'],
    [{ type: 'string' }, 'a\nb'],
    [{ type: 'string' }, '\ud800'],
    [{ type: 'string' }, 'x'.repeat(1_001)],
    [{ type: 'integer', minimum: 1 }, 0],
    [{ type: 'integer' }, 1.5],
    [{ type: 'number', maximum: 1 }, 1.01],
    [{ type: 'boolean' }, 'true'],
    [{ type: 'array', items: { type: 'string' }, minItems: 1 }, []],
    [{ type: 'array', items: { type: 'string' } }, Array.from({ length: 21 }, () => 'x')],
    [{ type: 'array', items: { type: 'string' } }, [['x']]],
    [{ type: 'array', items: { type: 'string' }, uniqueItems: true }, ['x', 'x']],
  ])('%j refuses %j', (schema, value) => {
    const found = faults({ sku_a: own(schema) }, { form: { sku_a: { own: value } } });
    expect(found.map(({ path }) => path)).toEqual(['form.sku_a.own']);
  });

  it('names the item of a list', () => {
    const asked = own({ type: 'array', items: { type: 'integer' } });
    const [fault] = faults({ sku_a: asked }, { form: { sku_a: { own: [1, 'two'] } } });
    expect(fault).toEqual({ path: 'form.sku_a.own.1', message: 'must be integer' });
  });

  it('is not satisfied by what every object has', () => {
    const asked: RequiredForm = [{ name: 'constructor', schema: { type: 'string' } }];
    expect(faults({ constructor: asked }, { form: {} })).toEqual([
      { path: 'form.constructor.constructor', message: 'is required' },
    ]);
  });

  it('never repeats what the buyer gave, neither as a value nor as a name', () => {
    const secret = '13912345678';
    const form = { sku_a: { phone: `x${secret}`, [secret]: secret }, [`no id ${secret}`]: {} };
    const found = faults({ sku_a: ['phone'] }, { form, shippingAddress: { [`my ${secret}`]: 1 } });
    expect(found.length).toBeGreaterThan(3);
    expect(JSON.stringify(found)).not.toContain(secret);
    expect(found).toContainEqual({ path: 'form.sku_a', message: 'has a field that is not asked for' });
    expect(found).toContainEqual({ path: 'form', message: 'has a key that is not the id of a SKU' });
  });

  it('is told up to a bound', () => {
    const fields = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`f${index}`, 1]));
    expect(faults({ sku_a: [] }, { form: { sku_a: fields } })).toHaveLength(50);
  });
});

test('the same SKU on two lines is asked once', () => {
  const lines = [1, 2].map((quantity) => ({ skuId: 'sku_a', quantity }));
  const catalogue = new Map([['sku_a', { requiredForm: ['phone'] as RequiredForm }]]);
  expect(createFormCheck().faults({ lines }, catalogue)).toHaveLength(1);
});

test('a form is asked by its own declaration, also when more are known than are kept', () => {
  const check = createFormCheck();
  const lines = [{ skuId: 'sku_a', quantity: 1 }];
  for (let round = 0; round < 2; round += 1) {
    for (let bound = 1; bound <= 600; bound += 100) {
      const requiredForm = own({ type: 'integer', maximum: bound });
      const judge = (value: number) =>
        check.faults({ lines, form: { sku_a: { own: value } } }, new Map([['sku_a', { requiredForm }]]));
      expect([judge(bound), judge(bound + 1)]).toMatchObject([[], [{ path: 'form.sku_a.own' }]]);
    }
    for (let other = 0; other < 510; other += 1) {
      check.faults({ lines }, new Map([['sku_a', { requiredForm: own({ type: 'integer', minimum: other }) }]]));
    }
  }
});

test('whatever may be declared can be judged, and never throws', () => {
  const bound = fc.option(fc.integer({ min: 0, max: 20 }), { nil: undefined });
  const scalar = fc.oneof(
    fc.record({ type: fc.constant('string'), minLength: bound, format: fc.constantFrom('digits', 'date', undefined) }),
    fc.record({ type: fc.constantFrom('integer', 'number'), maximum: bound }),
    fc.record({ type: fc.constant('string'), enum: fc.array(fc.constantFrom('a', 'b c', '"'), { minLength: 1 }) }),
    fc.constant({ type: 'boolean' }),
  );
  const schema = fc.oneof(scalar, fc.record({ type: fc.constant('array'), items: scalar, maxItems: bound }));
  const field = fc.record({ name: fc.stringMatching(/^[a-z]{1,6}_own$/), schema, required: fc.boolean() });
  const declared = fc.uniqueArray(fc.oneof(fc.constantFrom(...STANDARD_NAMES), field), {
    maxLength: 6,
    selector: (entry) => (typeof entry === 'string' ? entry : entry.name),
  });
  fc.assert(
    fc.property(declared, fc.dictionary(fc.string(), fc.jsonValue()), (entries, values) => {
      const requiredForm = requiredFormSchema.parse(JSON.parse(JSON.stringify(entries)));
      for (const fault of faults({ sku_a: requiredForm }, { form: { sku_a: values } })) {
        expect(fault).toEqual({ path: expect.any(String), message: expect.any(String) });
      }
    }),
    { numRuns: 200 },
  );
});

test('each standard field refuses what is no text', () => {
  for (const name of Object.keys(STANDARD_FIELDS)) {
    expect(faults({ sku_a: [name] as unknown as RequiredForm }, { form: { sku_a: { [name]: 5 } } })).toHaveLength(1);
  }
});
