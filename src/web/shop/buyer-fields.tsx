import { Checkbox, NativeSelect, Textarea, TextInput } from '@mantine/core';
import { type FieldSchema, formSchemaOf, type FormSchema, SHIPPING_ADDRESS_SCHEMA } from '../../domain/buyer-fields';
import { type ShopSku } from '../../storefront/contract';

/** One field that the buyer fills in. */
export interface BuyerField {
  /** As the API's errors name it: `form.<sku>.<field>`, `shippingAddress.<field>`. */
  readonly path: string;
  readonly name: string;
  readonly title: string;
  readonly schema: FieldSchema;
  readonly required: boolean;
}

/** What was typed, by path; a checkbox is `true` or ``. */
export type Filled = Readonly<Record<string, string>>;

function fieldsOf(at: string, { properties, required }: FormSchema): BuyerField[] {
  return Object.entries(properties).map(([name, { title, ...schema }]) => ({
    path: `${at}.${name}`,
    name,
    title,
    schema: schema,
    required: required.includes(name),
  }));
}

export function fieldsOfSku({ id, requiredForm }: ShopSku): BuyerField[] {
  return fieldsOf(`form.${id}`, formSchemaOf(requiredForm));
}

export const ADDRESS_FIELDS = fieldsOf('shippingAddress', SHIPPING_ADDRESS_SCHEMA);

/** The fields as the API takes them; what was left empty is left out. */
export function valuesOf(fields: readonly BuyerField[], filled: Filled): Record<string, unknown> {
  return Object.fromEntries(
    fields.flatMap((field) => {
      const text = filled[field.path]?.trim() ?? '';
      return text === '' ? [] : [[field.name, valueOf(field.schema, text)]];
    }),
  );
}

/** A number that is none stays as it was typed: the API says what is wrong with it. */
function valueOf(schema: FieldSchema, text: string): unknown {
  switch (schema.type) {
    case 'boolean':
      return text === 'true';
    case 'integer':
    case 'number':
      return Number.isFinite(Number(text)) ? Number(text) : text;
    case 'array':
      return text.split('\n').map((line) => valueOf(schema.items, line.trim()));
    case 'string':
      return text;
  }
}

/** What browsers fill in by themselves (HTML's autofill names). */
const AUTOFILL: Readonly<Record<string, string>> = {
  recipient: 'name',
  phone: 'tel',
  email: 'email',
  verifyCode: 'one-time-code',
  country: 'country',
  province: 'address-level1',
  city: 'address-level2',
  district: 'address-level3',
  street: 'street-address',
  postalCode: 'postal-code',
  address: 'street-address',
};

const HINTS: Readonly<Record<string, string>> = {
  phone: 'A Chinese number, or + and the country code',
  date: 'As in 2026-01-31',
  'country-code': 'Two capitals, as in CN',
};

interface FieldProps {
  readonly field: BuyerField;
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (value: string) => void;
}

export function Field({ field, value, error, onChange }: FieldProps) {
  const { schema, name, path, title, required } = field;
  const format = 'format' in schema ? schema.format : undefined;
  const common = {
    label: title,
    description: schema.description ?? (format && HINTS[format]),
    error: error && `${title} ${error}`,
    withAsterisk: required,
    'aria-required': required,
    'data-path': path,
  };
  const set = (event: { currentTarget: { value: string } }): void => onChange(event.currentTarget.value);
  if (schema.type === 'boolean')
    return (
      <Checkbox
        {...common}
        checked={value === 'true'}
        onChange={(event) => onChange(event.currentTarget.checked ? 'true' : '')}
      />
    );
  if (schema.type === 'array') return <Textarea {...common} value={value} onChange={set} autosize minRows={2} />;
  if ('enum' in schema && schema.enum)
    return <NativeSelect {...common} value={value} onChange={set} data={['', ...schema.enum.map(String)]} />;
  const numeric = schema.type === 'integer' || schema.type === 'number';
  return (
    <TextInput
      {...common}
      value={value}
      onChange={set}
      autoComplete={AUTOFILL[name] ?? 'off'}
      inputMode={numeric ? 'decimal' : format === 'phone' ? 'tel' : format === 'email' ? 'email' : 'text'}
    />
  );
}
