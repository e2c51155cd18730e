import { type NewId } from '../../../domain/ids';
import { type GatewayName, type PaymentStatus } from '../../../domain/payment';
import { type SubjectKind } from '../../../domain/reconcile';
import { type Refund } from '../../../domain/refund';
import { type Clock } from '../../../ports/clock';
import {
  type KnownAttempt,
  type OpenProcess,
  type OwnBooks,
  type ReconcileReads,
  type Slice as Listed,
} from '../../../ports/reconcile-reads';
import { type Examined, type Scope } from '../../../ports/reconciliation';
import { Prisma, type PrismaClient } from './generated/client';
import { counterStages } from './reconcile-counters';
import { eventStages } from './reconcile-events';
import { before, holdStages, settleHold } from './reconcile-holds';
import { inboxStages, redeliver } from './reconcile-inbox';
import { examineStages, floorOf, inOrder, num, type Slice, type Stage, within } from './reconcile-pages';
import { restart, unfinishedStages } from './reconcile-unfinished';
import { toRefund } from './refund-mapping';

export interface ReconcileReadsOptions {
  readonly newId: NewId;
  readonly now: Clock;
  /** Younger than this is simply under way. */
  readonly underWayMs: number;
  /** What has to be over by then: starts, actions, a subscriber's way to the feed's end. */
  readonly overdueMs: number;
}

/** A page of processes, each a call of the Temporal server. */
const PROCESSES = 100;
/** A page of attempts or refunds, each a call of its gateway. */
const CALLS = 20;

/** What reconciliation reads of PostgreSQL. */
export class PrismaReconcileReads implements ReconcileReads {
  private readonly stages: Readonly<Record<OwnBooks, readonly Stage[]>>;

  constructor(
    private readonly prisma: PrismaClient,
    private readonly options: ReconcileReadsOptions,
  ) {
    const { underWayMs, overdueMs } = options;
    this.stages = {
      counters: counterStages(prisma),
      holds: holdStages(prisma, underWayMs),
      inbox: inboxStages(prisma, underWayMs),
      events: eventStages(prisma, { underWayMs, lagMs: overdueMs }),
      unfinished: unfinishedStages(prisma, overdueMs),
    };
  }

  examine(of: OwnBooks, scope: Scope): Promise<Examined> {
    return examineStages(this.stages[of], scope);
  }

  async openProcesses(scope: Scope): Promise<Listed<OpenProcess>> {
    const key = Prisma.sql`x.id`;
    const slice = sliceOf(scope, ['order', 'refund', 'inbox'], PROCESSES);
    const rows = await this.prisma.$queryRaw<
      { kind: OpenProcess['kind']; id: string; order_id: string | null; gateway: GatewayName | null }[]
    >`
      SELECT x.kind, x.id, x.order_id, x.gateway FROM (
        SELECT 'order' AS kind, id, id AS order_id, NULL AS gateway, created_at FROM orders
        WHERE status IN ('awaiting_payment', 'closing')
        UNION ALL
        SELECT 'refund', id, order_id, gateway, created_at FROM refunds WHERE status <> 'succeeded' AND inbox_id IS NULL
        UNION ALL
        SELECT 'inbox', i.id, i.order_id, NULL, i.received_at FROM webhook_inbox i
        LEFT JOIN refunds r ON r.inbox_id = i.id
        WHERE i.state IN ('late', 'refunding') AND r.status IS DISTINCT FROM 'succeeded') x
      WHERE ${within(key, slice)} AND x.created_at < ${before(this.options.underWayMs)}
        AND NOT EXISTS (SELECT 1 FROM start_intents s WHERE s.subject_id = x.id)
      ${inOrder(key, slice)}`;
    const items = rows.map(({ order_id: orderId, ...row }) => ({ ...row, orderId }));
    return {
      items,
      next: nextOf(
        items.map(({ id }) => id),
        slice,
      ),
    };
  }

  async settledFor(orderIds: readonly string[], ms: number): Promise<ReadonlyMap<string, string>> {
    const rows = await this.prisma.$queryRaw<{ id: string; status: string }[]>`
      SELECT id, status FROM orders
      WHERE id = ANY(${[...orderIds]}::text[]) AND status NOT IN ('placing', 'awaiting_payment', 'closing')
        AND coalesce(closed_at, paid_at, created_at) < ${before(ms)}`;
    return new Map(rows.map(({ id, status }) => [id, status]));
  }

  async attempts(scope: Scope): Promise<Listed<KnownAttempt>> {
    const key = Prisma.sql`p.id`;
    const slice = sliceOf(scope, ['payment'], CALLS);
    const worth = Prisma.sql`p.id >= ${floorOf('payment', slice)} AND (
      p.status IN ('creating', 'pending') OR coalesce(p.paid_at, o.closed_at, o.paid_at, p.created_at) >= ${fromOf(slice)})`;
    const rows = await this.prisma.$queryRaw<
      { id: string; order_id: string; status: PaymentStatus; told: string[]; refunded: bigint }[]
    >`
      SELECT p.id, p.order_id, p.status,
        (SELECT coalesce(array_agg(i.transaction_id), '{}') FROM webhook_inbox i
         WHERE i.order_id = p.order_id AND i.payment_id = p.id) AS told,
        (SELECT coalesce(sum(r.amount), 0)::bigint FROM refunds r
         WHERE r.order_id = p.order_id AND r.gateway = p.gateway AND r.merchant_no = p.merchant_no) AS refunded
      FROM payments p JOIN orders o ON o.id = p.order_id
      WHERE p.status IN ('creating', 'pending', 'paid', 'closed', 'refunded') AND ${within(key, slice, worth)}
        AND p.created_at < ${before(this.options.underWayMs)} AND o.status <> 'closing'
      ${inOrder(key, slice)}`;
    const items = rows.map(({ id: paymentId, order_id: orderId, status, told, refunded }) => ({
      ...{ paymentId, orderId, status, told },
      refundedMinor: num(refunded),
    }));
    return {
      items,
      next: nextOf(
        items.map(({ paymentId }) => paymentId),
        slice,
      ),
    };
  }

  async refunds(scope: Scope): Promise<Listed<Refund & { readonly inboxId: string | null }>> {
    const { ids, after, limit, window } = sliceOf(scope, ['refund'], CALLS);
    const rows = await this.prisma.refund.findMany({
      where: {
        id: ids ? { in: [...ids] } : { gt: after },
        OR: [{ status: { in: ['processing', 'manual'] } }, { settledAt: { gte: new Date(window?.from ?? 0) } }],
        createdAt: { lt: new Date(this.options.now() - this.options.underWayMs) },
      },
      orderBy: { id: 'asc' },
      take: limit,
    });
    const items = rows.map((row) => ({ ...toRefund(row), inboxId: row.inboxId }));
    return { items, next: rows.length >= limit ? (rows.at(-1)?.id ?? null) : null };
  }

  settleHold(orderId: string): Promise<boolean> {
    return settleHold(this.prisma, this.options.newId, orderId);
  }

  redeliver(inboxId: string): Promise<void> {
    return redeliver(this.prisma, inboxId);
  }

  restart(subjectId: string): Promise<void> {
    return restart(this.prisma, subjectId);
  }
}

function sliceOf(scope: Scope, kinds: readonly SubjectKind[], limit: number): Slice {
  if (scope.t === 'page') return { after: scope.after ?? '', ids: null, limit, window: scope.window };
  const ids = scope.subjects.filter(({ kind }) => kinds.includes(kind)).map(({ id }) => id);
  return { after: '', ids, limit: ids.length, window: null };
}

function nextOf(ids: readonly string[], { limit, ids: asked }: Slice): string | null {
  return asked === null && ids.length >= limit ? (ids.at(-1) ?? null) : null;
}

function fromOf({ window }: Slice): Prisma.Sql {
  return Prisma.sql`${window?.from ?? new Date(0).toISOString()}::timestamptz`;
}
