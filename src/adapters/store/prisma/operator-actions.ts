import { isDeepStrictEqual } from 'node:util';
import { type Actor } from '../../../domain/access';
import { type NewId } from '../../../domain/ids';
import { type ActionState, APPROVAL_MS, type OperatorAction } from '../../../domain/operator-action';
import { type Page } from '../../../ports/catalogue';
import {
  type ActionQuery,
  type ActionResult,
  type Decided,
  type Decision,
  type InsertedAction,
  type MarkCommand,
  type NewOperatorAction,
  type OperatorActionRecord,
  type OperatorActions,
  type RestockCommand,
  type RestockResult,
} from '../../../ports/operator-actions';
import { type Sql, TRANSACTION_LIMITS } from './client';
import { decodeCursor, pageOf } from './cursor';
import { type OperatorActionRow, type Prisma, type PrismaClient } from './generated/client';
import { wasExtended } from './order-extension';
import { restockByAction } from './operator-restock';

/** Actions of operators in PostgreSQL. The order's row is locked for whatever counts what has moved out of it. */
export class PrismaOperatorActions implements OperatorActions {
  constructor(
    private readonly prisma: PrismaClient,
    private readonly newId: NewId,
  ) {}

  insert(action: NewOperatorAction): Promise<InsertedAction> {
    return this.within((tx) => insert(tx, action));
  }

  async find(id: string): Promise<OperatorActionRecord | null> {
    const row = await this.prisma.operatorActionRow.findUnique({ where: { id } });
    return row && toRecord(row);
  }

  decide(decision: Decision): Promise<Decided> {
    return this.within((tx) => decide(tx, decision));
  }

  settle(id: string, state: 'done' | 'refused', result: ActionResult): Promise<OperatorActionRecord> {
    return this.within(async (tx) => {
      const { count } = await tx.operatorActionRow.updateMany({
        where: { id, state: 'executing' },
        data: { state, result: { ...result }, leasedUntil: null },
      });
      const row = await tx.operatorActionRow.findUniqueOrThrow({ where: { id } });
      if (count > 0) await tell(tx, row, state, { ...result });
      return toRecord(row);
    });
  }

  async claim(limit: number, now: number, leaseMs: number): Promise<OperatorActionRecord[]> {
    const rows = await this.prisma.$queryRaw<{ id: string }[]>`
      UPDATE operator_actions SET leased_until = ${new Date(now + leaseMs)}
      WHERE id IN (
        SELECT id FROM operator_actions WHERE state = 'executing' AND (leased_until IS NULL OR leased_until < ${new Date(now)})
        ORDER BY id LIMIT ${limit}::int FOR UPDATE SKIP LOCKED)
      RETURNING id`;
    const found = await this.prisma.operatorActionRow.findMany({
      where: { id: { in: rows.map(({ id }) => id) } },
      orderBy: { id: 'asc' },
    });
    return found.map(toRecord);
  }

  expire(now: number): Promise<number> {
    return this.within(async (tx) => {
      const result = { code: 'expired', message: 'nobody approved it in time' };
      const rows = await tx.operatorActionRow.updateManyAndReturn({
        where: { state: 'awaiting_approval', approveBy: { lte: new Date(now) } },
        data: { state: 'expired', result },
      });
      for (const row of rows) await tell(tx, row, 'expired', {});
      return rows.length;
    });
  }

  async list({ orderId, state, kind, cursor, limit }: ActionQuery): Promise<Page<OperatorActionRecord>> {
    const rows = await this.prisma.operatorActionRow.findMany({
      where: {
        ...(orderId !== undefined && { orderId }),
        ...(state !== undefined && { state }),
        ...(kind !== undefined && { kind }),
        ...(cursor !== null && { id: { lt: decodeCursor(cursor) } }),
      },
      orderBy: { id: 'desc' },
      take: limit + 1,
    });
    return pageOf(rows.map(toRecord), limit);
  }

  async ofOrder(orderId: string): Promise<OperatorActionRecord[]> {
    const rows = await this.prisma.operatorActionRow.findMany({ where: { orderId }, orderBy: { id: 'asc' } });
    return rows.map(toRecord);
  }

  restock(command: RestockCommand): Promise<RestockResult> {
    return this.within((tx) => restockByAction(tx, this.newId, command));
  }

  mark(command: MarkCommand): ReturnType<OperatorActions['mark']> {
    return this.within((tx) => mark(tx, command));
  }

  extendedBy(orderId: string, actionId: string): Promise<boolean> {
    return wasExtended(this.prisma, orderId, actionId);
  }

  private within<T>(work: (tx: Sql) => Promise<T>): Promise<T> {
    return this.prisma.$transaction(work, TRANSACTION_LIMITS);
  }
}

async function insert(tx: Sql, action: NewOperatorAction): Promise<InsertedAction> {
  const { orderId, requestedBy, idempotencyKey } = action;
  const orders = await tx.$queryRaw<unknown[]>`SELECT 1 FROM orders WHERE id = ${orderId} FOR UPDATE`;
  if (orders.length === 0) return { t: 'orderNotFound' };
  const earlier = await tx.operatorActionRow.findUnique({
    where: { actorId_clientKey: { actorId: requestedBy.id, clientKey: idempotencyKey } },
  });
  if (earlier) return sameRequest(earlier, action) ? { t: 'replayed', record: toRecord(earlier) } : { t: 'reused' };
  const second = action.needsSecond(await movedAlone(tx, orderId, action.action.kind));
  const row = await tx.operatorActionRow.create({
    data: {
      ...{ id: action.id, orderId, kind: action.action.kind, reason: action.reason, amountMinor: action.amountMinor },
      action: action.action as unknown as Prisma.InputJsonObject,
      actorId: requestedBy.id,
      clientKey: idempotencyKey,
      requestedBy: asJson(requestedBy),
      requestedAt: new Date(action.now),
      state: second ? 'awaiting_approval' : 'executing',
      approveBy: second ? new Date(action.now + APPROVAL_MS) : null,
      leasedUntil: second ? null : new Date(action.now + action.leaseMs),
    },
  });
  await tell(tx, row, 'asked', { by: nameOf(requestedBy), reason: action.reason, needsApproval: second });
  return { t: 'inserted', record: toRecord(row) };
}

function sameRequest(row: OperatorActionRow, { orderId, action, reason }: NewOperatorAction): boolean {
  const asked: unknown = JSON.parse(JSON.stringify(action));
  return row.orderId === orderId && row.reason === reason && isDeepStrictEqual(row.action, asked);
}

/** What actions of a kind have moved out of the order, or are about to, on one person's word: many small ones are one large one. */
async function movedAlone(tx: Sql, orderId: string, kind: string): Promise<number> {
  const { _sum } = await tx.operatorActionRow.aggregate({
    where: { orderId, kind, approveBy: null, state: { in: ['executing', 'done'] } },
    _sum: { amountMinor: true },
  });
  return Number(_sum.amountMinor ?? 0n);
}

async function decide(tx: Sql, { id, by, verdict, reason, now, leaseMs }: Decision): Promise<Decided> {
  await tx.$queryRaw`SELECT 1 FROM operator_actions WHERE id = ${id} FOR UPDATE`;
  const row = await tx.operatorActionRow.findUnique({ where: { id } });
  if (!row) return { t: 'notFound' };
  if (row.state !== 'awaiting_approval' || (row.approveBy?.getTime() ?? 0) <= now)
    return { t: 'notAwaiting', record: toRecord(row) };
  const declined = { state: 'declined', result: { code: 'declined', message: reason ?? '' } };
  const approved = { state: 'executing', leasedUntil: new Date(now + leaseMs) };
  const decided = await tx.operatorActionRow.update({
    where: { id },
    data: {
      ...(verdict === 'approved' ? approved : declined),
      approvedBy: asJson(by),
      decidedAt: new Date(now),
    },
  });
  await tell(tx, decided, verdict, { by: nameOf(by), ...(reason !== null && { reason }) });
  return { t: 'decided', record: toRecord(decided) };
}

/** Ids are ULIDs: they stand in the order in which actions were asked for. */
async function mark(tx: Sql, { actionId, orderId, manual }: MarkCommand): ReturnType<OperatorActions['mark']> {
  const orders = await tx.$queryRaw<unknown[]>`SELECT 1 FROM orders WHERE id = ${orderId} FOR UPDATE`;
  if (orders.length === 0) return 'orderNotFound';
  const later = await tx.operatorActionRow.findFirst({
    where: { orderId, kind: { in: ['manual', 'resume'] }, id: { gt: actionId } },
    select: { id: true },
  });
  if (later) return 'overtaken';
  await tx.$executeRaw`
    UPDATE orders SET manual_since = CASE WHEN ${manual} THEN coalesce(manual_since, clock_timestamp()) END
    WHERE id = ${orderId}`;
  return 'marked';
}

/** What the order's timeline says of an action; who acted by id and name, as colleagues know them. */
async function tell(tx: Sql, row: OperatorActionRow, step: string, data: Prisma.InputJsonObject): Promise<void> {
  await tx.orderFact.create({
    data: {
      orderId: row.orderId,
      kind: 'action',
      what: `operator: ${row.kind} ${step}`,
      data: { actionId: row.id, ...data },
    },
  });
}

const nameOf = ({ id, name }: Actor): Prisma.InputJsonObject => ({ id, name });
const asJson = ({ id, name, roles }: Actor): Prisma.InputJsonObject => ({ id, name, roles: [...roles] });
const time = (at: Date | null): string | null => at && at.toISOString();

function toRecord(row: OperatorActionRow): OperatorActionRecord {
  return {
    id: row.id,
    orderId: row.orderId,
    action: row.action as unknown as OperatorAction,
    reason: row.reason,
    requestedBy: row.requestedBy as unknown as Actor,
    requestedAt: row.requestedAt.toISOString(),
    state: row.state as ActionState,
    approvedBy: row.approvedBy as unknown as Actor | null,
    decidedAt: time(row.decidedAt),
    approveBy: time(row.approveBy),
    result: row.result as unknown as ActionResult | null,
  };
}
