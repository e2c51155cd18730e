import { CASE_STATES, FINDING_CODES, RECONCILE_CLASSES, SUBJECT_KINDS } from '../../domain/reconcile';
import { pageQueryShape, pageSchema, textSchema, timeSchema } from './common';
import { z } from './zod';

const classSchema = z.enum(RECONCILE_CLASSES).openapi('ReconcileClass');
const MAX_NOTE = 500;

export const caseQuerySchema = z.strictObject({
  state: z.enum(CASE_STATES).optional(),
  class: classSchema.optional(),
  ...pageQueryShape,
});

/** A case as clients see it. */
export const caseSchema = z
  .strictObject({
    id: z.string(),
    class: classSchema,
    code: z.enum(FINDING_CODES as [string, ...string[]]).openapi({ description: 'What does not agree.' }),
    subject: z.strictObject({ kind: z.enum(SUBJECT_KINDS), id: z.string() }),
    found: z.record(z.string(), z.unknown()).openapi({ description: 'What was compared, as of `lastSeenAt`.' }),
    meaning: z.string(),
    advice: z.string(),
    state: z.enum(CASE_STATES).openapi({
      description:
        '`open` waits for a person; `mended` was set right or went away; `ignored` is never opened again, `resolved` only where something else is found.',
    }),
    firstSeenAt: timeSchema,
    lastSeenAt: timeSchema,
    settledAt: timeSchema.nullable(),
    resolvedBy: z.string().nullable(),
    note: z.string().nullable().openapi({ description: 'What was done about it.' }),
  })
  .openapi('ReconcileCase');

export const casesSchema = pageSchema(caseSchema).openapi('ReconcileCases');

export const caseNoteSchema = z
  .strictObject({ note: textSchema(MAX_NOTE).openapi({ description: 'What was done, and why; no personal data.' }) })
  .openapi('SettleCase');

/** A run as clients see it. */
export const runSchema = z
  .strictObject({
    id: z.string(),
    startedAt: timeSchema,
    endedAt: timeSchema.nullable(),
    window: z
      .strictObject({ from: timeSchema, to: timeSchema })
      .openapi({ description: 'What was settled within is compared with the gateways.' }),
    at: z.string().nullable().openapi({ description: 'A class, `second look` or `housekeeping`; null once it ended.' }),
    classes: z.array(
      z.strictObject({
        class: classSchema,
        checked: z.int(),
        mended: z.int(),
        opened: z.int(),
        failed: z.boolean().openapi({ description: 'It could not be compared to the end.' }),
      }),
    ),
  })
  .openapi('ReconcileRun');

export const runsSchema = z.strictObject({ items: z.array(runSchema) }).openapi('ReconcileRuns');
export const runStartedSchema = z.strictObject({ runId: z.string() }).openapi('ReconcileRunStarted');
