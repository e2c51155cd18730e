import { ERRORS, type ErrorCode } from '../../domain/errors';
import { z } from './zod';

const ERROR_CODES = Object.keys(ERRORS) as ErrorCode[];

/** RFC 9457: what every error of this service looks like. */
export const problemSchema = z
  .strictObject({
    type: z
      .string()
      .openapi({ description: '`urn:holdfast:error:` and the code.', example: 'urn:holdfast:error:out_of_stock' }),
    title: z.string().openapi({ description: 'What the code means; the same for every occurrence.' }),
    status: z.int().openapi({ example: 409 }),
    code: z.enum(ERROR_CODES).openapi({ example: 'out_of_stock' }),
    detail: z.string().openapi({ description: 'What happened this time; for people.' }),
    instance: z.string().openapi({ description: 'The request id, as in the X-Request-Id header and the log.' }),
    errors: z
      .array(z.strictObject({ path: z.string().openapi({ example: 'lines.0.quantity' }), message: z.string() }))
      .optional()
      .openapi({ description: 'What is wrong, by path.' }),
    shortages: z
      .array(z.strictObject({ skuId: z.string(), requested: z.int(), available: z.int() }))
      .optional()
      .openapi({ description: 'With `out_of_stock` and `sold_out`: what was asked for and what is there.' }),
  })
  .openapi('Problem');

export type Problem = z.infer<typeof problemSchema>;
