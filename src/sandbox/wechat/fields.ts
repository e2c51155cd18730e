import { z } from 'zod';
import { WechatRefusal } from './errors';

/** RFC 3339 with an offset; WeChat's own form is `2026-01-01T00:30:00+08:00`. */
const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/i;

const merchantNo = z.string().regex(/^[0-9A-Za-z_\-|*@]{6,32}$/, 'must be 6..32 of 0-9 A-Z a-z _ - | * @');
const amountFen = z.int('must be an integer of fen').min(1, 'must be at least 1 fen');
const currency = z.literal('CNY', 'must be CNY').default('CNY');
const notifyUrl = z
  .string()
  .max(255, 'must be at most 255 characters')
  .refine(isPlainHttpUrl, 'must be an absolute http(s) URL without query string or fragment');

const prepay = z.looseObject({
  appid: z.string().min(1).max(32),
  mchid: z.string().min(1).max(32),
  description: z.string().min(1, 'must not be empty').max(127, 'must be at most 127 characters'),
  out_trade_no: merchantNo,
  time_expire: z
    .string()
    .refine((text) => RFC_3339.test(text) && !Number.isNaN(Date.parse(text)), 'must be RFC 3339 with an offset')
    .optional(),
  attach: z.string().max(128, 'must be at most 128 characters').optional(),
  notify_url: notifyUrl,
  amount: z.looseObject({ total: amountFen, currency }),
});

export const nativePrepay = prepay;
export const jsapiPrepay = prepay.extend({ payer: z.looseObject({ openid: z.string().min(1).max(128) }) });
export const closeBody = z.looseObject({ mchid: z.string().min(1) });
export const refundBody = z
  .looseObject({
    out_trade_no: merchantNo.optional(),
    transaction_id: z.string().min(1).max(32).optional(),
    out_refund_no: z.string().regex(/^[0-9A-Za-z_\-|*@]{1,64}$/, 'must be 1..64 of 0-9 A-Z a-z _ - | * @'),
    reason: z.string().max(80, 'must be at most 80 characters').optional(),
    notify_url: notifyUrl.optional(),
    amount: z.looseObject({ refund: amountFen, total: amountFen, currency: z.literal('CNY', 'must be CNY') }),
  })
  .refine((body) => (body.out_trade_no === undefined) !== (body.transaction_id === undefined), {
    message: 'exactly one of out_trade_no and transaction_id is required',
    path: ['out_trade_no'],
  });

export type PrepayBody = z.infer<typeof nativePrepay>;
export type RefundBody = z.infer<typeof refundBody>;

/** Parses a raw JSON body. @throws WechatRefusal PARAM_ERROR naming the first wrong field as a JSON pointer */
export function parseBody<T>(schema: z.ZodType<T>, raw: Buffer): T {
  const result = schema.safeParse(parseJson(raw));
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const field = `/${(issue?.path ?? []).join('/')}`;
  const text = issue?.message ?? 'invalid';
  throw new WechatRefusal('PARAM_ERROR', `${field}: ${text}`, { field, issue: text, location: 'body' });
}

function parseJson(raw: Buffer): unknown {
  try {
    return JSON.parse(raw.toString('utf8'));
  } catch {
    throw new WechatRefusal('PARAM_ERROR', 'The body is not JSON', { field: '/', issue: 'not JSON', location: 'body' });
  }
}

function isPlainHttpUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  return /^https?:$/.test(new URL(text).protocol) && !/[?#]/.test(text);
}
