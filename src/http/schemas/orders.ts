import { DRAFT_LIMITS, type PaymentWindowBounds } from '../../domain/draft';
import { CLOSE_REASONS, ORDER_STATUSES } from '../../domain/order-status';
import { FACT_KINDS } from '../../domain/order';
import { GATEWAYS, PAYMENT_METHODS, PAYMENT_STATUSES } from '../../domain/payment';
import { idSchema, moneySchema, pageQueryShape, pageSchema, textSchema, timeSchema } from './common';
import { personalDataShape, personalInputShape } from './personal-data';
import { z } from './zod';

/** A sentence for the timeline. */
const MAX_CANCEL_REASON = 200;

/** How to pay at the chosen gateway; which of it goes together is the gateway's affair. */
const choiceSchema = z
  .strictObject({
    method: z.enum(PAYMENT_METHODS).openapi({
      description: '`wechat`: `native` (a code, the default) or `jsapi` (inside WeChat). `alipay`: `qr` or `page`.',
    }),
    payerId: z
      .string()
      .regex(/^[\w-]{1,128}$/, 'must be 1 to 128 letters, digits, _ and -')
      .optional()
      .openapi({ description: 'The payer’s openid at the merchant’s app; for `jsapi`, and needed there.' }),
  })
  .openapi('PaymentChoice');
export type ChoiceBody = z.output<typeof choiceSchema>;

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
      payment: choiceSchema.optional(),
      paymentWindowSeconds: z
        .int()
        .min(window.minSeconds)
        .max(window.maxSeconds)
        .optional()
        .openapi({ description: `Time to pay, counted from placing; ${window.defaultSeconds} unless given.` }),
      storeId: idSchema.nullable().optional(),
      referrerId: idSchema.nullable().optional(),
      promotionId: idSchema.nullable().optional().openapi({ description: 'The promotion to price and hold it under.' }),
      note: textSchema(DRAFT_LIMITS.noteLength).nullable().optional(),
      ...personalInputShape,
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
export const switchBodySchema = z
  .strictObject({ gateway: z.enum(GATEWAYS), payment: choiceSchema.optional() })
  .openapi('SwitchPayment');

export const paymentSchema = z
  .strictObject({
    id: z.string(),
    gateway: z.enum(GATEWAYS),
    status: z.enum(PAYMENT_STATUSES).openapi({ description: '`creating` until the gateway has answered.' }),
    merchantNo: z.string().openapi({ description: 'Our number at the gateway.' }),
    payUrl: z.string().nullable(),
    codeUrl: z
      .string()
      .nullable()
      .openapi({ description: 'What the code to scan holds; for `jsapi` the JSON that `getBrandWCPayRequest` takes.' }),
  })
  .openapi('Payment');

const lineSchema = z.strictObject({
  skuId: z.string(),
  title: z.string(),
  quantity: z.int(),
  unitPrice: moneySchema,
  discountBasisPoints: z.int().openapi({ description: 'The promotion’s discount on this line; 2000 is 20 % off.' }),
  amount: moneySchema,
});

const childSchema = z.strictObject({
  id: z.string(),
  productId: z.string(),
  status: z
    .enum(ORDER_STATUSES)
    .openapi({ description: 'The order’s: its children are held, paid and closed with it.' }),
  lines: z.array(z.string()).openapi({ description: 'SKU ids of its lines, in the order of the lines.' }),
  items: z.array(z.strictObject({ skuId: z.string(), quantity: z.int() })),
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
    promotionId: z.string().nullable(),
    note: z.string().nullable(),
    createdAt: timeSchema,
    paidAt: timeSchema.nullable(),
    closedAt: timeSchema.nullable(),
    closeReason: z.enum(CLOSE_REASONS).nullable(),
  })
  .openapi('Order');
export type OrderAnswer = z.infer<typeof orderSchema>;

/** The order as it is read by itself. */
export const orderDetailSchema = z.strictObject({ ...orderSchema.shape, ...personalDataShape }).openapi('OrderDetail');

export const orderPageSchema = pageSchema(orderSchema).openapi('OrderPage');

export const timelineSchema = z
  .strictObject({
    items: z.array(
      z.strictObject({
        at: timeSchema,
        kind: z.enum(FACT_KINDS),
        what: z.string(),
        data: z.record(z.string(), z.unknown()),
      }),
    ),
  })
  .openapi('Timeline');
