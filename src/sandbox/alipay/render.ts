import { type Fault } from '../faults/registry';
import { type Payment, type Refund } from '../state/types';
import { chinaTime, yuan } from './wire-values';

export type TradeStatus = 'WAIT_BUYER_PAY' | 'TRADE_SUCCESS' | 'TRADE_FINISHED' | 'TRADE_CLOSED';

/** Alipay's refund period, after which a paid trade is final; merchants' contracts vary, this is the usual one. */
const REFUND_PERIOD_MS = 365 * 24 * 3_600_000;
export const STRANGER_ID = '2088999999999999';

/** Fen that have gone back. */
export function refundedMinor(payment: Payment): number {
  const done = payment.refunds.filter((refund) => refund.status === 'SUCCESS');
  return done.reduce((sum, refund) => sum + refund.amount.minor, 0);
}

/** The status of an opened trade: TRADE_CLOSED is closed unpaid or refunded in full. */
export function tradeStatus(payment: Payment, nowMs: number): TradeStatus {
  if (payment.state === 'open') return 'WAIT_BUYER_PAY';
  if (payment.state === 'closed' || !payment.paid) return 'TRADE_CLOSED';
  if (refundedMinor(payment) >= payment.paid.amount.minor) return 'TRADE_CLOSED';
  return nowMs > Date.parse(payment.paid.at) + REFUND_PERIOD_MS ? 'TRADE_FINISHED' : 'TRADE_SUCCESS';
}

/** The trade as alipay.trade.query shows it. `wrong_amount` and `wrong_app` falsify it. */
export function tradeView(payment: Payment, status: TradeStatus, fault: Fault | null): Record<string, unknown> {
  const paid = status === 'WAIT_BUYER_PAY' ? null : payment.paid;
  const total = (paid?.amount ?? payment.amount).minor + (fault?.name === 'wrong_amount' ? 1 : 0);
  return {
    buyer_logon_id: 'san***@sandbox.example',
    buyer_pay_amount: yuan(paid ? total : 0),
    buyer_user_id: payment.wire['buyerId'] ?? '',
    invoice_amount: yuan(paid ? total : 0),
    out_trade_no: payment.merchantNo,
    point_amount: '0.00',
    receipt_amount: yuan(paid ? total : 0),
    ...(paid ? { fund_bill_list: [{ amount: yuan(total), fund_channel: 'ALIPAYACCOUNT' }] } : {}),
    ...(paid ? { send_pay_date: chinaTime(paid.at) } : {}),
    total_amount: yuan(total),
    trade_no: payment.wire['tradeNo'] ?? '',
    trade_status: status,
    // The real answer names no seller; the fault has no other place to show another one's trade.
    ...(fault?.name === 'wrong_app' ? { seller_id: STRANGER_ID } : {}),
  };
}

/** The answer to alipay.trade.refund; refund_fee is the sum of all refunds so far. */
export function refundView(payment: Payment, refund: Refund, fundChange: 'Y' | 'N'): Record<string, unknown> {
  return {
    buyer_logon_id: 'san***@sandbox.example',
    buyer_user_id: payment.wire['buyerId'] ?? '',
    fund_change: fundChange,
    ...(refund.settledAt ? { gmt_refund_pay: chinaTime(refund.settledAt) } : {}),
    out_trade_no: payment.merchantNo,
    refund_fee: yuan(refundedMinor(payment)),
    ...(fundChange === 'Y' ? { send_back_fee: yuan(refund.amount.minor) } : {}),
    trade_no: payment.wire['tradeNo'] ?? '',
  };
}

/** The answer to alipay.trade.fastpay.refund.query: without refund_status, it is not received, not done or failed. */
export function refundQueryView(payment: Payment, refund: Refund): Record<string, unknown> {
  if (refund.status !== 'SUCCESS' || !refund.settledAt) return {};
  return {
    gmt_refund_pay: chinaTime(refund.settledAt),
    out_request_no: refund.refundNo,
    out_trade_no: payment.merchantNo,
    refund_amount: yuan(refund.amount.minor),
    refund_status: 'REFUND_SUCCESS',
    total_amount: yuan(payment.paid?.amount.minor ?? payment.amount.minor),
    trade_no: payment.wire['tradeNo'] ?? '',
  };
}
