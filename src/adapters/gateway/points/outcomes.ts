import { sameMoney } from '../../../domain/money';
import { type CloseOutcome, type CreateOutcome, type QueryOutcome, type RefundOutcome } from '../../../domain/payment';
import {
  pointsRefundId,
  type PointsRefund,
  type PointsSpent,
  type PointsStanding,
  pointsTransactionId,
  refusalOfRepeat,
} from '../../../domain/points';
import { type PaymentRef, type RefundRequest } from '../../../ports/payment-gateway';
import {
  type NoSuchPayment,
  type PointsCloseOutcome,
  type PointsRefundOutcome,
  type SpendOutcome,
} from '../../../ports/points-store';

/** An attempt that the database doesn't have can't have been asked for; it is nobody's close either. */
const ABSENT = { t: 'absent', payableUntil: null } as const;
const PAYMENT_UNKNOWN = { t: 'rejected', code: 'PAYMENT_UNKNOWN' } as const;
const AMOUNT_MISMATCH = { t: 'rejected', code: 'AMOUNT_MISMATCH' } as const;

export function createOutcome(outcome: SpendOutcome, ref: PaymentRef): CreateOutcome {
  switch (outcome.t) {
    case 'spent':
      return paidOutcome(outcome, ref);
    case 'closed':
      return { t: 'spent', code: 'PAYMENT_CLOSED' };
    case 'refused':
      return { t: 'rejected', code: outcome.code };
    case 'none':
      return PAYMENT_UNKNOWN;
  }
}

export function queryOutcome(standing: PointsStanding | NoSuchPayment, ref: PaymentRef): QueryOutcome {
  switch (standing.t) {
    case 'spent': {
      const outcome = paidOutcome(standing, ref);
      if (outcome.t === 'rejected') return outcome;
      return { ...outcome, refunded: { minor: standing.refunded, currency: standing.amount.currency } };
    }
    case 'closed':
      return { t: 'closedUnpaid' };
    case 'open':
      return { t: 'pending' };
    case 'none':
      return ABSENT;
  }
}

export function closeOutcome(outcome: PointsCloseOutcome, ref: PaymentRef): CloseOutcome {
  switch (outcome.t) {
    case 'spent':
      return paidOutcome(outcome, ref);
    case 'closed':
      return { t: 'closed', proof: outcome.before ? 'query' : 'ack' };
    case 'none':
      return ABSENT;
  }
}

/** What is wrong with a refund's request before the ledger is asked; null when nothing is. */
export function refundRefusal({ merchantNo, transactionId, amount, refund }: RefundRequest): RefundOutcome | null {
  if (transactionId !== pointsTransactionId(merchantNo)) return { t: 'rejected', code: 'NUMBER_MISMATCH' };
  return amount.currency === refund.currency ? null : AMOUNT_MISMATCH;
}

export function refundOutcome(outcome: PointsRefundOutcome, refundNo: string): RefundOutcome {
  switch (outcome.t) {
    case 'refunded':
      return succeeded(refundNo);
    case 'refused':
      return { t: 'rejected', code: outcome.code };
    case 'none':
      return PAYMENT_UNKNOWN;
  }
}

export function queryRefundOutcome(known: PointsRefund | null, request: RefundRequest): RefundOutcome {
  if (!known) return { t: 'absent' };
  const code = refusalOfRepeat(known, askedRefund(request));
  return code ? { t: 'rejected', code } : succeeded(request.refundNo);
}

export function askedRefund({ refundNo, merchantNo, refund }: RefundRequest): PointsRefund {
  return { refundNo, merchantNo, amount: refund };
}

function succeeded(refundNo: string): RefundOutcome {
  return { t: 'succeeded', refundId: pointsRefundId(refundNo) };
}

function paidOutcome(
  { amount, spentAt }: PointsSpent,
  ref: PaymentRef,
): Extract<CreateOutcome, { t: 'paid' | 'rejected' }> {
  if (!sameMoney(amount, ref.amount)) return AMOUNT_MISMATCH;
  return { t: 'paid', paid: { transactionId: pointsTransactionId(ref.merchantNo), amount, paidAt: spentAt } };
}
