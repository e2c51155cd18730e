import { type NewId } from '../../../domain/ids';
import { type OrderDraft } from '../../../domain/order';
import { type GatewayName } from '../../../domain/payment';
import { type ProcessDraft } from '../../../ports/process-draft';
import {
  type FactToTell,
  type InboxEntry,
  type PaymentFact,
  type StoreOutcome,
  type WebhookInbox,
} from '../../../ports/webhook-inbox';
import { type PrismaClient } from './generated/client';

interface FactRow {
  readonly id: string;
  readonly order_id: string;
  readonly payment_id: string;
  readonly transaction_id: string;
  readonly amount: bigint;
  readonly currency: string;
  readonly paid_at: Date;
}

interface ClaimedRow extends FactRow {
  readonly buyer_id: string | null;
  readonly pay_with: GatewayName | null;
  readonly pay_by: Date | null;
  readonly lines: OrderDraft['lines'] | null;
}

/** Verified notifications in PostgreSQL. */
export class PrismaWebhookInbox implements WebhookInbox {
  constructor(
    private readonly prisma: PrismaClient,
    private readonly newId: NewId,
  ) {}

  async store({ gateway, eventId, merchantNo, paid }: InboxEntry): Promise<StoreOutcome> {
    const { minor, currency } = paid.amount;
    const [stored] = await this.prisma.$queryRaw<{ payment_id: string | null; state: string }[]>`
      WITH stored AS (
      INSERT INTO webhook_inbox (id, gateway, event_id, merchant_no, transaction_id, amount, currency, paid_at,
                                 order_id, payment_id, state)
      SELECT ${this.newId('event')}, ${gateway}, ${eventId}, ${merchantNo}, ${paid.transactionId}, ${minor}::bigint,
             ${currency}, ${paid.paidAt}::timestamptz, p.order_id, p.id,
             CASE WHEN p.id IS NULL THEN 'late' WHEN p.amount = ${minor}::bigint AND p.currency = ${currency} THEN 'received'
                  ELSE 'held_for_review' END
      FROM (SELECT 1) one LEFT JOIN payments p ON p.gateway = ${gateway} AND p.merchant_no = ${merchantNo}
      ON CONFLICT DO NOTHING RETURNING id, order_id, payment_id, state, transaction_id),
      intended AS (
        INSERT INTO start_intents (kind, subject_id) SELECT 'late_payment', id FROM stored WHERE state = 'late'),
      told AS (
        INSERT INTO order_facts (order_id, kind, what, data)
        SELECT order_id, 'payment', CASE state WHEN 'received' THEN 'notified' ELSE 'notified of a wrong amount' END,
               jsonb_build_object('paymentId', payment_id, 'transactionId', transaction_id, 'amount', ${minor}::bigint,
                                  'currency', ${currency}::text)
        FROM stored WHERE order_id IS NOT NULL)
      SELECT payment_id, state FROM stored`;
    if (!stored) return 'duplicate';
    if (stored.payment_id === null) return 'unknownPayment';
    return stored.state === 'received' ? 'stored' : 'wrongAmount';
  }

  async claim(limit: number, leaseMs: number): Promise<FactToTell[]> {
    const rows = await this.prisma.$queryRaw<ClaimedRow[]>`
      WITH claimed AS (
        UPDATE webhook_inbox
        SET leased_until = clock_timestamp() + make_interval(secs => ${leaseMs / 1000}), tries = tries + 1
        WHERE id IN (
          SELECT id FROM webhook_inbox
          WHERE state = 'received' AND (leased_until IS NULL OR leased_until < clock_timestamp())
          ORDER BY received_at LIMIT ${limit} FOR UPDATE SKIP LOCKED)
        RETURNING id, order_id, payment_id, transaction_id, amount, currency, paid_at, received_at)
      SELECT c.*, o.buyer_id, o.pay_with, o.pay_by,
             (SELECT jsonb_agg(jsonb_build_object('skuId', l.sku_id, 'quantity', l.quantity) ORDER BY l.position)
              FROM order_lines l WHERE l.order_id = o.id) AS lines
      FROM claimed c LEFT JOIN orders o ON o.id = c.order_id ORDER BY c.received_at`;
    return rows.map((row) => ({ ...toFact(row), draft: draftOf(row) }));
  }

  pending(): Promise<number> {
    return this.prisma.webhookInbox.count({ where: { state: 'received' } });
  }

  async delivered(inboxIds: readonly string[]): Promise<void> {
    await this.prisma.$executeRaw`
      UPDATE webhook_inbox SET state = 'delivered' WHERE id = ANY(${[...inboxIds]}) AND state = 'received'`;
  }

  async late({ orderId, paymentId, paid }: Omit<PaymentFact, 'inboxId'>): Promise<void> {
    const { minor, currency } = paid.amount;
    await this.prisma.$executeRaw`
      WITH entered AS (
        INSERT INTO webhook_inbox (id, gateway, event_id, merchant_no, transaction_id, amount, currency, paid_at,
                                   order_id, payment_id, state)
        SELECT ${this.newId('event')}, p.gateway, 'query:' || ${paid.transactionId}, p.merchant_no, ${paid.transactionId},
               ${minor}::bigint, ${currency}, ${paid.paidAt}::timestamptz, ${orderId}, p.id, 'late'
        FROM payments p WHERE p.id = ${paymentId}
        ON CONFLICT (gateway, transaction_id) DO UPDATE SET state = 'late'
          WHERE webhook_inbox.state IN ('received', 'delivered')
        RETURNING id, transaction_id),
      told AS (
        INSERT INTO order_facts (order_id, kind, what, data)
        SELECT ${orderId}, 'payment', 'late payment', jsonb_build_object('transactionId', transaction_id) FROM entered)
      INSERT INTO start_intents (kind, subject_id) SELECT 'late_payment', id FROM entered ON CONFLICT DO NOTHING`;
  }

  async paidFact(orderId: string, paymentId: string): Promise<PaymentFact | null> {
    const [row] = await this.prisma.$queryRaw<FactRow[]>`
      SELECT id, order_id, payment_id, transaction_id, amount, currency, paid_at FROM webhook_inbox
      WHERE order_id = ${orderId} AND payment_id = ${paymentId} AND state IN ('received', 'delivered') ORDER BY received_at LIMIT 1`;
    return row ? toFact(row) : null;
  }
}

function toFact(row: FactRow): PaymentFact {
  return {
    inboxId: row.id,
    orderId: row.order_id,
    paymentId: row.payment_id,
    paid: {
      transactionId: row.transaction_id,
      amount: { minor: Number(row.amount), currency: row.currency },
      paidAt: row.paid_at.toISOString(),
    },
  };
}

function draftOf({ buyer_id: buyerId, pay_with: payWith, pay_by: payBy, lines }: ClaimedRow): ProcessDraft | null {
  if (buyerId === null || payBy === null || lines === null) return null;
  // The payment that is told is something that has happened to it.
  return { buyerId, lines, payWith, payBy: payBy.toISOString(), asPlaced: false };
}
