import { randomUUID } from 'node:crypto';
import { type SandboxClock } from './clock';
import { ledgerRow } from './ledger';
import { type Store } from './store';
import { type GatewayName, type Money, type Notification, type Payment, type Refund, type RefundStatus } from './types';

/** What a buyer's attempt to pay came to. */
export type PayResult =
  | { readonly accepted: true; readonly transactionId: string }
  | { readonly accepted: false; readonly reason: 'closed' | 'expired' | 'already_paid' | 'unknown' };

/** What asking for a close came to; `closed` is the only one that had an effect. */
export type CloseResult = 'closed' | 'already_closed' | 'already_paid' | 'unknown';

export type NewPayment = Omit<Payment, 'createdAt' | 'state' | 'paid' | 'closedAt' | 'refunds'>;
export type NewRefund = Omit<Refund, 'requestedAt' | 'status' | 'settledAt'>;

/**
 * The money's state machine, the same for every provider: open → paid | closed, paid → refunded in parts.
 * Every method checks and commits in one synchronous step, so that of a payment and a close exactly one wins.
 */
export class Payments {
  constructor(
    private readonly store: Store,
    private readonly clock: SandboxClock,
  ) {}

  get(gateway: GatewayName, merchantNo: string): Payment | null {
    return this.store.payment(gateway, merchantNo);
  }

  /** Creates a payment; the caller has checked that the number is free. */
  create(details: NewPayment): Payment {
    const at = this.clock.nowIso();
    const payment: Payment = { ...details, createdAt: at, state: 'open', paid: null, closedAt: null, refunds: [] };
    const row = ledgerRow(this.store.nextSeq(), at, payment, 'created', payment.amount);
    this.store.commit({ type: 'created', payment, row });
    return payment;
  }

  /** True when `time_expire` has passed: such a payment can't be paid any more, but it is still open to a close. */
  isExpired(payment: Payment): boolean {
    return payment.expiresAt !== null && Date.parse(payment.expiresAt) <= this.clock.nowMs();
  }

  /** The buyer pays, the right amount or another one; at most once, and never after a close or the expiry. */
  pay(
    gateway: GatewayName,
    merchantNo: string,
    by: { transactionId: string; payerId: string; amount?: Money | undefined },
  ): PayResult {
    const payment = this.get(gateway, merchantNo);
    if (!payment) return { accepted: false, reason: 'unknown' };
    if (payment.state === 'paid') return { accepted: false, reason: 'already_paid' };
    if (payment.state === 'closed') return { accepted: false, reason: 'closed' };
    if (this.isExpired(payment)) return { accepted: false, reason: 'expired' };
    const at = this.clock.nowIso();
    const amount = by.amount ?? payment.amount;
    const { transactionId, payerId } = by;
    this.store.commit({
      type: 'paid',
      gateway,
      merchantNo,
      paid: { transactionId, amount, payerId, at },
      row: ledgerRow(this.store.nextSeq(), at, payment, 'paid', amount, { transactionId }),
      notification: this.notificationOf(payment, 'paid', payment.notifyUrl, null, at),
    });
    return { accepted: true, transactionId };
  }

  /** Closes an open payment, expired or not. */
  close(gateway: GatewayName, merchantNo: string): CloseResult {
    const payment = this.get(gateway, merchantNo);
    if (!payment) return 'unknown';
    if (payment.state !== 'open') return payment.state === 'paid' ? 'already_paid' : 'already_closed';
    const at = this.clock.nowIso();
    const row = ledgerRow(this.store.nextSeq(), at, payment, 'closed', payment.amount);
    this.store.commit({ type: 'closed', gateway, merchantNo, at, row });
    return 'closed';
  }

  /** Minor units that a further refund may take: what was paid, less every refund that isn't closed. */
  refundableMinor(payment: Payment): number {
    const taken = payment.refunds.filter((refund) => refund.status !== 'CLOSED');
    return (payment.paid?.amount.minor ?? 0) - taken.reduce((sum, refund) => sum + refund.amount.minor, 0);
  }

  findRefund(gateway: GatewayName, refundNo: string): { payment: Payment; refund: Refund } | null {
    const payment = this.store.paymentOfRefund(gateway, refundNo);
    const refund = payment?.refunds.find((candidate) => candidate.refundNo === refundNo);
    return payment && refund ? { payment, refund } : null;
  }

  /** Starts a refund on a paid payment, in PROCESSING; the caller has checked number and amount. */
  requestRefund(payment: Payment, details: NewRefund): Refund {
    const refund: Refund = { ...details, requestedAt: this.clock.nowIso(), status: 'PROCESSING', settledAt: null };
    const { gateway, merchantNo } = payment;
    this.store.commit({ type: 'refund', gateway, merchantNo, refund, row: null, notification: null });
    return refund;
  }

  /** Ends a refund in PROCESSING. Only SUCCESS moves money, so only it has a ledger row. A settled one stays as it is. */
  settleRefund(gateway: GatewayName, refundNo: string, status: Exclude<RefundStatus, 'PROCESSING'>): void {
    const found = this.findRefund(gateway, refundNo);
    if (!found || found.refund.status !== 'PROCESSING') return;
    const { payment } = found;
    const at = this.clock.nowIso();
    const refund: Refund = { ...found.refund, status, settledAt: at };
    const transactionId = payment.paid?.transactionId ?? '';
    this.store.commit({
      type: 'refund',
      gateway,
      merchantNo: payment.merchantNo,
      refund,
      row:
        status === 'SUCCESS'
          ? ledgerRow(this.store.nextSeq(), at, payment, 'refunded', refund.amount, { transactionId, refundNo })
          : null,
      notification: this.notificationOf(payment, 'refunded', refund.notifyUrl, refundNo, at),
    });
  }

  private notificationOf(
    payment: Payment,
    kind: Notification['kind'],
    url: string | null,
    refundNo: string | null,
    createdAt: string,
  ): Notification | null {
    if (url === null) return null;
    const { gateway, merchantNo } = payment;
    const dueAt = this.clock.machineMs();
    return { id: randomUUID(), gateway, merchantNo, kind, refundNo, url, createdAt, attempts: 0, dueAt };
  }
}
