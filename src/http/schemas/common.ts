import { DRAFT_LIMITS } from '../../domain/draft';
import { MAX_MINOR } from '../../domain/money';
import { z } from './zod';

/** An id as clients send it: of a buyer, a store, a SKU. */
export const idSchema = z.string().regex(DRAFT_LIMITS.id, 'must be an id of 1 to 128 letters, digits and _ . : -');

/** No control character (NUL among them) and no unpaired surrogate. */
export const STORABLE = /^[^\p{Cc}\p{Cs}]*$/u;
export const NOT_STORABLE = 'must hold no control characters and no unpaired surrogates';

/**
 * Text that PostgreSQL can keep and a page can show: no control characters (NUL among them), no lone surrogates, and not
 * only white space. Lengths are in UTF-16 units, as JavaScript counts.
 */
export function textSchema(max: number) {
  return z
    .string()
    .min(1)
    .max(max)
    .regex(STORABLE, NOT_STORABLE)
    .regex(/\S/, 'must not be blank')
    .openapi({ pattern: STORABLE.source });
}

export const moneySchema = z
  .strictObject({
    minor: z.int().min(0).max(MAX_MINOR).openapi({ description: 'Integer minor units (fen, cents).', example: 1999 }),
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code: three capitals')
      .openapi({ example: 'CNY' }),
  })
  .openapi('Money');

export const timeSchema = z.iso
  .datetime()
  .openapi({ description: 'RFC 3339, UTC.', example: '2026-01-01T00:30:00.000Z' });

/** A flag in the query string; absent: either. */
export const flagQuerySchema = z
  .enum(['true', 'false'])
  .optional()
  .transform((flag) => (flag === undefined ? undefined : flag === 'true'))
  .openapi({ type: 'boolean' });

/** Items on one page of a list, unless the caller says otherwise. */
const DEFAULT_LIMIT = 20;
/** Enough for any table on a screen, and one page still fits a few hundred kilobytes. */
const MAX_LIMIT = 100;

/** `limit` of a list with pages of `max` items at most, as it comes in the query string. */
export function limitQuerySchema(max: number, preset: number) {
  return z
    .string()
    .regex(/^\d{1,3}$/, `must be an integer from 1 to ${max}`)
    .transform(Number)
    .pipe(z.int().min(1).max(max))
    .optional()
    .transform((limit) => limit ?? preset)
    .openapi({ type: 'integer', minimum: 1, maximum: max, default: preset });
}

/** `cursor` and `limit` of a list, as they come in the query string. */
export const pageQueryShape = {
  cursor: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,512}$/, 'not a cursor of this service')
    .optional()
    .openapi({ description: "The last page's `nextCursor`." }),
  limit: limitQuerySchema(MAX_LIMIT, DEFAULT_LIMIT),
};

/** `{items, nextCursor}`: one page of a list. */
export function pageSchema<T extends z.ZodType>(item: T) {
  return z.strictObject({
    items: z.array(item),
    nextCursor: z.string().nullable().openapi({ description: 'Opaque; null on the last page.' }),
  });
}
