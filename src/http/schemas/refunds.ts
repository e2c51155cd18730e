import { REFUND_STATUSES } from '../../domain/refund';
import { MAX_MINOR } from '../../domain/money';
import { moneySchema, textSchema, timeSchema } from './common';
import { z } from './zod';

/** Gateways show the reason to the buyer; the shortest of their limits is WeChat Pay's 80 characters. */
const MAX_REASON = 80;

const minor = z.int().min(1).max(MAX_MINOR);

/** Body of `POST /v1/orders/{id}/refunds`. */
export const refundBodySchema = z
  .strictObject({
    amount: z
      .union([minor, z.strictObject({ minor, currency: z.string().regex(/^[A-Z]{3}$/) })])
      .optional()
      .openapi({ description: 'Money, or minor units of the order’s currency; all that is left unless given.' }),
    reason: textSchema(MAX_REASON),
    restock: z
      .boolean()
      .optional()
      .openapi({ description: 'The order’s units go back on sale once the money is on its way.' }),
  })
  .openapi('RequestRefund');
export type RefundBody = z.output<typeof refundBodySchema>;

export const refundSchema = z
  .strictObject({
    id: z.string(),
    orderId: z.string(),
    amount: moneySchema,
    status: z
      .enum(REFUND_STATUSES)
      .openapi({ description: '`manual`: the gateway refused for good; a person has to pay it back.' }),
    reason: z.string(),
    restock: z.boolean(),
    createdAt: timeSchema,
    settledAt: timeSchema.nullable(),
  })
  .openapi('Refund');
export type RefundAnswer = z.infer<typeof refundSchema>;
