import { z } from 'zod';
import { AlipayRefusal } from './errors';
import { fen, parseChinaTime } from './wire-values';

const outTradeNo = z.string().regex(/^[0-9A-Za-z_]{1,64}$/, 'must be 1..64 of 0-9 A-Z a-z _');
const tradeNo = z.string().min(1).max(64);
/** Alipay takes a JSON number as well as a string; in fen from here on. */
const amount = z.union([z.string(), z.number()]).transform((value, context) => {
  const minor = fen(String(value));
  if (minor !== null) return minor;
  context.addIssue('must be an amount of yuan with at most two decimals, at least 0.01');
  return z.NEVER;
});
const expiry = z.string().refine((text) => !Number.isNaN(parseChinaTime(text)), 'must be yyyy-MM-dd HH:mm:ss');

const order = z.looseObject({
  out_trade_no: outTradeNo,
  total_amount: amount,
  subject: z
    .string()
    .min(1)
    .max(256, 'must be at most 256 characters')
    .regex(/^[^/=&]*$/, 'must have none of / = &'),
  time_expire: expiry.optional(),
});
const eitherNumber = z.looseObject({ out_trade_no: outTradeNo.optional(), trade_no: tradeNo.optional() });
const hasNumber = (body: { out_trade_no?: string | undefined; trade_no?: string | undefined }): boolean =>
  body.out_trade_no !== undefined || body.trade_no !== undefined;
const NUMBER_NEEDED = { message: 'out_trade_no or trade_no is required', path: ['out_trade_no'] };

export const precreateContent = order;
export const pagePayContent = order.extend({ product_code: z.literal('FAST_INSTANT_TRADE_PAY') });
export const numberContent = eitherNumber.refine(hasNumber, NUMBER_NEEDED);
export const refundContent = eitherNumber
  .extend({
    refund_amount: amount,
    out_request_no: z.string().min(1).max(64).optional(),
    refund_reason: z.string().max(256).optional(),
  })
  .refine(hasNumber, NUMBER_NEEDED);
export const refundQueryContent = eitherNumber
  .extend({ out_request_no: z.string().min(1).max(64) })
  .refine(hasNumber, NUMBER_NEEDED);

/** Amounts are fen. */
export type OrderContent = z.infer<typeof precreateContent>;
export type NumberContent = z.infer<typeof numberContent>;
export type RefundContent = z.infer<typeof refundContent>;
export type RefundQueryContent = z.infer<typeof refundQueryContent>;

/** Parses `biz_content`; empty optional fields count as absent. @throws AlipayRefusal ACQ.INVALID_PARAMETER naming the field */
export function parseContent<T>(schema: z.ZodType<T>, text: string | undefined): T {
  const result = schema.safeParse(withoutEmpty(parseJson(text)));
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new AlipayRefusal('ACQ.INVALID_PARAMETER', `${(issue?.path ?? []).join('.')} ${issue?.message ?? 'invalid'}`);
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '{}');
  } catch {
    throw new AlipayRefusal('isv.invalid-parameter', 'biz_content is not JSON');
  }
}

function withoutEmpty(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== '' && field !== null));
}
