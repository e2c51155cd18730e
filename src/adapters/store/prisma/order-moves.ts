import { type NewId } from '../../../domain/ids';
import { type CloseReason, type OrderStatus, statesBefore } from '../../../domain/order-status';
import { type ConfirmCommand, type MoveOutcome, type ReleaseCommand } from '../../../ports/order-store';
import { type EventType, eventRow } from './events';
import { Prisma, type PrismaClient } from './generated/client';
import { settleHolds } from './stock-statements';

/** One state change: where to, what else the order's row takes, what goes with it, what the timeline and the events say. */
interface Move {
  readonly orderId: string;
  readonly to: OrderStatus;
  readonly set: Prisma.Sql;
  /** Further CTEs on `moved(order_id, "from")`, each with a leading comma. */
  readonly also: Prisma.Sql;
  readonly fact: Readonly<Record<string, unknown>>;
  readonly events: readonly { readonly type: EventType; readonly payload: object }[];
}

/** The money is in: the order is paid, its hold is sold, its attempt names the transaction. */
export function confirmMove(prisma: PrismaClient, newId: NewId, { orderId, paymentId, paid }: ConfirmCommand) {
  const { transactionId, amount, paidAt } = paid;
  const payload = { orderId, paymentId, transactionId, amount, paidAt };
  return move(prisma, newId, {
    orderId,
    to: 'paid',
    set: Prisma.sql`paid_at = ${paidAt}::timestamptz, close_reason = NULL`,
    also: Prisma.sql`, ${settleHolds('confirm')},
      settled AS (
        UPDATE payments p SET status = 'paid', transaction_id = ${transactionId}, paid_at = ${paidAt}::timestamptz
        FROM moved WHERE p.id = ${paymentId} AND p.order_id = moved.order_id)`,
    fact: { paymentId, transactionId, amount, paidAt },
    events: [
      { type: 'OrderPaid', payload },
      { type: 'StockSold', payload: { orderId } },
    ],
  });
}

/** Nobody can pay any more: the order is cancelled, its stock goes back, its open attempts are closed. */
export function releaseMove(prisma: PrismaClient, newId: NewId, { orderId, proof }: ReleaseCommand) {
  return move(prisma, newId, {
    orderId,
    to: 'cancelled',
    set: Prisma.sql`closed_at = clock_timestamp()`,
    also: Prisma.sql`, ${settleHolds('release')},
      settled AS (
        UPDATE payments p SET status = 'closed' FROM moved
        WHERE p.order_id = moved.order_id AND p.status IN ('creating', 'pending', 'failed'))`,
    fact: { proof },
    events: [
      { type: 'OrderCancelled', payload: { orderId, proof } },
      { type: 'StockReturned', payload: { orderId } },
    ],
  });
}

/** The window is over, or somebody asked: from here on only the gateway's answer decides. The stock is still held. */
export function closingMove(
  prisma: PrismaClient,
  newId: NewId,
  command: { orderId: string; reason: CloseReason; note: string | null },
) {
  const { orderId, reason, note } = command;
  return move(prisma, newId, {
    orderId,
    to: 'closing',
    set: Prisma.sql`close_reason = ${reason}`,
    also: Prisma.empty,
    fact: note === null ? { reason } : { reason, note },
    events: [{ type: 'OrderClosing', payload: { orderId, reason } }],
  });
}

/** Locks the order, moves it if the table allows, and writes everything that goes with it: one statement, one transaction. */
async function move(prisma: PrismaClient, newId: NewId, change: Move): Promise<MoveOutcome> {
  const { orderId, to } = change;
  const events = change.events.map(({ type, payload }) => eventRow(newId, type, orderId, payload));
  const [row] = await prisma.$queryRaw<{ status: OrderStatus; moved: boolean }[]>`
    WITH standing AS (SELECT id, status FROM orders WHERE id = ${orderId} FOR UPDATE),
    moved AS (
      UPDATE orders o SET status = ${to}, ${change.set} FROM standing s
      WHERE o.id = s.id AND s.status = ANY(${statesBefore(to)}::text[])
      RETURNING o.id AS order_id, s.status AS "from")
    ${change.also},
    told AS (
      INSERT INTO order_facts (order_id, kind, what, data)
      SELECT m.order_id, 'state', ${to}, jsonb_build_object('from', m."from") || ${JSON.stringify(change.fact)}::jsonb
      FROM moved m),
    announced AS (
      INSERT INTO outbox (id, type, order_id, payload)
      SELECT r.* FROM moved, jsonb_to_recordset(${JSON.stringify(events)}::jsonb)
        AS r(id text, type text, order_id text, payload jsonb))
    SELECT status, EXISTS (SELECT 1 FROM moved) AS moved FROM standing`;
  if (!row) throw new Error(`the order ${orderId} is not in the database`);
  if (row.moved) return { t: 'done' };
  return row.status === to ? { t: 'already' } : { t: 'refused', status: row.status };
}
