import { type Actor } from '../../../domain/access';
import { type OrderDraft } from '../../../domain/order';
import { type OutageState } from '../../../domain/outage';
import { type GatewayName } from '../../../domain/payment';
import { type Page } from '../../../ports/catalogue';
import {
  type AffectedOrder,
  type InsertedOutage,
  type NewOutage,
  type Outage,
  type OutageResult,
  type Outages,
} from '../../../ports/outages';
import { TRANSACTION_LIMITS } from './client';
import { decodeCursor, encodeCursor, pageOf } from './cursor';
import { type OutageRow, type PrismaClient } from './generated/client';

interface AffectedRow {
  readonly id: string;
  readonly buyer_id: string;
  readonly pay_with: GatewayName | null;
  readonly pay_by: Date;
  readonly lines: OrderDraft['lines'];
}

/** What stands in a result's place until there is one. */
const UNANSWERED = 'unanswered';

/** Outages in PostgreSQL. */
export class PrismaOutages implements Outages {
  constructor(private readonly prisma: PrismaClient) {}

  insert({ id, gateway, minutes, reason, startedBy, idempotencyKey, now }: NewOutage): Promise<InsertedOutage> {
    const { id: actorId, name, roles } = startedBy;
    const once = { actorId, clientKey: idempotencyKey };
    return this.prisma.$transaction(async (tx): Promise<InsertedOutage> => {
      const { count } = await tx.outageRow.createMany({
        data: {
          ...{ id, gateway, minutes, reason, ...once },
          startedBy: { id: actorId, name, roles: [...roles] },
          startedAt: new Date(now),
        },
        skipDuplicates: true,
      });
      const row = await tx.outageRow.findUniqueOrThrow({ where: { actorId_clientKey: once } });
      const same = row.gateway === gateway && row.minutes === minutes && row.reason === reason;
      if (!same) return { t: 'reused' };
      return { t: count > 0 ? 'inserted' : 'replayed', outage: toOutage(row, new Map()) };
    }, TRANSACTION_LIMITS);
  }

  async find(id: string): Promise<Outage | null> {
    const row = await this.prisma.outageRow.findUnique({ where: { id } });
    return row && toOutage(row, await this.counts([id]));
  }

  async list({ cursor, limit }: { cursor: string | null; limit: number }): Promise<Page<Outage>> {
    const rows = await this.prisma.outageRow.findMany({
      where: cursor === null ? {} : { id: { lt: decodeCursor(cursor) } },
      orderBy: { id: 'desc' },
      take: limit + 1,
    });
    const counts = await this.counts(rows.map(({ id }) => id));
    return pageOf(
      rows.map((row) => toOutage(row, counts)),
      limit,
    );
  }

  async results(
    outageId: string,
    { cursor, limit }: { cursor: string | null; limit: number },
  ): Promise<Page<OutageResult>> {
    const rows = await this.prisma.outageResultRow.findMany({
      where: {
        outageId,
        outcome: { not: UNANSWERED },
        ...(cursor !== null && { orderId: { gt: decodeCursor(cursor) } }),
      },
      orderBy: { orderId: 'asc' },
      take: limit + 1,
    });
    const items = rows.slice(0, limit).map(({ orderId, at, outcome, payBy, message }) => ({
      ...{ orderId, message, at: at.toISOString() },
      outcome: outcome as OutageResult['outcome'],
      payBy: payBy && payBy.toISOString(),
    }));
    const last = items.at(-1);
    return { items, nextCursor: rows.length > limit && last ? encodeCursor(last.orderId) : null };
  }

  async affected(id: string, limit: number): Promise<AffectedOrder[]> {
    const rows = await this.prisma.$queryRaw<AffectedRow[]>`
      SELECT o.id, o.buyer_id, o.pay_with, o.pay_by,
             (SELECT jsonb_agg(jsonb_build_object('skuId', l.sku_id, 'quantity', l.quantity) ORDER BY l.position)
              FROM order_lines l WHERE l.order_id = o.id) AS lines
      FROM outages u
      JOIN orders o ON o.status = 'awaiting_payment' AND o.pay_with = u.gateway AND o.created_at <= u.started_at
      LEFT JOIN outage_results r ON r.outage_id = u.id AND r.order_id = o.id
      WHERE u.id = ${id} AND u.state = 'running'
        AND (r.order_id IS NULL OR r.outcome = ${UNANSWERED})
      ORDER BY coalesce(r.tries, 0), o.pay_by, o.id LIMIT ${limit}::int`;
    return rows.map(({ id: orderId, buyer_id: buyerId, pay_with: payWith, pay_by: payBy, lines }) => ({
      orderId,
      draft: { buyerId, lines, payWith, payBy: payBy.toISOString(), asPlaced: false },
    }));
  }

  async record(outageId: string, { orderId, outcome, payBy, message }: Omit<OutageResult, 'at'>): Promise<void> {
    await this.prisma.$executeRaw`
      INSERT INTO outage_results (outage_id, order_id, outcome, pay_by, message)
      VALUES (${outageId}, ${orderId}, ${outcome}, ${payBy && new Date(payBy)}, ${message})
      ON CONFLICT (outage_id, order_id) DO UPDATE SET outcome = EXCLUDED.outcome, pay_by = EXCLUDED.pay_by,
        message = EXCLUDED.message, at = EXCLUDED.at, tries = outage_results.tries + 1
      WHERE outage_results.outcome = ${UNANSWERED}`;
  }

  async unanswered(outageId: string, orderId: string, why: string): Promise<void> {
    await this.prisma.$executeRaw`
      INSERT INTO outage_results (outage_id, order_id, outcome, message)
      VALUES (${outageId}, ${orderId}, ${UNANSWERED}, ${why})
      ON CONFLICT (outage_id, order_id) DO UPDATE SET message = EXCLUDED.message, at = EXCLUDED.at,
        tries = outage_results.tries + 1
      WHERE outage_results.outcome = ${UNANSWERED}`;
  }

  async end(id: string, state: Exclude<OutageState, 'running'>): Promise<void> {
    await this.prisma.outageRow.updateMany({ where: { id, state: 'running' }, data: { state, endedAt: new Date() } });
  }

  async unstarted(): Promise<readonly string[]> {
    const where = { processStarted: false, state: 'running' };
    const rows = await this.prisma.outageRow.findMany({ where, select: { id: true } });
    return rows.map(({ id }) => id);
  }

  async started(id: string): Promise<void> {
    await this.prisma.outageRow.updateMany({ where: { id }, data: { processStarted: true } });
  }

  private async counts(ids: readonly string[]): Promise<Map<string, number>> {
    const rows = await this.prisma.outageResultRow.groupBy({
      by: ['outageId', 'outcome'],
      where: { outageId: { in: [...ids] }, outcome: { not: UNANSWERED } },
      _count: true,
    });
    return new Map(rows.map(({ outageId, outcome, _count }) => [`${outageId} ${outcome}`, _count]));
  }
}

function toOutage(row: OutageRow, counts: ReadonlyMap<string, number>): Outage {
  const { id, minutes, reason, startedAt, endedAt } = row;
  return {
    ...{ id, minutes, reason },
    gateway: row.gateway as GatewayName,
    startedBy: row.startedBy as unknown as Actor,
    startedAt: startedAt.toISOString(),
    endedAt: endedAt && endedAt.toISOString(),
    state: row.state as OutageState,
    extended: counts.get(`${id} extended`) ?? 0,
    refused: counts.get(`${id} refused`) ?? 0,
  };
}
