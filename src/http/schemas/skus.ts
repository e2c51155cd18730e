import { MAX_UNITS } from '../../domain/stock';
import { flagQuerySchema, idSchema, moneySchema, pageQueryShape, pageSchema, textSchema } from './common';
import { requiredFormSchema } from './required-form';
import { z } from './zod';

export const MAX_TITLE = 200;
const MAX_REASON = 200;

const skuIdSchema = idSchema.openapi({ example: 'sku_tea' });
/** Longer than a SKU's id by the prefix `prod_`, so that every SKU has room for a product of its own name. */
export const productIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.:-]{0,132}$/, 'must be an id of 1 to 133 letters, digits and _ . : -')
  .openapi({ example: 'prod_tea' });

/** Body of `POST /v1/skus`. */
export const newSkuSchema = z
  .strictObject({
    id: skuIdSchema.optional().openapi({ description: 'Generated unless given.' }),
    productId: productIdSchema.optional().openapi({ description: 'A product of its own unless given.' }),
    title: textSchema(MAX_TITLE),
    price: moneySchema,
    initialStock: z.int().min(0).max(MAX_UNITS).default(0),
    unlimited: z.boolean().default(false),
    onShelf: z.boolean().default(true),
    requiredForm: requiredFormSchema.optional(),
  })
  .openapi('NewSku');

/** Body of `PUT /v1/skus/{id}`: the whole of what may be changed. */
export const skuChangeSchema = z
  .strictObject({
    title: textSchema(MAX_TITLE),
    productId: productIdSchema,
    price: moneySchema,
    onShelf: z.boolean(),
    requiredForm: requiredFormSchema.optional().openapi({ description: 'Stays as it is unless given.' }),
  })
  .openapi('SkuChange');

/** Body of `POST /v1/skus/{id}/stock`. */
export const stockAdjustmentSchema = z
  .strictObject({
    delta: z
      .int()
      .min(-MAX_UNITS)
      .max(MAX_UNITS)
      .refine((delta) => delta !== 0, 'must not be zero')
      .openapi({ description: 'Units to add (positive) or to take away (negative).', not: { const: 0 } }),
    reason: textSchema(MAX_REASON),
  })
  .openapi('StockAdjustment');

export const listSkusQuerySchema = z.strictObject({
  productId: productIdSchema.optional(),
  onShelf: flagQuerySchema.openapi({ description: 'By the SKU’s own flag, whatever its product’s is.' }),
  ...pageQueryShape,
});

/** A SKU as clients see it. */
export const skuSchema = z
  .strictObject({
    id: z.string(),
    productId: z.string(),
    title: z.string(),
    price: moneySchema,
    onShelf: z.boolean(),
    onSale: z.boolean().openapi({ description: 'Neither the SKU nor its product is off the shelf.' }),
    requiredForm: requiredFormSchema,
    stock: z
      .strictObject({ available: z.int(), reserved: z.int(), sold: z.int(), unlimited: z.boolean() })
      .openapi({ description: 'With `unlimited`, `available` says nothing.' }),
  })
  .openapi('Sku');
export type SkuAnswer = z.infer<typeof skuSchema>;

export const skuPageSchema = pageSchema(skuSchema).openapi('SkuPage');
