import { PROMOTION_COUNTS, WHOLE_BASIS_POINTS } from '../../domain/promotion';
import { idSchema, pageQueryShape, pageSchema, textSchema, timeSchema } from './common';
import { z } from './zod';

const MAX_NAME = 200;
/** SKUs or stores that one promotion may name. */
const MAX_NAMED = 1_000;
/** PostgreSQL's integer, with room for an order beyond it. */
const MAX_LIMIT = 1_000_000_000;

const idsSchema = z
  .array(idSchema)
  .max(MAX_NAMED)
  .refine((ids) => new Set(ids).size === ids.length, 'must not name one twice')
  .default([])
  .openapi({ uniqueItems: true });

const limitSchema = z.int().min(1).max(MAX_LIMIT).nullable().default(null);

const EARLIEST = Date.parse('1970-01-01T00:00:00Z');
const LATEST = Date.parse('9999-12-31T23:59:59.999Z');

/** With any offset, but within the years that can be written as RFC 3339 in UTC. */
const instantSchema = z.iso
  .datetime({ offset: true })
  .refine((at) => Date.parse(at) >= EARLIEST && Date.parse(at) <= LATEST, 'must lie between the years 1970 and 9999');

const changeShape = {
  name: textSchema(MAX_NAME),
  startsAt: instantSchema.openapi({ description: 'RFC 3339; the first moment of it.' }),
  endsAt: instantSchema.openapi({ description: 'RFC 3339; the first moment after it.' }),
  discountBasisPoints: z.int().min(0).max(WHOLE_BASIS_POINTS).openapi({
    description: 'Taken off each line: unit price × quantity × (10000 − this) / 10000, rounded half up once per line.',
    example: 2000,
  }),
  skuIds: idsSchema.openapi({ description: 'SKUs that it applies to; empty: every SKU.' }),
  storeIds: idsSchema.openapi({ description: 'Stores that it runs in; empty: everywhere.' }),
  perBuyerLimit: limitSchema.openapi({ description: 'What one buyer may hold and have used; null: no limit.' }),
  totalQuota: limitSchema.openapi({ description: 'What all buyers together may hold and have used; null: no limit.' }),
};

type Window = { readonly startsAt: string; readonly endsAt: string };
const inOrder = ({ startsAt, endsAt }: Window): boolean => Date.parse(startsAt) < Date.parse(endsAt);
const OUT_OF_ORDER = { message: 'must be after startsAt', path: ['endsAt'] };

/** Body of `POST /v1/promotions`. */
export const newPromotionSchema = z
  .strictObject({
    id: idSchema.optional().openapi({ description: 'Generated unless given.', example: 'promo_1' }),
    ...changeShape,
    counts: z.enum(PROMOTION_COUNTS).default('orders').openapi({
      description: 'What limit and quota count: orders, or units that the discount applies to.',
    }),
  })
  .refine(inOrder, OUT_OF_ORDER)
  .openapi('NewPromotion');

/** Body of `PUT /v1/promotions/{id}`: the whole of what may be changed. */
export const promotionChangeSchema = z
  .strictObject(changeShape)
  .refine(inOrder, OUT_OF_ORDER)
  .openapi('PromotionChange');

/** A promotion as clients see it. */
export const promotionSchema = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    startsAt: timeSchema,
    endsAt: timeSchema,
    discountBasisPoints: z.int(),
    skuIds: z.array(z.string()),
    storeIds: z.array(z.string()),
    perBuyerLimit: z.int().nullable(),
    totalQuota: z.int().nullable(),
    counts: z.enum(PROMOTION_COUNTS),
    use: z
      .strictObject({ held: z.int(), used: z.int() })
      .openapi({ description: 'Held by open orders, and used by paid ones.' }),
  })
  .openapi('Promotion');

export const promotionPageSchema = pageSchema(promotionSchema).openapi('PromotionPage');
export const listPromotionsQuerySchema = z.strictObject(pageQueryShape);
