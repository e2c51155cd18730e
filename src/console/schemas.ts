import { OUTAGE_MINUTES } from '../domain/outage';
import { MAX_MINOR } from '../domain/money';
import { ACTION_STATES, REASON_LENGTH } from '../domain/operator-action';
import { ORDER_STATUSES } from '../domain/order-status';
import { GATEWAYS } from '../domain/payment';
import { CASE_STATES, RECONCILE_CLASSES } from '../domain/reconcile';
import { DRAFT_LIMITS } from '../domain/draft';
import { flagQuerySchema, idSchema, pageQueryShape, textSchema } from '../http/schemas/common';
import { z } from '../http/schemas/zod';

/** Longer than any id, number or title that is looked for. */
const LONGEST_SEARCH = 200;
/** Ten years: past that an age says nothing. */
const LONGEST_AGE_SECONDS = 10 * 366 * 86_400;

const searchSchema = z.string().trim().min(1).max(LONGEST_SEARCH).optional();
const gatewaySchema = z.enum(GATEWAYS);
const { cursor, limit } = pageQueryShape;

/** Why somebody does something: read by whoever looks later. */
export const reasonSchema = textSchema(REASON_LENGTH.max).refine(
  (text) => text.trim().length >= REASON_LENGTH.min,
  `must say why, in at least ${REASON_LENGTH.min} characters`,
);

/** Longer than any key that is configured. */
export const signInSchema = z.strictObject({ key: z.string().min(1).max(512) });

export const pageQuerySchema = z.strictObject({ cursor, limit });

export const ordersQuerySchema = z.strictObject({
  q: searchSchema,
  status: z.enum(ORDER_STATUSES).optional(),
  gateway: gatewaySchema.optional(),
  manual: flagQuerySchema,
  olderThanSeconds: z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number of seconds')
    .transform(Number)
    .pipe(z.int().max(LONGEST_AGE_SECONDS))
    .optional(),
  cursor,
  limit,
});

const amountSchema = z.strictObject({
  minor: z.int().min(1).max(MAX_MINOR),
  currency: z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code: three capitals'),
});
const unitsSchema = z.strictObject({ skuId: idSchema, quantity: z.int().min(1).max(DRAFT_LIMITS.quantity) });

const actionSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('extend'), payBy: z.iso.datetime({ offset: true }) }),
  z.strictObject({ kind: z.literal('cancel') }),
  z.strictObject({ kind: z.literal('retry_now') }),
  z.strictObject({ kind: z.literal('switch_gateway'), gateway: gatewaySchema }),
  z.strictObject({ kind: z.literal('refund'), amount: amountSchema.nullable(), restock: z.boolean() }),
  z.strictObject({ kind: z.literal('restock'), lines: z.array(unitsSchema).min(1).max(DRAFT_LIMITS.lines) }),
  z.strictObject({ kind: z.literal('manual') }),
  z.strictObject({ kind: z.literal('resume') }),
]);

export const actSchema = z.strictObject({ action: actionSchema, reason: reasonSchema });
export const emptySchema = z.strictObject({});
export const declineSchema = z.strictObject({ reason: reasonSchema });

export const actionsQuerySchema = z.strictObject({ state: z.enum(ACTION_STATES).optional(), cursor, limit });

export const skusQuerySchema = z.strictObject({ q: searchSchema, cursor, limit });

export const casesQuerySchema = z.strictObject({
  state: z.enum(CASE_STATES).optional(),
  class: z.enum(RECONCILE_CLASSES).optional(),
  cursor,
  limit,
});
export const caseNoteSchema = z.strictObject({ note: reasonSchema });

export const eventsQuerySchema = z.strictObject({ orderId: idSchema.optional(), type: searchSchema, cursor, limit });

export const outageSchema = z.strictObject({
  gateway: gatewaySchema,
  minutes: z.int().min(OUTAGE_MINUTES.min).max(OUTAGE_MINUTES.max),
  reason: reasonSchema,
});
