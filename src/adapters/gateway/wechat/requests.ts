import { type PaymentRef, type RefundRequest } from '../../../ports/payment-gateway';
import { type Call } from './http';

/** What a call is made of, but for its time limit. */
export type Request = Omit<Call, 'signal'>;

/** What requests say of the merchant. */
export interface Requester {
  readonly mchid: string;
  readonly appid: string;
  readonly notifyUrl: string;
}

/** WeChat Pay's limit for the description. */
const LONGEST_DESCRIPTION = 127;
/** WeChat Pay's limit for a refund's reason. */
const LONGEST_REASON = 80;

/** WeChat Pay's own time zone; its documentation shows times in no other. */
const CHINA_OFFSET_MS = 8 * 3_600_000;

const REFUNDS = '/v3/refund/domestic/refunds';

/** Native (a QR code), or JSAPI (inside WeChat) where the payer is given. */
export function createRequest({ mchid, appid, notifyUrl }: Requester, ref: PaymentRef): Request {
  const body = {
    appid,
    mchid,
    description: cut(ref.description, LONGEST_DESCRIPTION),
    out_trade_no: ref.merchantNo,
    time_expire: chinaTime(ref.expiresAt),
    notify_url: notifyUrl,
    amount: { total: ref.amount.minor, currency: ref.amount.currency },
  };
  return ref.payer
    ? { method: 'POST', target: '/v3/pay/transactions/jsapi', body: { ...body, payer: { openid: ref.payer.openid } } }
    : { method: 'POST', target: '/v3/pay/transactions/native', body };
}

export function queryRequest({ mchid }: Requester, merchantNo: string): Request {
  return { method: 'GET', target: `${pathOf(merchantNo)}?mchid=${encodeURIComponent(mchid)}` };
}

export function closeRequest({ mchid }: Requester, merchantNo: string): Request {
  return { method: 'POST', target: `${pathOf(merchantNo)}/close`, body: { mchid } };
}

/** The same numbers and amounts are the same refund, however often this is sent. */
export function refundRequest({ notifyUrl }: Requester, request: RefundRequest): Request {
  const { merchantNo, refundNo, amount, refund } = request;
  const reason = cut(request.reason, LONGEST_REASON);
  const body = {
    out_trade_no: merchantNo,
    out_refund_no: refundNo,
    ...(reason === '' ? {} : { reason }),
    notify_url: notifyUrl,
    amount: { refund: refund.minor, total: amount.minor, currency: amount.currency },
  };
  return { method: 'POST', target: REFUNDS, body };
}

export function queryRefundRequest(refundNo: string): Request {
  return { method: 'GET', target: `${REFUNDS}/${encodeURIComponent(refundNo)}` };
}

function pathOf(merchantNo: string): string {
  return `/v3/pay/transactions/out-trade-no/${encodeURIComponent(merchantNo)}`;
}

/** The first `length` UTF-16 units, which no way of counting makes longer, without half a character at the end. */
function cut(text: string, length: number): string {
  return text.slice(0, length).replace(/[\uD800-\uDBFF]$/, '');
}

/** RFC 3339 in China's time, whole seconds rounded down: never later than what the order knows as the expiry. */
function chinaTime(instant: string): string {
  return `${new Date(Date.parse(instant) + CHINA_OFFSET_MS).toISOString().slice(0, 19)}+08:00`;
}
