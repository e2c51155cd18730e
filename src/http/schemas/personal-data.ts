import { type BuyerForms, FORM_LIMITS, SHIPPING_ADDRESS_SCHEMA, type ShippingAddress } from '../../domain/buyer-fields';
import { DRAFT_LIMITS } from '../../domain/draft';
import { PERSONAL_DATA_STATES } from '../../ports/buyer-data';
import { timeSchema } from './common';
import { z } from './zod';

/*
 * Only the shape is checked here. The fields are judged in the placing, where what the SKUs ask for is known, so that
 * everything that is wrong with them is told at once.
 */

type Values = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Deeper than any field can be; refused before anything walks through it. */
function isNested(value: unknown): boolean {
  const parts: unknown[] = typeof value === 'object' && value !== null ? Object.values(value) : [];
  return parts.some((part) => typeof part === 'object' && part !== null);
}

/** Names of the nested fields. A name that is none may be a value in the wrong place: it is not repeated. */
function nestedIn(fields: Values): string[][] {
  const nested = Object.entries(fields).filter(([, value]) => isNested(value));
  return nested.map(([name]) => (FORM_LIMITS.name.test(name) ? [name] : []));
}

const NESTED = { code: 'custom', message: 'must not be nested so deep' } as const;

const formSchema = z
  .custom<BuyerForms>((value) => isObject(value) && Object.values(value).every(isObject))
  .superRefine((form, context) => {
    for (const [skuId, fields] of Object.entries(form)) {
      const own = DRAFT_LIMITS.id.test(skuId) ? [skuId] : [];
      for (const path of nestedIn(fields)) context.addIssue({ ...NESTED, path: [...own, ...path] });
    }
  })
  .openapi('BuyerForms', {
    type: 'object',
    description:
      'By SKU id, the fields that the SKU asks for in `requiredForm`, and no others. Personal: kept encrypted, shown by ' +
      '`GET /v1/orders/{id}` alone.',
    additionalProperties: { type: 'object', additionalProperties: {} },
    example: { sku_tea: { recipient: '李雷', phone: '13800138000' } },
  });

const shippingAddressSchema = z
  .custom<ShippingAddress>(isObject)
  .superRefine((fields, context) => {
    for (const path of nestedIn(fields)) context.addIssue({ ...NESTED, path });
  })
  .openapi('ShippingAddress', {
    ...(SHIPPING_ADDRESS_SCHEMA as object),
    type: 'object',
    description: 'Personal: kept encrypted, shown by `GET /v1/orders/{id}` alone.',
  });

/** What a placing may bring along. A union with null, because a component can't be made nullable in OpenAPI. */
const personalShape = {
  form: z.union([formSchema, z.null()], { error: 'must be an object with an object of fields by SKU id' }),
  shippingAddress: z.union([shippingAddressSchema, z.null()], { error: 'must be an object of fields' }),
};

/** `form` and `shippingAddress` of a placing. */
export const personalInputShape = {
  form: personalShape.form.optional(),
  shippingAddress: personalShape.shippingAddress.optional(),
};

/** What `GET /v1/orders/{id}` tells beside the order. */
export const personalDataShape = {
  ...personalShape,
  personalData: z.enum(PERSONAL_DATA_STATES).openapi({
    description:
      '`none`: the order has no form and no address. `shown`. `hidden`: it has, and the key lacks the scope `orders`. ' +
      '`forgotten`: the buyer was forgotten; nobody can read them any more.',
  }),
};

/** What came of `DELETE /v1/buyers/{id}/personal-data`. */
export const forgottenSchema = z
  .strictObject({
    buyerId: z.string(),
    forgottenAt: timeSchema.nullable().openapi({ description: 'Null where nothing of the buyer was ever kept.' }),
    orders: z.int().openapi({ description: 'Orders whose form and address nobody can read any more.' }),
    openOrders: z.int().openapi({ description: 'Those of them that are not settled; they go on.' }),
  })
  .openapi('ForgottenBuyer');
