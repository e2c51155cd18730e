import { ERRORS, type ErrorCode } from '../../domain/errors';
import { IMPORT_MODES } from '../../domain/stock-import';
import { idSchema } from './common';
import { stockAdjustmentSchema } from './skus';
import { z } from './zod';

const { delta, reason } = stockAdjustmentSchema.shape;

/** The columns of an import, in this order. */
export const IMPORT_COLUMNS = ['skuId', 'delta', 'reason'] as const;

/** A row of an import: what one adjustment takes, as text. */
export const importRowSchema = z.strictObject({
  skuId: idSchema,
  delta: z
    .string()
    .regex(/^[+-]?\d{1,10}$/, 'must be a whole number')
    .transform(Number)
    .pipe(delta),
  reason,
});

export const importQuerySchema = z.strictObject({
  mode: z.enum(IMPORT_MODES).default('all_or_nothing').openapi({
    description: '`report`: the lines that can be done are done. Otherwise one that cannot be stops them all.',
  }),
});

const lineSchema = z.strictObject({
  line: z.int().openapi({ description: 'In the file; the header is line 1.' }),
  skuId: z.string().nullable(),
  delta: z.int().nullable(),
  status: z.enum(['applied', 'refused']),
  available: z
    .int()
    .nullable()
    .openapi({ description: 'Units available right after the line, or when it was refused.' }),
  code: z
    .enum(Object.keys(ERRORS) as ErrorCode[])
    .optional()
    .openapi({ description: 'Why it was refused.' }),
  message: z.string().optional(),
});
export type ImportLineAnswer = z.infer<typeof lineSchema>;

export const stockImportSchema = z
  .strictObject({ id: z.string(), applied: z.int(), refused: z.int(), lines: z.array(lineSchema) })
  .openapi('StockImport');
