import { WEBHOOK_STATES } from '../../domain/webhook-endpoint';
import { NOT_STORABLE, STORABLE, timeSchema } from './common';
import { eventTypeSchema, positionSchema } from './events';
import { z } from './zod';

/** Servers refuse longer addresses. */
const MAX_URL = 2_000;

const urlSchema = z
  .url({ protocol: /^https?$/, error: 'must be a URL starting with https://' })
  .max(MAX_URL)
  .regex(STORABLE, NOT_STORABLE)
  .openapi({ format: 'uri', pattern: STORABLE.source, example: 'https://shop.example/holdfast-events' });
const typesSchema = z
  .array(eventTypeSchema)
  .min(1)
  .max(eventTypeSchema.options.length)
  .nullable()
  .optional()
  .openapi({ description: 'Null or absent: all types.' });

/** Body of `POST /v1/webhook-endpoints`. */
export const newWebhookEndpointSchema = z
  .strictObject({ url: urlSchema, types: typesSchema })
  .openapi('NewWebhookEndpoint');

/** Body of `PUT /v1/webhook-endpoints/{id}`: the whole of what may be changed. */
export const webhookEndpointChangeSchema = z
  .strictObject({
    url: urlSchema,
    types: typesSchema,
    enabled: z.boolean().openapi({ description: '`true` tries at once, also after it was given up on.' }),
  })
  .openapi('WebhookEndpointChange');

/** Body of `POST /v1/webhook-endpoints/{id}/replay`. */
export const replaySchema = z
  .strictObject({ after: positionSchema.openapi({ description: 'Events behind this position come again.' }) })
  .openapi('ReplayEvents');

const endpointShape = {
  id: z.string(),
  url: z.string(),
  types: z.array(eventTypeSchema).nullable(),
  state: z.enum(WEBHOOK_STATES).openapi({
    description:
      '`failing`: tried again at `nextTryAt`. `disabled`: nothing is sent until it is enabled; its place is kept.',
  }),
  lastError: z
    .string()
    .nullable()
    .openapi({ description: 'Why the last delivery failed; nothing of the answer’s body.' }),
  nextTryAt: timeSchema.nullable(),
  position: positionSchema.openapi({ description: 'Everything up to here was delivered.' }),
  lag: z.int().openapi({ description: 'Events of the feed behind it, of whatever type.' }),
  createdAt: timeSchema,
};

/** A webhook endpoint as clients see it. */
export const webhookEndpointSchema = z.strictObject(endpointShape).openapi('WebhookEndpoint');

export const createdWebhookEndpointSchema = z
  .strictObject({
    ...endpointShape,
    secret: z.string().openapi({ description: 'Signs what is sent there. Answered once, never again.' }),
  })
  .openapi('CreatedWebhookEndpoint');

export const webhookEndpointsSchema = z
  .strictObject({ items: z.array(webhookEndpointSchema) })
  .openapi('WebhookEndpoints');
