import { z } from 'zod';
import { StripeRefusal } from './errors';
import { type FormObject } from './form';

/** Stripe's largest amount: eight digits of the smallest unit. */
const LARGEST_AMOUNT = 99_999_999;
/** The life that Stripe grants a Checkout session: from 30 minutes to 24 hours after its creation. */
const SHORTEST_SESSION_S = 30 * 60;
const LONGEST_SESSION_S = 24 * 60 * 60;

const integer = z
  .string()
  .regex(/^\d{1,15}$/, 'Invalid integer')
  .transform(Number);
const amount = integer.pipe(z.number().min(1, 'Invalid positive integer').max(LARGEST_AMOUNT, 'Amount too large'));
const currency = z.string().regex(/^[a-z]{3}$/i, 'Invalid currency');
const flag = z.enum(['true', 'false'], 'Invalid boolean').transform((text) => text === 'true');
const metadata = z
  .record(z.string().max(40, 'Metadata keys are at most 40 characters'), z.string().max(500))
  .default({});
const httpUrl = z.string().refine((text) => /^https?:/.test(text) && URL.canParse(text), 'Not a valid URL');
const list = z.record(z.string(), z.string()).transform((entries) => Object.values(entries));
const page = {
  limit: integer.pipe(z.number().min(1).max(100)).default(10),
  starting_after: z.string().optional(),
  expand: list.default([]),
};
const created = z
  .union([
    integer.transform((at) => ({ gte: at, lte: at })),
    z.strictObject({
      gt: integer.optional(),
      gte: integer.optional(),
      lt: integer.optional(),
      lte: integer.optional(),
    }),
  ])
  .default({});

export const intentCreate = z.looseObject({
  amount,
  currency,
  metadata,
  description: z.string().max(1000).default(''),
  confirm: flag.default(false),
  payment_method: z.string().optional(),
});

export const sessionCreate = z.looseObject({
  mode: z.literal('payment', 'Only mode=payment is spoken here'),
  line_items: z
    .record(
      z.string(),
      z.looseObject({
        quantity: integer.pipe(z.number().min(1)).default(1),
        price_data: z.looseObject({
          currency,
          unit_amount: amount,
          product_data: z.looseObject({ name: z.string().min(1).max(250) }),
        }),
      }),
    )
    .refine((items) => Object.keys(items).length > 0, 'At least one line item is required'),
  success_url: httpUrl,
  cancel_url: httpUrl.optional(),
  client_reference_id: z.string().max(200).optional(),
  expires_at: integer.optional(),
  metadata,
  payment_intent_data: z.looseObject({ metadata, description: z.string().max(1000).optional() }).optional(),
});

export const refundCreate = z
  .looseObject({
    payment_intent: z.string().optional(),
    charge: z.string().optional(),
    amount: amount.optional(),
    reason: z.enum(['duplicate', 'fraudulent', 'requested_by_customer']).optional(),
    metadata,
  })
  .refine((body) => (body.payment_intent === undefined) !== (body.charge === undefined), {
    message: 'Exactly one of payment_intent and charge is required',
    path: ['payment_intent'],
  });

export const endpointCreate = z.looseObject({ url: httpUrl, enabled_events: list });
export const retrieveQuery = z.looseObject({ expand: list.default([]) });
export const listQuery = z.looseObject({
  ...page,
  created,
  payment_intent: z.string().optional(),
  charge: z.string().optional(),
});

export type IntentCreate = z.infer<typeof intentCreate>;
export type SessionCreate = z.infer<typeof sessionCreate>;
export type RefundCreate = z.infer<typeof refundCreate>;
export type ListQuery = z.infer<typeof listQuery>;

/** Checks a form. @throws StripeRefusal 400 naming the first wrong parameter in brackets */
export function check<T>(schema: z.ZodType<T>, form: FormObject): T {
  const result = schema.safeParse(form);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const [head, ...rest] = (issue?.path ?? []).map(String);
  const param = `${head ?? ''}${rest.map((part) => `[${part}]`).join('')}`;
  const missing = issue?.code === 'invalid_type' && issue.message.includes('received undefined');
  if (missing) throw StripeRefusal.param(param, `Missing required param: ${param}.`, 'parameter_missing');
  throw StripeRefusal.param(param, `${param}: ${issue?.message ?? 'invalid'}`);
}

/** When a session ends, in seconds since the epoch. @throws StripeRefusal when asked for less than 30 min or more than 24 h */
export function sessionExpiry(asked: number | undefined, nowMs: number): number {
  const now = Math.floor(nowMs / 1000);
  if (asked === undefined) return now + LONGEST_SESSION_S;
  if (asked - now >= SHORTEST_SESSION_S && asked - now <= LONGEST_SESSION_S) return asked;
  const message = 'The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation.';
  throw new StripeRefusal(400, 'invalid_request_error', message, { param: 'expires_at' });
}

/** What the line items come to; they share one currency. */
export function totalOf(session: SessionCreate): { minor: number; currency: string; name: string } {
  const items = Object.values(session.line_items);
  const [first] = items;
  const currencies = new Set(items.map((item) => item.price_data.currency.toUpperCase()));
  if (!first || currencies.size !== 1) throw StripeRefusal.param('line_items', 'All line items share one currency');
  return {
    minor: items.reduce((sum, item) => sum + item.quantity * item.price_data.unit_amount, 0),
    currency: first.price_data.currency.toUpperCase(),
    name: first.price_data.product_data.name,
  };
}
