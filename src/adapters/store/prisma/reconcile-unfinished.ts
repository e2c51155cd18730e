import { type Finding } from '../../../domain/reconcile';
import { Prisma, type PrismaClient } from './generated/client';
import { before } from './reconcile-holds';
import { type Compared, inOrder, type Slice, type Stage, within } from './reconcile-pages';

/** Things that were begun and have to end soon. */
export function unfinishedStages(prisma: PrismaClient, overdueMs: number): Stage[] {
  return [
    { kind: 'start', page: 500, read: (slice) => starts(prisma, slice, overdueMs) },
    { kind: 'key', page: 500, read: (slice) => keys(prisma, slice, overdueMs) },
    { kind: 'action', page: 500, read: (slice) => actions(prisma, slice, overdueMs) },
  ];
}

/** Keys of start intents, as findings name them. */
const START = Prisma.sql`(s.kind || ':' || s.subject_id)`;

async function starts(prisma: PrismaClient, slice: Slice, overdueMs: number): Promise<Compared[]> {
  const rows = await prisma.$queryRaw<{ id: string; kind: string; subject_id: string; there: boolean }[]>`
    SELECT ${START} AS id, s.kind, s.subject_id, CASE s.kind
      WHEN 'order' THEN EXISTS (SELECT 1 FROM orders o WHERE o.id = s.subject_id)
      WHEN 'refund' THEN EXISTS (SELECT 1 FROM refunds r WHERE r.id = s.subject_id)
      ELSE EXISTS (SELECT 1 FROM webhook_inbox i WHERE i.id = s.subject_id) END AS there
    FROM start_intents s
    WHERE ${within(START, slice)} AND s.created_at < ${before(overdueMs)} ${inOrder(START, slice)}`;
  return rows.map(({ id, kind, subject_id: subjectId, there }) => {
    const found = { kind, subjectId, ...(kind === 'order' && there && { orderId: subjectId }) };
    const code = there ? 'start_overdue' : 'start_of_nothing';
    const finding: Finding = { code, subject: { kind: 'start', id }, found };
    return { key: id, findings: [finding] };
  });
}

/** An order's or refund's key is written with it, so one without it is damage; other keys name what may go. */
async function keys(prisma: PrismaClient, slice: Slice, overdueMs: number): Promise<Compared[]> {
  const key = Prisma.sql`k.resource_id`;
  const rows = await prisma.$queryRaw<{ id: string }[]>`
    SELECT DISTINCT k.resource_id AS id FROM idempotency_records k
    WHERE k.outcome IS NULL AND k.answer_due < ${before(overdueMs)} AND ${within(key, slice)}
      AND (k.resource_id LIKE 'ord\\_%' AND NOT EXISTS (SELECT 1 FROM orders o WHERE o.id = k.resource_id)
        OR k.resource_id LIKE 'ref\\_%' AND NOT EXISTS (SELECT 1 FROM refunds r WHERE r.id = k.resource_id))
    ${inOrder(key, slice)}`;
  return rows.map(({ id }) => {
    const finding: Finding = { code: 'key_of_nothing', subject: { kind: 'key', id }, found: { resourceId: id } };
    return { key: id, findings: [finding] };
  });
}

async function actions(prisma: PrismaClient, slice: Slice, overdueMs: number): Promise<Compared[]> {
  const key = Prisma.sql`a.id`;
  const rows = await prisma.$queryRaw<{ id: string; order_id: string }[]>`
    SELECT a.id, a.order_id FROM operator_actions a
    WHERE a.state = 'executing' AND coalesce(a.decided_at, a.requested_at) < ${before(overdueMs)}
      AND ${within(key, slice)} ${inOrder(key, slice)}`;
  return rows.map(({ id, order_id: orderId }) => {
    const finding: Finding = { code: 'action_overdue', subject: { kind: 'action', id }, found: { orderId } };
    return { key: id, findings: [finding] };
  });
}

/** The starter's next look takes it. */
export async function restart(prisma: PrismaClient, subjectId: string): Promise<void> {
  await prisma.$executeRaw`UPDATE start_intents s SET leased_until = NULL WHERE ${START} = ${subjectId}`;
}
