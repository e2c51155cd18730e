import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020';
import {
  FORM_LIMITS,
  type FormSchema,
  formSchemaOf,
  type RequiredForm,
  SHIPPING_ADDRESS,
  SHIPPING_ADDRESS_SCHEMA,
} from '../../../domain/buyer-fields';
import { BUYER_FORMATS, type BuyerFormatName } from '../../../domain/buyer-formats';
import { DRAFT_LIMITS } from '../../../domain/draft';
import { type FieldFault, type FormCheck } from '../../../ports/form-check';
import { TEXT_FAULT, withinBounds } from './bounds';

/** Compiled forms kept: more distinct ones than a shop has, at a few kilobytes each. */
const KEPT_FORMS = 500;
/** Faults named in one answer, as in any other refused request. */
const MAX_FAULTS = 50;

type Values = Readonly<Record<string, unknown>>;

/** Makes the check by JSON Schema. Each distinct form is compiled once; of the compiled ones, those used last are kept. */
export function createFormCheck(): FormCheck {
  const ajv = createAjv();
  const compiled = new Map<string, ValidateFunction>();
  const validatorOf = (requiredForm: RequiredForm): ValidateFunction => {
    const name = JSON.stringify(requiredForm);
    const validator = compiled.get(name) ?? compile(ajv, formSchemaOf(requiredForm));
    compiled.delete(name);
    compiled.set(name, validator);
    const [oldest] = compiled.keys();
    if (compiled.size > KEPT_FORMS && oldest !== undefined) compiled.delete(oldest);
    return validator;
  };
  const address = compile(ajv, SHIPPING_ADDRESS_SCHEMA);
  return {
    faults: ({ lines, form, shippingAddress }, catalogue) => {
      const skuIds = [...new Set(lines.map(({ skuId }) => skuId))];
      const asked = new Map(skuIds.map((skuId) => [skuId, catalogue.get(skuId)?.requiredForm ?? []]));
      return [
        ...[...asked].flatMap(([skuId, requiredForm]) =>
          faultsOf(validatorOf(requiredForm), `form.${skuId}`, ownOf(form, skuId)),
        ),
        ...Object.keys(form ?? {}).flatMap((skuId) => (asked.has(skuId) ? [] : [strangeSku(skuId)])),
        ...addressFaults(address, [...asked.values()].flat(), shippingAddress),
      ].slice(0, MAX_FAULTS);
    },
  };
}

function createAjv(): Ajv2020 {
  const ajv = new Ajv2020({ allErrors: true, ownProperties: true, addUsedSchema: false });
  for (const [name, { test }] of Object.entries(BUYER_FORMATS)) ajv.addFormat(name, { type: 'string', validate: test });
  return ajv;
}

/** Ajv would keep every schema it ever compiled. */
function compile(ajv: Ajv2020, schema: FormSchema): ValidateFunction {
  const validator = ajv.compile(schema);
  ajv.removeSchema(schema);
  return validator;
}

function ownOf(form: Readonly<Record<string, Values>> | null | undefined, skuId: string): Values {
  return (form && Object.hasOwn(form, skuId) && form[skuId]) || {};
}

function addressFaults(validator: ValidateFunction, asked: RequiredForm, given: Values | null | undefined) {
  if (given) return faultsOf(validator, SHIPPING_ADDRESS, given);
  return asked.includes(SHIPPING_ADDRESS) ? [{ path: SHIPPING_ADDRESS, message: 'is required' }] : [];
}

/** What is out of bounds is told so and kept from the schema, whose checks may take longer than linear time. */
function faultsOf(validator: ValidateFunction, path: string, given: Values): FieldFault[] {
  const entries = Object.entries(given);
  const outside = new Set(entries.filter(([, value]) => !withinBounds(value)).map(([name]) => name));
  validator(Object.fromEntries(entries.filter(([name]) => !outside.has(name))));
  const errors = (validator.errors ?? []).filter((error) => !outside.has(missingIn(error)));
  const bounds = [...outside].map((name) => named(path, name, TEXT_FAULT));
  return [...bounds, ...errors.map((error) => faultOf(error, path))];
}

function missingIn({ keyword, params }: ErrorObject): string {
  return keyword === 'required' ? (params as { missingProperty: string }).missingProperty : '';
}

function faultOf(error: ErrorObject, path: string): FieldFault {
  const { keyword, instancePath, message = 'is not as it should be' } = error;
  const params = error.params as { missingProperty?: string; additionalProperty?: string; format?: BuyerFormatName };
  if (keyword === 'required') return named(path, params.missingProperty ?? '', 'is required');
  if (keyword === 'additionalProperties') return named(path, params.additionalProperty ?? '', 'is not asked for');
  const where = path + instancePath.replaceAll('/', '.');
  if (keyword === 'format' && params.format) return { path: where, message: BUYER_FORMATS[params.format].message };
  return { path: where, message };
}

/** A name that is none may be a value in the wrong place: it is not repeated. */
function named(path: string, name: string, message: string): FieldFault {
  if (FORM_LIMITS.name.test(name)) return { path: `${path}.${name}`, message };
  return { path, message: `has a field that ${message}` };
}

function strangeSku(skuId: string): FieldFault {
  if (DRAFT_LIMITS.id.test(skuId)) return { path: `form.${skuId}`, message: 'no line of the order has this SKU' };
  return { path: 'form', message: 'has a key that is not the id of a SKU' };
}
