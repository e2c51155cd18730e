import { type Payment, type Refund } from '../state/types';
import { chinaTime } from './render';

/** The decrypted content of a refund notification; its field names differ from the refund query's (`refund_status`). */
export function refundNotice(payment: Payment, refund: Refund): Record<string, unknown> {
  const total = payment.paid?.amount.minor ?? payment.amount.minor;
  const succeeded = refund.status === 'SUCCESS' && refund.settledAt !== null;
  return {
    mchid: payment.wire['mchid'] ?? '',
    out_trade_no: payment.merchantNo,
    transaction_id: payment.paid?.transactionId ?? '',
    out_refund_no: refund.refundNo,
    refund_id: refund.refundId,
    refund_status: refund.status,
    ...(succeeded ? { success_time: chinaTime(refund.settledAt) } : {}),
    user_received_account: 'Sandbox wallet',
    amount: { total, refund: refund.amount.minor, payer_total: total, payer_refund: refund.amount.minor },
  };
}
