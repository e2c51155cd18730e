import { type BuyerFormatName } from './buyer-formats';

/**
 * The part of JSON Schema (2020-12) that a field may be declared in: single values and lists of them. A group of fields is
 * declared field by field, so that each has a path and a message of its own.
 */
export type FieldSchema = ScalarSchema | ListSchema;

export type ScalarSchema = TextSchema | NumberSchema | { readonly type: 'boolean'; readonly description?: string };

interface TextSchema {
  readonly type: 'string';
  readonly description?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly format?: BuyerFormatName;
  readonly enum?: readonly string[];
}

interface NumberSchema {
  readonly type: 'integer' | 'number';
  readonly description?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly enum?: readonly number[];
}

interface ListSchema {
  readonly type: 'array';
  readonly description?: string;
  readonly items: ScalarSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
}

/** Bounds of a declaration, and of what a buyer may fill in; part of the HTTP contract. */
export const FORM_LIMITS = {
  /** Of one SKU. */
  fields: 20,
  /** UTF-16 units of one text; checked before any schema is. */
  text: 1_000,
  items: 20,
  enumValues: 100,
  title: 100,
  /** A field's name; no name of an object's own can be one (`__proto__`). */
  name: /^[A-Za-z][A-Za-z0-9_]{0,39}$/,
} as const;

interface StandardField {
  readonly title: string;
  readonly schema: FieldSchema;
}

const text = (maxLength: number): TextSchema => ({ type: 'string', minLength: 1, maxLength });

/** Fields that every shop knows, by the name under which a SKU asks for them. */
export const STANDARD_FIELDS = {
  recipient: { title: 'Recipient', schema: text(100) },
  phone: { title: 'Phone', schema: { type: 'string', format: 'phone' } },
  email: { title: 'E-mail', schema: { type: 'string', maxLength: 254, format: 'email' } },
  idCard: { title: 'Id card', schema: { type: 'string', format: 'cn-id-card' } },
  verifyCode: {
    title: 'Verification code',
    schema: { type: 'string', minLength: 4, maxLength: 12, format: 'alphanumeric' },
  },
  country: { title: 'Country', schema: { type: 'string', format: 'country-code' } },
  province: { title: 'Province', schema: text(100) },
  city: { title: 'City', schema: text(100) },
  district: { title: 'District', schema: text(100) },
  street: { title: 'Street and number', schema: text(200) },
  postalCode: { title: 'Postal code', schema: text(16) },
  address: { title: 'Address in full', schema: text(300) },
} as const satisfies Record<string, StandardField>;

export type StandardFieldName = keyof typeof STANDARD_FIELDS;

/** A SKU that asks for this one can be ordered only with a `shippingAddress`; it is no field of the SKU's form. */
export const SHIPPING_ADDRESS = 'shippingAddress';

/** Names that a SKU may ask for without saying more. */
export const STANDARD_NAMES = [
  ...(Object.keys(STANDARD_FIELDS) as StandardFieldName[]),
  SHIPPING_ADDRESS,
] as const satisfies readonly string[];

/** A field of the shop's own. */
export interface OwnField {
  readonly name: string;
  readonly title?: string;
  readonly schema: FieldSchema;
  /** Unless false, an order without it is refused. */
  readonly required?: boolean;
}

/** What a SKU asks its buyer for, in the order in which a page would ask. */
export type RequiredForm = readonly ((typeof STANDARD_NAMES)[number] | OwnField)[];

/** The JSON Schema of what a buyer fills in: the fields asked for, and no others. */
export interface FormSchema {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, FieldSchema & { readonly title: string }>>;
  readonly required: readonly string[];
  readonly additionalProperties: false;
}

/** The schema of a SKU's form. */
export function formSchemaOf(requiredForm: RequiredForm): FormSchema {
  const fields = requiredForm.filter((entry) => entry !== SHIPPING_ADDRESS).map(fieldOf);
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map(({ name, title, schema }) => [name, { title, ...schema }])),
    required: fields.filter(({ required }) => required).map(({ name }) => name),
    additionalProperties: false,
  };
}

function fieldOf(entry: StandardFieldName | OwnField): Required<OwnField> {
  if (typeof entry === 'string') return { name: entry, ...STANDARD_FIELDS[entry], required: true };
  return { title: entry.name, required: true, ...entry };
}

/** Where an order is sent. */
export const SHIPPING_ADDRESS_SCHEMA: FormSchema = {
  ...formSchemaOf(['recipient', 'phone', 'country', 'province', 'city', 'district', 'street', 'postalCode']),
  required: ['recipient', 'phone', 'province', 'city', 'street'],
};

/** What buyers filled in, by SKU and field. */
export type BuyerForms = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export type ShippingAddress = Readonly<Record<string, unknown>>;

/** All of an order that is personal; sealed as a whole, and nowhere else. */
export interface PersonalData {
  readonly form: BuyerForms | null;
  readonly shippingAddress: ShippingAddress | null;
}

/** What has to be sealed of an order; null where there is nothing. */
export function personalDataOf(draft: {
  readonly form?: BuyerForms | null;
  readonly shippingAddress?: ShippingAddress | null;
}): PersonalData | null {
  const form = draft.form && Object.keys(draft.form).length > 0 ? draft.form : null;
  const shippingAddress = draft.shippingAddress ?? null;
  return form || shippingAddress ? { form, shippingAddress } : null;
}
