import { type OrderStatus } from '../../../domain/order-status';
import { type ExtendCommand, type ExtendOutcome } from '../../../ports/order-store';
import { OPEN_ATTEMPTS } from './attempts';
import { type Sql } from './client';

/** What the timeline tells of a moved deadline; the command in it is what a repeat is recognised by. */
const EXTENDED = 'payment window extended';

/** Moves the deadline under the order's lock, in the caller's transaction: to a later time only, and once per command. */
export async function extendWindow(
  tx: Sql,
  { orderId, commandId, payBy: asked }: ExtendCommand,
): Promise<ExtendOutcome> {
  const [order] = await tx.$queryRaw<{ status: OrderStatus; pay_by: Date }[]>`
    SELECT status, pay_by FROM orders WHERE id = ${orderId} FOR UPDATE`;
  if (!order) throw new Error(`the order ${orderId} is not in the database`);
  const present = order.pay_by.toISOString();
  const done = await wasExtended(tx, orderId, commandId);
  if (!done && (order.status !== 'awaiting_payment' || Date.parse(asked) <= order.pay_by.getTime()))
    return { t: 'refused', status: order.status, payBy: present };
  const payBy = done ? present : new Date(asked).toISOString();
  if (!done) {
    await tx.order.update({ where: { id: orderId }, data: { payBy } });
    const data = { commandId, from: present, payBy };
    await tx.orderFact.create({ data: { orderId, kind: 'action', what: EXTENDED, data } });
  }
  const open = await tx.payment.findFirst({
    where: { orderId, status: { in: OPEN_ATTEMPTS } },
    orderBy: { attempt: 'desc' },
    select: { expiresAt: true },
  });
  return { t: 'extended', payBy, attemptExpiresAt: open ? open.expiresAt.toISOString() : null };
}

/** Whether the command has moved the order's deadline before. */
export async function wasExtended(sql: Sql, orderId: string, commandId: string): Promise<boolean> {
  const rows = await sql.$queryRaw<unknown[]>`
    SELECT 1 FROM order_facts
    WHERE order_id = ${orderId} AND kind = 'action' AND what = ${EXTENDED} AND data->>'commandId' = ${commandId} LIMIT 1`;
  return rows.length > 0;
}
