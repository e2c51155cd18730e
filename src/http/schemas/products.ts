import { flagQuerySchema, pageQueryShape, pageSchema, textSchema, timeSchema } from './common';
import { MAX_TITLE, productIdSchema } from './skus';
import { z } from './zod';

/** Body of `POST /v1/products`. */
export const newProductSchema = z
  .strictObject({
    id: productIdSchema.optional().openapi({ description: 'Generated unless given.' }),
    title: textSchema(MAX_TITLE),
    onShelf: z.boolean().default(true),
  })
  .openapi('NewProduct');

/** Body of `PUT /v1/products/{id}`: the whole of what may be changed. */
export const productChangeSchema = z
  .strictObject({ title: textSchema(MAX_TITLE), onShelf: z.boolean() })
  .openapi('ProductChange');

export const listProductsQuerySchema = z.strictObject({ onShelf: flagQuerySchema, ...pageQueryShape });

/** A product as clients see it. */
export const productSchema = z
  .strictObject({
    id: z.string(),
    title: z.string(),
    onShelf: z.boolean().openapi({ description: 'Off the shelf, none of its SKUs is on sale.' }),
    createdAt: timeSchema,
    skuIds: z.array(z.string()),
  })
  .openapi('Product');
export type ProductAnswer = z.infer<typeof productSchema>;

export const productPageSchema = pageSchema(productSchema).openapi('ProductPage');
