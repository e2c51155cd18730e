import { MAX_POINTS, POINTS_KINDS } from '../../domain/points';
import { pageQueryShape, textSchema, timeSchema } from './common';
import { z } from './zod';

const MAX_REASON = 200;

/** Body of `POST /v1/buyers/{id}/points`. */
export const pointsAdjustmentSchema = z
  .strictObject({
    delta: z
      .int()
      .min(-MAX_POINTS)
      .max(MAX_POINTS)
      .refine((delta) => delta !== 0, 'must not be zero')
      .openapi({ description: 'Points to give (positive) or to take (negative).', not: { const: 0 } }),
    reason: textSchema(MAX_REASON),
  })
  .openapi('PointsAdjustment');

export const pointsQuerySchema = z.strictObject(pageQueryShape);

const entrySchema = z
  .strictObject({
    at: timeSchema,
    kind: z.enum(POINTS_KINDS).openapi({
      description:
        '`close`: the payment can never be spent any more. `earn`: by an order paid in money; `take_back`: by its refund.',
    }),
    delta: z.int(),
    balance: z.int().openapi({ description: 'The balance right after.' }),
    merchantNo: z
      .string()
      .nullable()
      .openapi({ description: 'The payment in points; null where there is none: `adjust`, `earn`, `take_back`.' }),
    reference: z.string().openapi({ description: 'The payment, the refund, the adjustment or the order behind it.' }),
    reason: z.string().nullable(),
  })
  .openapi('PointsEntry');
export type PointsEntryAnswer = z.infer<typeof entrySchema>;

const balanceSchema = z
  .int()
  .min(0)
  .openapi({ description: 'A point is worth one minor unit of an order’s currency.' });

/** A buyer's points as clients see them. */
export const pointsAccountSchema = z
  .strictObject({
    buyerId: z.string(),
    balance: balanceSchema,
    held: z.int().min(0).openapi({ description: 'Points that open orders have set aside.' }),
    ledger: z.array(entrySchema).openapi({ description: 'Newest first.' }),
    nextCursor: z.string().nullable().openapi({ description: 'Opaque; null on the last page.' }),
  })
  .openapi('PointsAccount');

export const adjustedPointsSchema = z
  .strictObject({ buyerId: z.string(), balance: balanceSchema, entry: entrySchema })
  .openapi('AdjustedPoints');
