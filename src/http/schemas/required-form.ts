import {
  FORM_LIMITS,
  type RequiredForm,
  SHIPPING_ADDRESS,
  STANDARD_FIELDS,
  STANDARD_NAMES,
} from '../../domain/buyer-fields';
import { BUYER_FORMAT_NAMES } from '../../domain/buyer-formats';
import { textSchema } from './common';
import { z } from './zod';

const count = (max: number) => z.int().min(0).max(max).optional();
const description = textSchema(FORM_LIMITS.title).optional();
const number = z.number().min(Number.MIN_SAFE_INTEGER).max(Number.MAX_SAFE_INTEGER);
const allowed = <T extends z.ZodType>(value: T) =>
  z.array(value).min(1).max(FORM_LIMITS.enumValues).readonly().optional();

/** Nothing could be filled in where the lower bound is above the upper one. */
function ordered<K extends string>(
  lower: K,
  upper: K,
): [(schema: { readonly [N in K]?: number | undefined }) => boolean, { path: string[]; message: string }] {
  return [
    (schema) => (schema[lower] ?? -Infinity) <= (schema[upper] ?? Infinity),
    { path: [lower], message: `must not be above ${upper}` },
  ];
}

const textField = z
  .strictObject({
    type: z.literal('string'),
    description,
    minLength: count(FORM_LIMITS.text),
    maxLength: count(FORM_LIMITS.text),
    format: z.enum(BUYER_FORMAT_NAMES).optional(),
    enum: allowed(textSchema(FORM_LIMITS.title)),
  })
  .refine(...ordered('minLength', 'maxLength'));

const integerField = z
  .strictObject({
    type: z.literal('integer'),
    description,
    minimum: z.int().optional(),
    maximum: z.int().optional(),
    enum: allowed(z.int()),
  })
  .refine(...ordered('minimum', 'maximum'));

const numberField = z
  .strictObject({
    type: z.literal('number'),
    description,
    minimum: number.optional(),
    maximum: number.optional(),
    enum: allowed(number),
  })
  .refine(...ordered('minimum', 'maximum'));

const scalarField = z.discriminatedUnion('type', [
  textField,
  integerField,
  numberField,
  z.strictObject({ type: z.literal('boolean'), description }),
]);

const listField = z
  .strictObject({
    type: z.literal('array'),
    description,
    items: scalarField,
    minItems: count(FORM_LIMITS.items),
    maxItems: count(FORM_LIMITS.items),
    uniqueItems: z.boolean().optional(),
  })
  .refine(...ordered('minItems', 'maxItems'));

const fieldSchema = z
  .discriminatedUnion('type', [...scalarField.options, listField])
  .openapi('FieldSchema', { description: 'The part of JSON Schema (2020-12) that a field may be declared in.' });

const ownField = z
  .strictObject({
    name: z
      .string()
      .regex(FORM_LIMITS.name, 'must be a letter and up to 39 letters, digits and _')
      .refine((name) => !isStandard(name), 'is a standard field: name it as a string'),
    title: textSchema(FORM_LIMITS.title).optional(),
    schema: fieldSchema,
    required: z.boolean().optional().openapi({ description: 'True unless given.' }),
  })
  .openapi('OwnField');

function isStandard(name: string): boolean {
  return Object.hasOwn(STANDARD_FIELDS, name) || name === SHIPPING_ADDRESS;
}

/** `requiredForm` of a SKU: standard fields by name, own ones with their schema. */
export const requiredFormSchema = z
  .array(
    z.union([z.enum(STANDARD_NAMES), ownField], { error: 'must be a standard field’s name, or a field of your own' }),
  )
  .max(FORM_LIMITS.fields)
  .superRefine((entries: RequiredForm, context) => {
    const names = entries.map((entry) => (typeof entry === 'string' ? entry : entry.name));
    names.forEach((name, index) => {
      if (names.indexOf(name) < index)
        context.addIssue({ code: 'custom', path: [index], message: 'is asked for before' });
    });
  })
  .openapi({
    description:
      'What the buyer has to fill in: names of standard fields, and fields of your own as JSON Schema. ' +
      `\`${SHIPPING_ADDRESS}\` asks for the order’s \`shippingAddress\`.`,
    example: ['recipient', 'phone', { name: 'engraving', schema: { type: 'string', maxLength: 20 }, required: false }],
  });
