import { type PaymentAttempt } from '../../../domain/order';
import { expiryOf, type GatewayName } from '../../../domain/payment';
import { type Sql } from './client';
import { toAttempt } from './order-mapping';

/** States in which an attempt may still take money. */
const OPEN = ['creating', 'pending', 'failed'];

export async function findPayment(sql: Sql, orderId: string, paymentId: string): Promise<PaymentAttempt | null> {
  const row = await sql.payment.findFirst({ where: { id: paymentId, orderId } });
  return row && toAttempt(row);
}

export async function openAttempts(sql: Sql, orderId: string): Promise<PaymentAttempt[]> {
  const rows = await sql.payment.findMany({ where: { orderId, status: { in: OPEN } }, orderBy: { attempt: 'asc' } });
  return rows.map(toAttempt);
}

export async function attemptClosed(sql: Sql, paymentId: string): Promise<void> {
  await sql.payment.updateMany({ where: { id: paymentId, status: { in: OPEN } }, data: { status: 'closed' } });
}

export interface NewAttempt {
  readonly orderId: string;
  readonly paymentId: string;
  readonly gateway: GatewayName;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Marks the earlier attempts closed (the caller has the proof) and adds the next, in the caller's transaction. */
export async function addAttempt(
  tx: Sql,
  { orderId, paymentId, gateway, now }: NewAttempt,
): Promise<PaymentAttempt | null> {
  await tx.$queryRaw`SELECT 1 FROM orders WHERE id = ${orderId} FOR UPDATE`;
  const order = await tx.order.findUnique({
    where: { id: orderId },
    include: { payments: { orderBy: { attempt: 'desc' } } },
  });
  const known = order?.payments.find(({ id }) => id === paymentId);
  if (known) return toAttempt(known);
  if (order?.status !== 'awaiting_payment') return null;
  await tx.payment.updateMany({ where: { orderId, status: { in: OPEN } }, data: { status: 'closed' } });
  await tx.paymentChoice.deleteMany({ where: { orderId, paymentId: { not: paymentId } } });
  const row = await tx.payment.create({
    data: {
      id: paymentId,
      orderId,
      attempt: (order.payments[0]?.attempt ?? 0) + 1,
      gateway,
      status: 'creating',
      merchantNo: paymentId,
      amount: order.amount,
      currency: order.currency,
      expiresAt: expiryOf(gateway, now, order.payBy.getTime()),
    },
  });
  await tx.order.update({ where: { id: orderId }, data: { payWith: gateway } });
  await tx.orderFact.create({
    data: {
      orderId,
      kind: 'payment',
      what: 'creating',
      data: { paymentId, gateway, merchantNo: paymentId, attempt: row.attempt },
    },
  });
  return toAttempt(row);
}
