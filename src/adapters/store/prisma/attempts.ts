import { type PaymentAttempt } from '../../../domain/order';
import { expiryOf } from '../../../domain/payment';
import {
  type AddAttemptOutcome,
  type AttemptToAdd,
  type GatewayAnswer,
  type PaymentUpdate,
} from '../../../ports/order-store';
import { type Sql } from './client';
import { Prisma } from './generated/client';
import { toAttempt } from './order-mapping';

/** States in which an attempt may still take money. */
export const OPEN_ATTEMPTS = ['creating', 'pending', 'failed'];

export async function findPayment(sql: Sql, orderId: string, paymentId: string): Promise<PaymentAttempt | null> {
  const row = await sql.payment.findFirst({ where: { id: paymentId, orderId } });
  return row && toAttempt(row);
}

export async function openAttempts(sql: Sql, orderId: string): Promise<PaymentAttempt[]> {
  const rows = await sql.payment.findMany({
    where: { orderId, status: { in: OPEN_ATTEMPTS } },
    orderBy: { attempt: 'asc' },
  });
  return rows.map(toAttempt);
}

export async function attemptClosed(sql: Sql, paymentId: string): Promise<void> {
  await sql.payment.updateMany({ where: { id: paymentId, status: { in: OPEN_ATTEMPTS } }, data: { status: 'closed' } });
}

/**
 * A gateway's answer to a create, in one statement. Only from `creating` or `failed`: an answer that comes late must not
 * reopen what is paid or closed. Only the create needs to know who pays, and it is never asked for again.
 */
export async function paymentCreated(
  sql: Sql,
  { orderId, paymentId, op, outcome }: GatewayAnswer,
  update: PaymentUpdate,
): Promise<void> {
  const credential =
    update.status === 'failed'
      ? Prisma.empty
      : Prisma.sql`, pay_url = ${update.payUrl}, code_url = ${update.codeUrl}, gateway_ref = ${update.gatewayRef}`;
  await sql.$executeRaw`
    WITH answered AS (
      UPDATE payments SET status = ${update.status}${credential}
      WHERE id = ${paymentId} AND status IN ('creating', 'failed')),
    unchosen AS (DELETE FROM payment_choices WHERE payment_id = ${paymentId})
    INSERT INTO order_facts (order_id, kind, what, data)
    VALUES (${orderId}, 'gateway', ${`${op}: ${outcome.t}`}, ${JSON.stringify({ paymentId, ...outcome })}::jsonb)`;
}

/**
 * Marks the earlier attempt closed (the caller has the proof) and adds the next, in the caller's transaction; or answers the one that
 * stands in its way. `now`: epoch milliseconds.
 */
export async function addAttempt(
  tx: Sql,
  { orderId, paymentId, gateway, closed, now }: AttemptToAdd & { readonly now: number },
): Promise<AddAttemptOutcome | null> {
  await tx.$queryRaw`SELECT 1 FROM orders WHERE id = ${orderId} FOR UPDATE`;
  const order = await tx.order.findUnique({
    where: { id: orderId },
    include: { payments: { orderBy: { attempt: 'desc' } } },
  });
  const known = order?.payments.find(({ id }) => id === paymentId);
  if (known) return { t: 'added', attempt: toAttempt(known) };
  if (order?.status !== 'awaiting_payment') return null;
  if (closed) await attemptClosed(tx, closed);
  const standing = order.payments.find(({ id, status }) => OPEN_ATTEMPTS.includes(status) && id !== closed);
  if (closed !== undefined && standing) return { t: 'standing', attempt: toAttempt(standing) };
  await tx.payment.updateMany({ where: { orderId, status: { in: OPEN_ATTEMPTS } }, data: { status: 'closed' } });
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
  return { t: 'added', attempt: toAttempt(row) };
}
