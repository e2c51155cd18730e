import { DRAFT_LIMITS, type PaymentWindowBounds } from '../../domain/draft';
import { CLOSE_REASONS, ORDER_STATUSES } from '../../domain/order-status';
import { GATEWAYS, PAYMENT_STATUSES } from '../../domain/payment';
import { idSchema, moneySchema, pageQueryShape, pageSchema, textSchema, timeSchema } from './common';
import { z } from './zod';

/** A sentence for the timeline. */
const MAX_CANCEL_REASON = 200;

/** Body of `POST /v1/orders`; the window's bounds are the deployment's. */
export function placeBodySchema(window: PaymentWindowBounds) {
  return z
    .strictObject({
      buyerId: idSchema.openapi({ example: 'buyer_1' }),
      lines: z
        .array(
          z.strictObject({
            skuId: idSchema.openapi({ example: 'sku_tea' }),
            quantity: z.int().min(1).max(DRAFT_LIMITS.quantity),
          }),
        )
        .min(1)
        .max(DRAFT_LIMITS.lines),
      payWith: z.enum(GATEWAYS).nullable().optional().openapi({ description: 'Null or absent: chosen later.' }),
      paymentWindowSeconds: z
        .int()
        .min(window.minSeconds)
        .max(window.maxSeconds)
        .optional()
        .openapi({ description: `Time to pay, counted from placing; ${window.defaultSeconds} unless given.` }),
      storeId: idSchema.nullable().optional(),
      referrerId: idSchema.nullable().optional(),
      note: textSchema(DRAFT_LIMITS.noteLength).nullable().optional(),
    })
    .openapi('PlaceOrder');
}
export type PlaceBody = z.output<ReturnType<typeof placeBodySchema>>;

export const cancelBodySchema = z
  .strictObject({ reason: textSchema(MAX_CANCEL_REASON).nullable().optional() })
  .openapi('CancelOrder');

export const listOrdersQuerySchema = z.strictObject({
  buyerId: idSchema.optional(),
  status: z.enum(ORDER_STATUSES).optional(),
  ...pageQueryShape,
});

/** Body of `POST /v1/orders/{id}/payments`. */
export const switchBodySchema = z.strictObject({ gateway: z.enum(GATEWAYS) }).openapi('SwitchPayment');

export const paymentSchema = z
  .strictObject({
    id: z.string(),
    gateway: z.enum(GATEWAYS),
    status: z.enum(PAYMENT_STATUSES).openapi({ description: '`creating` until the gateway has answered.' }),
    merchantNo: z.string().openapi({ description: 'Our number at the gateway.' }),
    payUrl: z.string().nullable(),
    codeUrl: z.string().nullable(),
  })
  .openapi('Payment');

const lineSchema = z.strictObject({
  skuId: z.string(),
  title: z.string(),
  quantity: z.int(),
  unitPrice: moneySchema,
  amount: moneySchema,
});

const childSchema = z.strictObject({
  id: z.string(),
  productId: z.string(),
  lines: z.array(z.string()).openapi({ description: 'SKU ids of its lines, in the order of the lines.' }),
  amount: moneySchema,
});

/** The order as clients see it. */
export const orderSchema = z
  .strictObject({
    id: z.string().openapi({ example: 'ord_01JD2X8Q6V9TZ3M4N5P6Q7R8S9' }),
    status: z.enum(ORDER_STATUSES).openapi({
      description: '`closing`: the gateway has not yet proved that nobody can pay; the stock is still held.',
    }),
    buyerId: z.string(),
    amount: moneySchema,
    lines: z.array(lineSchema),
    children: z.array(childSchema).openapi({ description: 'One child order per product.' }),
    payBy: timeSchema,
    payment: z.union([paymentSchema, z.null()]).openapi({ description: 'Null while no gateway has been chosen.' }),
    refundedAmount: moneySchema,
    storeId: z.string().nullable(),
    referrerId: z.string().nullable(),
    note: z.string().nullable(),
    createdAt: timeSchema,
    paidAt: timeSchema.nullable(),
    closedAt: timeSchema.nullable(),
    closeReason: z.enum(CLOSE_REASONS).nullable(),
  })
  .openapi('Order');
export type OrderAnswer = z.infer<typeof orderSchema>;

export const orderPageSchema = pageSchema(orderSchema).openapi('OrderPage');

export const timelineSchema = z
  .strictObject({
    items: z.array(
      z.strictObject({
        at: timeSchema,
        kind: z.enum(['state', 'stock', 'payment', 'gateway', 'action']),
        what: z.string(),
        data: z.record(z.string(), z.unknown()),
      }),
    ),
  })
  .openapi('Timeline');
