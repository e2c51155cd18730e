import { type PaymentRef, type RefundRequest } from '../../../ports/payment-gateway';
import { type Content } from './crypto';
import { chinaTime, yuan } from './wire-values';

/** Alipay's limits for the texts a buyer sees. */
const LONGEST_SUBJECT = 256;
const LONGEST_REASON = 256;

/** biz_content of precreate and page.pay. The expiry is absolute, so that a repeat doesn't lengthen it. */
export function orderContent(ref: PaymentRef): Content {
  return {
    out_trade_no: ref.merchantNo,
    total_amount: yuan(ref.amount),
    subject: subjectOf(ref.description),
    time_expire: chinaTime(Date.parse(ref.expiresAt)),
  };
}

/** biz_content of alipay.trade.refund: one out_request_no refunds once. */
export function refundContent(request: RefundRequest): Content {
  return {
    out_trade_no: request.merchantNo,
    trade_no: request.transactionId,
    out_request_no: request.refundNo,
    refund_amount: yuan(request.refund),
    ...(request.reason === '' ? {} : { refund_reason: cut(request.reason, LONGEST_REASON) }),
  };
}

/** biz_content of alipay.trade.fastpay.refund.query. */
export function refundQueryContent(request: RefundRequest): Content {
  return {
    out_trade_no: request.merchantNo,
    trade_no: request.transactionId,
    out_request_no: request.refundNo,
  };
}

/** Alipay refuses `/`, `=` and `&` in a subject; the last two would also blur where a notification's fields end. */
function subjectOf(description: string): string {
  return cut(description.replace(/[/=&]/g, ' '), LONGEST_SUBJECT);
}

/** The first UTF-16 units, without half a character at the end. */
function cut(text: string, longest: number): string {
  return text.slice(0, longest).replace(/[\uD800-\uDBFF]$/, '');
}
