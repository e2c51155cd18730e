import { ERRORS, type ErrorCode } from '../../domain/errors';
import { EVENT_TYPES, EVENTS, type EventPayloads, type EventType } from '../../domain/events';
import { CLOSE_REASONS } from '../../domain/order-status';
import { GATEWAYS } from '../../domain/payment';
import { limitQuerySchema, moneySchema, timeSchema } from './common';
import { z } from './zod';

const count = z.int().min(1);
const order = { orderId: z.string(), buyerId: z.string().describe('The shop’s own id of the buyer.') };
const lineSchema = z.strictObject({
  childId: z.string(),
  skuId: z.string(),
  productId: z.string(),
  quantity: count,
  amount: moneySchema,
});
const units = z.array(z.strictObject({ skuId: z.string(), quantity: count })).describe('Units per SKU, sorted by SKU.');
const ordered = {
  storeId: z.string().nullable(),
  referrerId: z.string().nullable(),
  amount: moneySchema,
  lines: z.array(lineSchema),
};
const refund = {
  refundId: z.string(),
  cause: z.enum(['requested', 'late_payment']),
  amount: moneySchema.describe('What goes back with this refund.'),
  paidAmount: moneySchema.describe('What the payment came to in all.'),
};
const anyOrder = { orderId: z.string().nullable(), buyerId: z.string().nullable() };
const promotion = z.strictObject({ ...order, promotionId: z.string(), quantity: count });
const points = z.strictObject({ ...order, points: count });
const sku = {
  skuId: z.string(),
  productId: z.string(),
  title: z.string(),
  price: moneySchema,
  onShelf: z.boolean(),
  onSale: z.boolean(),
};

/** What each type of event tells, as a schema. The AsyncAPI document is made of these. */
export const EVENT_PAYLOADS = {
  OrderPlaced: z.strictObject({ ...order, ...ordered, promotionId: z.string().nullable(), payBy: timeSchema }),
  OrderClosing: z.strictObject({ ...order, reason: z.enum(CLOSE_REASONS) }),
  OrderPaid: z.strictObject({
    ...order,
    ...ordered,
    gateway: z.enum(GATEWAYS),
    paymentId: z.string(),
    transactionId: z.string(),
    paidAt: timeSchema,
    revived: z.boolean().describe('Late money brought a cancelled order back.'),
  }),
  OrderCancelled: z.strictObject({
    ...order,
    reason: z.enum(CLOSE_REASONS),
    proof: z.string().describe('How it was proved that nobody can pay any more.'),
  }),
  OrderRejected: z.strictObject({ ...order, code: z.enum(Object.keys(ERRORS) as ErrorCode[]) }),
  OrderRefunded: z.strictObject({ ...order, amount: moneySchema }),
  StockHeld: z.strictObject({ orderId: z.string(), lines: units }),
  StockSold: z.strictObject({ orderId: z.string(), lines: units }),
  StockReturned: z.strictObject({ orderId: z.string(), lines: units, reason: z.enum(['released', 'restocked']) }),
  StockAdjusted: z.strictObject({ skuId: z.string(), delta: z.int(), reason: z.string(), reference: z.string() }),
  RefundRequested: z.strictObject({ ...order, ...refund }),
  RefundSucceeded: z.strictObject({
    ...anyOrder,
    ...refund,
    refundedTotal: moneySchema.describe('What has gone back of the payment so far, this refund included.'),
  }),
  LatePaymentRefunded: z.strictObject({ ...anyOrder, ...refund, merchantNo: z.string(), transactionId: z.string() }),
  PromotionHeld: promotion,
  PromotionConfirmed: promotion,
  PromotionReleased: promotion,
  PointsHeld: points,
  PointsSpent: points,
  PointsReturned: points,
  SkuCreated: z.strictObject({ ...sku, initialStock: z.int().min(0), unlimited: z.boolean() }),
  SkuChanged: z.strictObject(sku),
  BuyerForgotten: z.strictObject({ buyerId: z.string() }),
} as const satisfies Record<EventType, z.ZodType>;

/** Said of each type where people read the contract. */
export const EVENT_MEANINGS: Readonly<Record<EventType, string>> = {
  OrderPlaced: 'An order was placed; everything it needs is held.',
  OrderClosing: 'The window is over, or somebody cancelled; the gateway is being asked whether anybody can still pay.',
  OrderPaid: 'The order is paid.',
  OrderCancelled: 'Nobody can pay the order any more; what it held has gone back.',
  OrderRejected: 'An order that was started without the API could not be held.',
  OrderRefunded: 'All of the order’s money is on its way back.',
  StockHeld: 'Units were reserved for an order.',
  StockSold: 'Reserved units of an order were sold.',
  StockReturned: 'Units of an order are on sale again.',
  StockAdjusted: 'The units on sale of a SKU were changed by hand or by an import.',
  RefundRequested: 'A refund was taken on.',
  RefundSucceeded: 'A refund is on its way back to the buyer.',
  LatePaymentRefunded: 'Money that came too late is being sent back.',
  PromotionHeld: 'An order holds its part of a promotion.',
  PromotionConfirmed: 'A paid order used its part of a promotion.',
  PromotionReleased: 'A cancelled order gave its part of a promotion back.',
  PointsHeld: 'An order set points of its buyer aside.',
  PointsSpent: 'An order was paid with points.',
  PointsReturned: 'Points of an order went back to its buyer.',
  SkuCreated: 'A SKU was created.',
  SkuChanged: 'A SKU, or the product that it belongs to, was changed.',
  BuyerForgotten: 'The personal data of a buyer can no longer be read.',
};

/** The JSON that feed, broker and webhooks out send for an event of that type. */
export function envelopeOf(type: EventType) {
  return z.strictObject({
    id: z.string().describe('The same in every delivery: de-duplicate by it.'),
    type: z.literal(type),
    schemaVersion: z.literal(EVENTS[type]),
    orderId: z.string().nullable(),
    position: z
      .string()
      .regex(POSITION)
      .describe('Its place in the feed; events of one order rise in the order of their facts.'),
    at: timeSchema.describe('When it was written.'),
    data: EVENT_PAYLOADS[type],
  });
}

/** A position as it is written: a decimal number that PostgreSQL's bigint holds. */
const POSITION = /^\d{1,18}$/;
export const positionSchema = z
  .string()
  .regex(POSITION, 'must be the position of an event: up to 18 digits')
  .openapi({ example: '1042' });

export const eventTypeSchema = z.enum(EVENT_TYPES);

/** Events on one page of the feed, unless the caller says otherwise. */
const DEFAULT_LIMIT = 100;
/** A page of this many stays within a megabyte. */
const MAX_LIMIT = 500;

export const feedQuerySchema = z.strictObject({
  after: positionSchema
    .optional()
    .openapi({ description: 'Events behind this position; from the first unless given.' }),
  limit: limitQuerySchema(MAX_LIMIT, DEFAULT_LIMIT),
  types: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(eventTypeSchema).min(1).max(EVENT_TYPES.length))
    .optional()
    .openapi({
      type: 'string',
      description: 'Types separated by commas; all unless given.',
      example: 'OrderPaid,OrderCancelled',
    }),
});

const eventSchema = z
  .strictObject({
    id: z.string(),
    type: eventTypeSchema,
    schemaVersion: z.int(),
    orderId: z.string().nullable(),
    position: positionSchema,
    at: timeSchema,
    data: z.record(z.string(), z.unknown()).openapi({ description: 'By type: see /asyncapi.json.' }),
  })
  .openapi('Event');

export const feedSchema = z
  .strictObject({
    items: z.array(eventSchema),
    nextAfter: positionSchema.openapi({ description: '`after` of the next read, also where there was nothing new.' }),
  })
  .openapi('EventPage');

export const consumersSchema = z
  .strictObject({ items: z.array(z.strictObject({ name: z.string(), deadLetters: z.int() })) })
  .openapi('EventConsumers');

export const replayedSchema = z.strictObject({ replayed: z.int() }).openapi('ReplayedEvents');

/** Without `readonly`, and with intersections written out, so that types can be compared. */
type Plain<T> = T extends readonly (infer E)[]
  ? Plain<E>[]
  : T extends object
    ? { -readonly [K in keyof T]: Plain<T[K]> }
    : T;
type Same<A, B> = (<X>() => X extends A ? 1 : 2) extends <X>() => X extends B ? 1 : 2 ? true : false;
type Differing = {
  [T in EventType]: Same<Plain<z.output<(typeof EVENT_PAYLOADS)[T]>>, Plain<EventPayloads[T]>> extends true ? never : T;
}[EventType];
type Proved<T extends never> = T;
/** Compiles only while every schema says exactly what its payload's type says; else the error names those that differ. */
export type SchemasSayWhatTypesSay = Proved<Differing>;
