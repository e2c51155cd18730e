import { type CloseReason, type OrderStatus } from '../../../domain/order-status';
import { type PaymentChoice } from '../../../domain/payment';
import { type OrderProgress } from '../../../ports/order-store';
import { type Sql } from './client';
import { type AttemptRow, toAttempt } from './order-mapping';

interface Row extends Omit<AttemptRow, 'id'> {
  readonly orderStatus: string;
  readonly payBy: Date;
  readonly closeReason: string | null;
  readonly switched: boolean;
  readonly titles: string[];
  /** The attempt's; null where there is none, and then so are its other columns. */
  readonly id: string | null;
  readonly method: string | null;
  readonly payerId: string | null;
}

/** Where an order is and what its create is asked with, in one statement: what a process begins with that its start doesn't tell. */
export async function readProgress(sql: Sql, orderId: string, paymentId: string | null): Promise<OrderProgress | null> {
  const [row] = await sql.$queryRaw<Row[]>`
    SELECT o.status AS "orderStatus", o.pay_by AS "payBy", o.close_reason AS "closeReason",
           EXISTS (SELECT 1 FROM payments WHERE order_id = o.id AND attempt > 1) AS switched,
           ARRAY(SELECT title FROM order_lines WHERE order_id = o.id ORDER BY position) AS titles,
           p.id, p.gateway, p.status, p.merchant_no AS "merchantNo", p.amount, p.currency, p.expires_at AS "expiresAt",
           p.pay_url AS "payUrl", p.code_url AS "codeUrl", p.gateway_ref AS "gatewayRef",
           p.transaction_id AS "transactionId", c.method, c.payer_id AS "payerId"
    FROM orders o
    LEFT JOIN LATERAL (
      SELECT * FROM payments
      WHERE order_id = o.id AND (${paymentId}::text IS NULL OR id = ${paymentId}::text)
      ORDER BY status IN ('paid', 'refunded') DESC, attempt DESC LIMIT 1) p ON true
    LEFT JOIN payment_choices c ON c.payment_id = p.id
    WHERE o.id = ${orderId}`;
  return row ? toProgress(row) : null;
}

function toProgress({ id, ...row }: Row): OrderProgress {
  return {
    status: row.orderStatus as OrderStatus,
    payBy: row.payBy.toISOString(),
    closeReason: row.closeReason as CloseReason | null,
    payment: id === null ? null : toAttempt({ ...row, id }),
    choice: row.method === null ? null : { method: row.method as PaymentChoice['method'], payerId: row.payerId },
    switched: row.switched,
    titles: row.titles,
  };
}
