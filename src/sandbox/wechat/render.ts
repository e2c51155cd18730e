import { type Fault } from '../faults/registry';
import { type PaidFact, type Payment, type Refund } from '../state/types';

/** WeChat's trade states that the sandbox tells, with WeChat's descriptions in English. */
const DESCRIPTION = {
  SUCCESS: 'paid',
  REFUND: 'transferred to refund',
  NOTPAY: 'not paid',
  CLOSED: 'closed',
  USERPAYING: 'buyer is paying',
} as const;
export type TradeState = keyof typeof DESCRIPTION;

/** China has one zone and no summer time; WeChat's times carry its offset. */
const CHINA_OFFSET_MS = 8 * 3_600_000;

/** `2026-01-01T08:00:00+08:00`, WeChat's form of an RFC 3339 time. */
export function chinaTime(iso: string): string {
  return `${new Date(Date.parse(iso) + CHINA_OFFSET_MS).toISOString().slice(0, 19)}+08:00`;
}

/** The state a query tells; any refund at all, even a partial one, makes it REFUND. */
export function tradeState(payment: Payment): TradeState {
  if (payment.state === 'open') return 'NOTPAY';
  if (payment.state === 'closed') return 'CLOSED';
  return payment.refunds.some((refund) => refund.status !== 'CLOSED') ? 'REFUND' : 'SUCCESS';
}

/** The transaction as query and notification show it. `wrong_amount` and `wrong_app` falsify a paid one. */
export function transaction(payment: Payment, state: TradeState, fault: Fault | null): Record<string, unknown> {
  const { wire, paid } = payment;
  const common = {
    appid: fault?.name === 'wrong_app' ? 'wx0000000000000000' : (wire['appid'] ?? ''),
    mchid: wire['mchid'] ?? '',
    out_trade_no: payment.merchantNo,
    attach: wire['attach'] ?? '',
    trade_state: state,
    trade_state_desc: DESCRIPTION[state],
    promotion_detail: [],
  };
  if (!paid || (state !== 'SUCCESS' && state !== 'REFUND')) {
    const { minor, currency } = payment.amount;
    return { ...common, amount: { total: minor, currency }, payer: {} };
  }
  return { ...common, ...paidPart(paid, wire['tradeType'] ?? 'NATIVE', fault) };
}

function paidPart(paid: PaidFact, tradeType: string, fault: Fault | null): Record<string, unknown> {
  const { currency } = paid.amount;
  const total = paid.amount.minor + (fault?.name === 'wrong_amount' ? 1 : 0);
  return {
    transaction_id: paid.transactionId,
    trade_type: tradeType,
    bank_type: 'OTHERS',
    success_time: chinaTime(paid.at),
    payer: { openid: paid.payerId },
    amount: { total, payer_total: total, currency, payer_currency: currency },
  };
}

/** The refund as its request and its query show it. */
export function refundView(payment: Payment, refund: Refund): Record<string, unknown> {
  const settled = refund.status === 'SUCCESS' && refund.settledAt !== null;
  const total = payment.paid?.amount.minor ?? payment.amount.minor;
  return {
    refund_id: refund.refundId,
    out_refund_no: refund.refundNo,
    transaction_id: payment.paid?.transactionId ?? '',
    out_trade_no: payment.merchantNo,
    channel: 'ORIGINAL',
    user_received_account: 'Sandbox wallet',
    ...(settled ? { success_time: chinaTime(refund.settledAt) } : {}),
    create_time: chinaTime(refund.requestedAt),
    status: refund.status,
    funds_account: 'AVAILABLE',
    promotion_detail: [],
    amount: {
      total,
      refund: refund.amount.minor,
      payer_total: total,
      payer_refund: refund.amount.minor,
      settlement_refund: refund.amount.minor,
      settlement_total: total,
      discount_refund: 0,
      currency: refund.amount.currency,
    },
  };
}
