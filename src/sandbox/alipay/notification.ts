import { cutInHalf, HTML_BODY } from '../faults/http-faults';
import { type Fault } from '../faults/registry';
import { type OutgoingRequest } from '../gateway';
import { type Notification, type Payment } from '../state/types';
import { type AlipaySecrets } from './keys';
import { refundedMinor, tradeStatus } from './render';
import { signature } from './sign-answer';
import { chinaTime, yuan } from './wire-values';

type Fields = Readonly<Record<string, string>>;

/**
 * A notification for one delivery: a form post, signed over all fields but sign and sign_type, sorted. `notify_id` is
 * the event's and stays; `notify_time` is this delivery's.
 */
export function renderNotification(
  notification: Notification,
  payment: Payment,
  openedAt: string,
  secrets: AlipaySecrets,
  nowMs: number,
  fault: Fault | null,
): OutgoingRequest {
  const fields = {
    ...envelope(notification, secrets, nowMs, fault),
    ...trade(payment, openedAt, fault),
    ...(notification.kind === 'refunded' ? refundPart(notification, payment) : { trade_status: 'TRADE_SUCCESS' }),
  };
  const text = Object.entries(fields)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  const sign: Fields = fault?.name === 'missing_signature' ? {} : { sign: signature(text, secrets, fault) };
  // After signing, one digit of the money: only a client that verifies notices.
  const sent = fault?.name === 'tampered_cipher' ? { ...fields, total_amount: `9${fields.total_amount}` } : fields;
  const body = new URLSearchParams({ ...sent, sign_type: 'RSA2', ...sign }).toString();
  return {
    headers: { 'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8', 'User-Agent': 'Mozilla/4.0' },
    body: spoilt(body, fault),
  };
}

function envelope(notification: Notification, secrets: AlipaySecrets, nowMs: number, fault: Fault | null): Fields {
  const { appId } = secrets.stored;
  const named = fault?.name === 'wrong_app' ? '2021999999999999' : appId;
  const shift = fault?.name === 'clock_skew' ? fault.ms : 0;
  return {
    app_id: named,
    auth_app_id: named,
    charset: 'utf-8',
    notify_id: notification.id.replaceAll('-', ''),
    notify_time: chinaTime(new Date(nowMs + shift).toISOString()),
    notify_type: 'trade_status_sync',
    seller_id: secrets.stored.sellerId,
    version: '1.0',
  };
}

function trade(payment: Payment, openedAt: string, fault: Fault | null): Fields & { readonly total_amount: string } {
  const total = yuan((payment.paid?.amount ?? payment.amount).minor + (fault?.name === 'wrong_amount' ? 1 : 0));
  return {
    buyer_id: payment.wire['buyerId'] ?? '',
    buyer_pay_amount: total,
    fund_bill_list: JSON.stringify([{ amount: total, fundChannel: 'ALIPAYACCOUNT' }]),
    gmt_create: chinaTime(openedAt),
    gmt_payment: chinaTime(payment.paid?.at ?? payment.createdAt),
    invoice_amount: total,
    out_trade_no: payment.merchantNo,
    point_amount: '0.00',
    receipt_amount: total,
    subject: payment.description,
    total_amount: total,
    trade_no: payment.wire['tradeNo'] ?? '',
  };
}

/** A refund is told as the trade's new state: `out_biz_no` is the out_request_no, refund_fee the sum of all so far. */
function refundPart(notification: Notification, payment: Payment): Fields {
  const refund = payment.refunds.find((candidate) => candidate.refundNo === notification.refundNo);
  const at = chinaTime(refund?.settledAt ?? notification.createdAt);
  const status = tradeStatus(payment, Date.parse(notification.createdAt));
  return {
    gmt_refund: `${at}.000`,
    ...(status === 'TRADE_CLOSED' ? { gmt_close: at } : {}),
    out_biz_no: refund?.refundNo ?? '',
    refund_fee: yuan(refundedMinor(payment)),
    trade_status: status,
  };
}

function spoilt(body: string, fault: Fault | null): string {
  if (fault?.name === 'html_body') return HTML_BODY;
  return fault?.name === 'truncated_body' ? cutInHalf(body) : body;
}
