import { type Refund } from '../../../src/domain/refund';
import { normaliseLines } from '../../../src/domain/stock';
import { type AppDeps } from '../../../src/http/deps';
import { type RefundCommand, type RefundInProcess, type RefundResult } from '../../../src/ports/refund-store';
import { type FakeOrders, Keys } from './fakes';

/** Refunds in memory, of the fake orders: one number each, taken on and never settled. A refusal is not remembered. */
export class FakeRefunds implements Required<AppDeps['refunds']> {
  readonly refunds = new Map<string, Refund>();
  readonly commands: RefundCommand[] = [];
  private readonly keys = new Keys<RefundResult>();

  constructor(private readonly orders: FakeOrders) {}

  request(command: RefundCommand): Promise<RefundResult> {
    this.commands.push(command);
    const earlier = this.keys.earlier(command.idempotency);
    if (earlier) return Promise.resolve(earlier.t === 'requested' ? { ...earlier, replayed: true } : earlier);
    const result = this.decide(command);
    if (result.t === 'requested') this.keys.remember(command.idempotency, result);
    return Promise.resolve(result);
  }

  ofNumber(number: string): Promise<RefundInProcess | null> {
    const found = [...this.refunds.values()].find((refund) => refund.number === number);
    return Promise.resolve(found ? { id: found.id, inboxId: null } : null);
  }

  private decide({ refundId, orderId, amount, reason, restock, secondPersonFrom }: RefundCommand): RefundResult {
    const order = this.orders.orders.get(orderId);
    if (!order) return { t: 'notFound' };
    const { payment, lines } = order;
    if (!payment || !['paid', 'refunding'].includes(order.status)) return { t: 'notRefundable' };
    const { currency } = payment.amount;
    const left = payment.amount.minor - this.begun(orderId);
    if (left === 0) return { t: 'notRefundable' };
    const minor = amount?.minor ?? left;
    if (minor > left || (amount && amount.currency !== currency)) {
      return { t: 'exceeds', refundable: { minor: left, currency } };
    }
    if (secondPersonFrom !== undefined && this.begun(orderId) + minor >= secondPersonFrom)
      return { t: 'secondPersonNeeded' };
    const refund: Refund = {
      id: refundId,
      orderId,
      cause: 'requested',
      gateway: payment.gateway,
      merchantNo: payment.merchantNo,
      gatewayRef: payment.gatewayRef,
      transactionId: payment.transactionId ?? '',
      number: refundId,
      tries: 1,
      paid: payment.amount,
      amount: { minor, currency },
      reason,
      restock: restock ? normaliseLines(lines) : [],
      status: 'pending',
      createdAt: '2026-01-02T00:00:00.000Z',
      settledAt: null,
    };
    this.refunds.set(refundId, refund);
    this.orders.orders.set(orderId, { ...order, status: 'refunding' });
    return { t: 'requested', refund, replayed: false };
  }

  private begun(orderId: string): number {
    const own = [...this.refunds.values()].filter((refund) => refund.orderId === orderId);
    return own.reduce((sum, { amount }) => sum + amount.minor, 0);
  }
}
