import { AVAILABILITIES, CART_LIMITS } from '../../domain/cart';
import { type PaymentWindowBounds } from '../../domain/draft';
import { moneySchema } from './common';
import { placeBodySchema } from './orders';
import { z } from './zod';

/** Body of `PUT /v1/carts/{buyerId}/lines/{skuId}`. */
export const cartLineChangeSchema = z
  .strictObject({
    quantity: z.int().min(0).max(CART_LIMITS.quantity).openapi({ description: '0 takes the line out.', example: 2 }),
  })
  .openapi('CartLineChange');

/** Body of `POST /v1/carts/{buyerId}/checkout`: a placing without what the cart says. */
export function checkoutBodySchema(window: PaymentWindowBounds) {
  return placeBodySchema(window).omit({ buyerId: true, lines: true }).openapi('Checkout');
}
export type CheckoutBody = z.output<ReturnType<typeof checkoutBodySchema>>;

const orNull = (description: string) => z.union([moneySchema, z.null()]).openapi({ description });

const lineSchema = z.strictObject({
  skuId: z.string(),
  title: z.string().nullable(),
  quantity: z.int(),
  unitPrice: orNull('The price now; an order has the price of the moment in which it is placed.'),
  amount: orNull('Null for what is not on sale, or comes to more than can be charged.'),
  availability: z.enum(AVAILABILITIES),
  available: z.int().nullable().openapi({ description: 'Units that could be ordered now; null: without limit.' }),
});

/** A cart as clients see it. */
export const cartSchema = z
  .strictObject({
    buyerId: z.string(),
    lines: z.array(lineSchema).openapi({ description: 'In the order in which they were added.' }),
    total: orNull('Sum of the amounts; null where there are none, or their currencies mix.'),
    currency: z.string().nullable(),
  })
  .openapi('Cart');
