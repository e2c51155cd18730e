import { isDeepStrictEqual } from 'node:util';
import { type NewId } from '../../../domain/ids';
import {
  type LatePaymentPolicy,
  MOST_REFUND_TRIES,
  type Refund,
  refundNumber,
  type RefundStatus,
} from '../../../domain/refund';
import {
  type LateDecision,
  type RefundCommand,
  type RefundInProcess,
  type RefundResult,
  type RefundStanding,
  type RefundStore,
} from '../../../ports/refund-store';
import { type Sql, TRANSACTION_LIMITS } from './client';
import { type PrismaClient } from './generated/client';
import { settleLatePayment } from './late-payment';
import { toRefund } from './refund-mapping';
import { requestRefund } from './refund-request';
import { settleRefund } from './refund-settle';

/** Refunds in PostgreSQL. */
export class PrismaRefundStore implements RefundStore {
  constructor(
    private readonly prisma: PrismaClient,
    private readonly newId: NewId,
  ) {}

  request(command: RefundCommand): Promise<RefundResult> {
    return this.within((tx) => requestRefund(tx, this.newId, command));
  }

  async find(refundId: string): Promise<Refund | null> {
    const row = await this.prisma.refund.findUnique({ where: { id: refundId } });
    return row && toRefund(row);
  }

  ofNumber(number: string): Promise<RefundInProcess | null> {
    // An earlier number is the id, or the id and a count: what refundNumber makes.
    const [id = number] = /^ref_[0-9A-Z]{26}/.exec(number) ?? [];
    return this.prisma.refund.findUnique({ where: { id }, select: { id: true, inboxId: true } });
  }

  unsettled(orderId: string): Promise<RefundInProcess[]> {
    const where = { orderId, status: { not: 'succeeded' } };
    return this.prisma.refund.findMany({ where, select: { id: true, inboxId: true }, orderBy: { id: 'asc' } });
  }

  async sending(refundId: string): Promise<void> {
    const status = 'processing';
    await this.prisma.refund.updateMany({ where: { id: refundId, status: 'pending' }, data: { status } });
  }

  processing(refundId: string, answer: RefundStanding): Promise<void> {
    return this.step(refundId, 'processing', { ...answer });
  }

  succeeded(refundId: string, gatewayRefundId: string): Promise<void> {
    return this.within((tx) => settleRefund(tx, this.newId, refundId, gatewayRefundId));
  }

  async renumber(refundId: string, code: string): Promise<boolean> {
    const refund = await this.prisma.refund.findUniqueOrThrow({ where: { id: refundId } });
    if (refund.tries >= MOST_REFUND_TRIES) return false;
    const tries = refund.tries + 1;
    const number = refundNumber(refundId, tries);
    // Guarded by the number it replaces: a repeat finds another one there and changes nothing.
    await this.prisma.refund.updateMany({
      where: { id: refundId, number: refund.number },
      data: { number, tries, status: 'pending' },
    });
    await this.tell(this.prisma, refund.orderId, 'refund: another number', { refundId, code, number });
    return true;
  }

  manual(refundId: string, code: string): Promise<void> {
    return this.step(refundId, 'manual', { code });
  }

  settleLate(inboxId: string, policy: LatePaymentPolicy): Promise<LateDecision> {
    return this.within((tx) => settleLatePayment(tx, this.newId, inboxId, policy));
  }

  private within<T>(work: (tx: Sql) => Promise<T>): Promise<T> {
    return this.prisma.$transaction(work, TRANSACTION_LIMITS);
  }

  /** A refund is asked about for days and weeks: what the gateway says is told once, until it says something else. */
  private step(refundId: string, status: RefundStatus, answer: object): Promise<void> {
    return this.within(async (tx) => {
      const refund = await tx.refund.findUniqueOrThrow({ where: { id: refundId } });
      if (refund.status === 'succeeded') return;
      await tx.refund.update({ where: { id: refundId }, data: { status } });
      const fact = { what: `refund: ${status}`, data: { refundId, ...answer } };
      const last = await tx.orderFact.findFirst({
        where: { orderId: refund.orderId ?? '', kind: 'payment', data: { path: ['refundId'], equals: refundId } },
        orderBy: { id: 'desc' },
        select: { what: true, data: true },
      });
      if (!isDeepStrictEqual(last, fact)) await this.tell(tx, refund.orderId, fact.what, fact.data);
    });
  }

  private async tell(sql: Sql, orderId: string | null, what: string, data: object): Promise<void> {
    if (orderId) await sql.orderFact.create({ data: { orderId, kind: 'payment', what, data } });
  }
}
