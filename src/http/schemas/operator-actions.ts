import { ROLES } from '../../domain/access';
import { MAX_MINOR } from '../../domain/money';
import { ACTION_KINDS, ACTION_STATES, REASON_LENGTH } from '../../domain/operator-action';
import { OUTAGE_MINUTES, OUTAGE_STATES } from '../../domain/outage';
import { GATEWAYS } from '../../domain/payment';
import { idSchema, pageQueryShape, pageSchema, textSchema, timeSchema } from './common';
import { z } from './zod';

const reasonSchema = textSchema(REASON_LENGTH.max)
  .min(REASON_LENGTH.min)
  .openapi({ description: 'Why; on the timeline.' });

const amountSchema = z
  .strictObject({ minor: z.int().min(1).max(MAX_MINOR), currency: z.string().regex(/^[A-Z]{3}$/) })
  .nullable()
  .openapi({ description: 'Null: all that is left.' });

const lineSchema = z.strictObject({ skuId: idSchema, quantity: z.int().min(1).max(10_000) });

const actionSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('extend'), payBy: z.iso.datetime({ offset: true }) }),
    z.strictObject({ kind: z.literal('cancel') }),
    z.strictObject({ kind: z.literal('retry_now') }),
    z.strictObject({ kind: z.literal('switch_gateway'), gateway: z.enum(GATEWAYS) }),
    z.strictObject({ kind: z.literal('refund'), amount: amountSchema, restock: z.boolean() }),
    z.strictObject({ kind: z.literal('restock'), lines: z.array(lineSchema).min(1).max(50) }),
    z.strictObject({ kind: z.literal('manual') }),
    z.strictObject({ kind: z.literal('resume') }),
  ])
  .openapi('OperatorAction');

/** Body of `POST /v1/orders/{id}/actions`. */
export const performBodySchema = z
  .strictObject({ action: actionSchema, reason: reasonSchema })
  .openapi('PerformOperatorAction');

export const declineBodySchema = z.strictObject({ reason: reasonSchema }).openapi('DeclineOperatorAction');

const actorSchema = z
  .strictObject({ id: z.string(), name: z.string(), roles: z.array(z.enum(ROLES)) })
  .openapi('Actor');

export const actionRecordSchema = z
  .strictObject({
    id: z.string(),
    orderId: z.string(),
    action: actionSchema,
    reason: z.string(),
    requestedBy: actorSchema,
    requestedAt: timeSchema,
    state: z.enum(ACTION_STATES),
    approvedBy: actorSchema.nullable().openapi({ description: 'Who approved or declined it.' }),
    decidedAt: timeSchema.nullable(),
    approveBy: timeSchema.nullable().openapi({ description: 'Until when a second person may decide.' }),
    result: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
  })
  .openapi('OperatorActionRecord');
export const actionPageSchema = pageSchema(actionRecordSchema).openapi('OperatorActionPage');

export const listActionsQuerySchema = z.strictObject({
  orderId: idSchema.optional(),
  state: z.enum(ACTION_STATES).optional(),
  kind: z.enum(ACTION_KINDS).optional(),
  ...pageQueryShape,
});

/** Body of `POST /v1/outages`. */
export const outageBodySchema = z
  .strictObject({
    gateway: z.enum(GATEWAYS),
    minutes: z
      .int()
      .min(OUTAGE_MINUTES.min)
      .max(OUTAGE_MINUTES.max)
      .openapi({ description: 'By how much each deadline is extended; none ends more than 24 hours ahead.' }),
    reason: reasonSchema,
  })
  .openapi('StartOutage');

export const outageSchema = z
  .strictObject({
    id: z.string(),
    gateway: z.enum(GATEWAYS),
    minutes: z.int(),
    reason: z.string(),
    startedBy: actorSchema,
    startedAt: timeSchema,
    endedAt: timeSchema.nullable(),
    state: z.enum(OUTAGE_STATES),
    extended: z.int(),
    refused: z.int(),
  })
  .openapi('Outage');
export const outagePageSchema = pageSchema(outageSchema).openapi('OutagePage');

const outageResultSchema = z
  .strictObject({
    orderId: z.string(),
    at: timeSchema,
    outcome: z.enum(['extended', 'refused']),
    payBy: timeSchema.nullable(),
    message: z.string(),
  })
  .openapi('OutageResult');
export const outageResultPageSchema = pageSchema(outageResultSchema).openapi('OutageResultPage');

export const pageQuerySchema = z.strictObject({ ...pageQueryShape });
