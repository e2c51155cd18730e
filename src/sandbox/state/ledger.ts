import { type LedgerKind, type LedgerRow, type Money, type Payment } from './types';

/**
 * Builds the ledger row of one effect. Exactly one `created` and at most one `paid` and one `closed` row exist per
 * payment, one `refunded` per refund number, one `notified` per acknowledged notification.
 */
export function ledgerRow(
  seq: number,
  at: string,
  payment: Pick<Payment, 'gateway' | 'merchantNo'>,
  kind: LedgerKind,
  amount: Money,
  extra: { transactionId?: string; refundNo?: string } = {},
): LedgerRow {
  return { seq, at, gateway: payment.gateway, merchantNo: payment.merchantNo, kind, amount, ...extra };
}
