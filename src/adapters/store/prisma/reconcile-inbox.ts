import { type OrderStatus } from '../../../domain/order-status';
import { type Finding } from '../../../domain/reconcile';
import { Prisma, type PrismaClient } from './generated/client';
import { before } from './reconcile-holds';
import { type Compared, floorOf, inOrder, type Slice, type Stage, within } from './reconcile-pages';

/** Payments that were told to us against what their orders made of them. */
export function inboxStages(prisma: PrismaClient, underWayMs: number): Stage[] {
  return [{ kind: 'inbox', page: 200, read: (slice) => payments(prisma, slice, underWayMs) }];
}

interface InboxRow {
  readonly id: string;
  readonly state: 'received' | 'delivered' | 'held_for_review';
  readonly order_id: string | null;
  readonly payment_id: string | null;
  readonly transaction_id: string;
  readonly merchant_no: string;
  readonly gateway: string;
  readonly amount: bigint;
  readonly currency: string;
  readonly status: OrderStatus | null;
  readonly taken: boolean;
}

/**
 * `taken`: the order is paid by it. So is one that is paid by the same attempt under another transaction, as far as this goes: its
 * gateway is asked which, and nothing is sent back on a record's word alone.
 */
async function payments(prisma: PrismaClient, slice: Slice, underWayMs: number): Promise<Compared[]> {
  const key = Prisma.sql`i.id`;
  const worth = Prisma.sql`i.state <> 'delivered' OR i.id >= ${floorOf('event', slice)}`;
  const rows = await prisma.$queryRaw<InboxRow[]>`
    SELECT i.id, i.state, i.order_id, i.payment_id, i.transaction_id, i.merchant_no, i.gateway, i.amount, i.currency, o.status,
      EXISTS (
        SELECT 1 FROM payments p WHERE p.order_id = i.order_id AND p.status IN ('paid', 'refunded')
          AND (p.transaction_id = i.transaction_id OR p.id = i.payment_id)) AS taken
    FROM webhook_inbox i LEFT JOIN orders o ON o.id = i.order_id
    WHERE i.state IN ('received', 'delivered', 'held_for_review') AND ${within(key, slice, worth)}
      AND i.received_at < ${before(underWayMs)}
    ${inOrder(key, slice)}`;
  return rows.map((row) => ({ key: row.id, findings: judge(row) }));
}

function judge(row: InboxRow): Finding[] {
  const { id, state, order_id: orderId, transaction_id: transactionId, merchant_no: merchantNo, status } = row;
  const subject = { kind: 'inbox', id } as const;
  const found = { orderId, paymentId: row.payment_id, transactionId, merchantNo, status };
  if (state === 'received') return [{ code: 'payment_undelivered', subject, found }];
  if (state === 'delivered') return row.taken ? [] : [{ code: 'payment_unheard', subject, found }];
  const amount = { minor: Number(row.amount), currency: row.currency };
  return [
    {
      code: 'payment_of_wrong_amount',
      subject,
      found: { orderId, transactionId, merchantNo, gateway: row.gateway, amount },
    },
  ];
}

/** `received` and nobody's: the dispatcher's next look takes it, and telling the workflow twice is harmless. */
export async function redeliver(prisma: PrismaClient, inboxId: string): Promise<void> {
  await prisma.webhookInbox.updateMany({
    where: { id: inboxId, state: { in: ['received', 'delivered'] } },
    data: { state: 'received', leasedUntil: null },
  });
}
