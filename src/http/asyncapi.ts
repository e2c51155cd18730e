import { EVENT_TYPES, EVENTS, type EventType, topicOf } from '../domain/events';
import { EVENT_MEANINGS, envelopeOf } from './schemas/events';
import { z } from './schemas/zod';

const EXCHANGE = { name: 'holdfast.events', type: 'topic', durable: true } as const;

/** The AsyncAPI 3 document of every event, made of the schemas that the tests hold each written event against. */
export function asyncApiDocument(): object {
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Holdfast events',
      version: '1',
      description:
        'The same JSON on the broker, in `GET /v1/events` and to webhook endpoints. At least once: de-duplicate by `id`. ' +
        'Events of one order come in the order of its facts. A field may be added within a schema version.',
    },
    defaultContentType: 'application/json',
    channels: byType(channelOf),
    operations: Object.fromEntries(EVENT_TYPES.map((type) => [`send${type}`, operationOf(type)])),
    components: { messages: byType(messageOf) },
  };
}

function byType(make: (type: EventType) => object): object {
  return Object.fromEntries(EVENT_TYPES.map((type) => [type, make(type)]));
}

function channelOf(type: EventType): object {
  return {
    address: topicOf(type),
    messages: { [type]: { $ref: `#/components/messages/${type}` } },
    bindings: { amqp: { is: 'routingKey', exchange: EXCHANGE, bindingVersion: '0.3.0' } },
  };
}

function operationOf(type: EventType): object {
  return {
    action: 'send',
    channel: { $ref: `#/channels/${type}` },
    messages: [{ $ref: `#/channels/${type}/messages/${type}` }],
    bindings: { amqp: { deliveryMode: 2, mandatory: true, timestamp: true, bindingVersion: '0.3.0' } },
  };
}

function messageOf(type: EventType): object {
  return {
    name: type,
    summary: EVENT_MEANINGS[type],
    headers: {
      type: 'object',
      required: ['schemaVersion'],
      properties: { schemaVersion: { type: 'integer', const: EVENTS[type] } },
    },
    payload: z.toJSONSchema(envelopeOf(type), {
      target: 'draft-7',
      // A consumer must not break at a field that is added.
      override: ({ jsonSchema }) => delete jsonSchema.additionalProperties,
    }),
    bindings: { amqp: { messageType: type, bindingVersion: '0.3.0' } },
  };
}
