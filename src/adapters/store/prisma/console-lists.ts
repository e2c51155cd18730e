import { type Page } from '../../../ports/catalogue';
import {
  type EventSearch,
  type KeptEvent,
  type LedgerSums,
  type PageQuery,
  type PromotionMovement,
  type StockMovement,
} from '../../../ports/console-reads';
import { decodeCursor, encodeCursor, pageOf } from './cursor';
import { Prisma, type PrismaClient } from './generated/client';

/** The ledger of a SKU is summed up to so many rows: that takes a tenth of a second. */
const MOST_SUMMED = 50_000;
/** Events are filtered among so many at a time, the newest first: there is no index by type or order on a table this busy. */
const EVENTS_AT_ONCE = 20_000;
/** Of each consumer's dead events so many are shown. */
const DEAD_SHOWN = 10;

/** Ids of SKUs whose id begins with `q` or whose title has it. */
export async function searchSkus(
  prisma: PrismaClient,
  { q, cursor, limit }: { q: string | null; cursor: string | null; limit: number },
): Promise<Page<string>> {
  const rows = await prisma.sku.findMany({
    where: {
      ...(q === null
        ? {}
        : { OR: [{ id: { startsWith: q } }, { title: { contains: q, mode: Prisma.QueryMode.insensitive } }] }),
      ...(cursor === null ? {} : { id: { gt: decodeCursor(cursor) } }),
    },
    select: { id: true },
    orderBy: { id: 'asc' },
    take: limit + 1,
  });
  const page = pageOf(rows, limit);
  return { items: page.items.map(({ id }) => id), nextCursor: page.nextCursor };
}

/** One statement, so that counters and rows are of one moment. */
export async function sumLedger(prisma: PrismaClient, skuId: string): Promise<LedgerSums | null> {
  const [row] = await prisma.$queryRaw<LedgerSums[]>`
    SELECT l.*, (l.available, l.reserved, l.sold) = (s.available, s.reserved, s.sold) AS agrees
    FROM stock s CROSS JOIN (
      SELECT count(*)::int AS rows, coalesce(sum(available_delta), 0)::int AS available,
             coalesce(sum(reserved_delta), 0)::int AS reserved, coalesce(sum(sold_delta), 0)::int AS sold
      FROM (SELECT * FROM stock_ledger WHERE sku_id = ${skuId} LIMIT ${MOST_SUMMED + 1}) moved) l
    WHERE s.sku_id = ${skuId}`;
  return row && row.rows <= MOST_SUMMED ? row : null;
}

export async function readLedger(prisma: PrismaClient, skuId: string, query: PageQuery): Promise<Page<StockMovement>> {
  const rows = await prisma.stockLedger.findMany({ where: { skuId, ...before(query) }, ...newest(query) });
  return pageOf(
    rows.map(({ id, createdAt, ...row }) => ({ ...row, id: id.toString(), at: createdAt.toISOString() })),
    query.limit,
  );
}

export async function readPromotionUses(
  prisma: PrismaClient,
  promotionId: string,
  query: PageQuery,
): Promise<Page<PromotionMovement>> {
  const rows = await prisma.promotionLedger.findMany({ where: { promotionId, ...before(query) }, ...newest(query) });
  return pageOf(
    rows.map(({ id, createdAt, kind, orderId, buyerId, quantity }) => {
      return { id: id.toString(), at: createdAt.toISOString(), kind, orderId, buyerId, quantity };
    }),
    query.limit,
  );
}

/** Rows behind the cursor, of a table whose id counts up. */
function before({ cursor }: PageQuery): { id?: { lt: bigint } } {
  return cursor === null ? {} : { id: { lt: numberOf(cursor) } };
}

function newest({ limit }: PageQuery): { orderBy: { id: 'desc' }; take: number } {
  return { orderBy: { id: 'desc' }, take: limit + 1 };
}

/** Throws `validation_failed` for a cursor that is none. */
function numberOf(cursor: string): bigint {
  const text = decodeCursor(cursor);
  // Zero is before every id: a cursor of another list finds nothing rather than everything.
  return /^\d{1,18}$/.test(text) ? BigInt(text) : 0n;
}

interface EventRow {
  readonly seq: bigint;
  readonly id: string;
  readonly type: string;
  readonly order_id: string | null;
  readonly position: bigint | null;
  readonly created_at: Date;
  readonly payload: unknown;
}

/** Events, newest first. With a filter a page may be short, and still be followed by more. */
export async function searchEvents(prisma: PrismaClient, search: EventSearch): Promise<Page<KeptEvent>> {
  const { orderId, type, cursor, limit } = search;
  const start = cursor === null ? Prisma.empty : Prisma.sql`WHERE seq < ${numberOf(cursor)}`;
  const ofOrder = orderId === null ? Prisma.empty : Prisma.sql`AND o.order_id = ${orderId}`;
  const ofType = type === null ? Prisma.empty : Prisma.sql`AND o.type = ${type}`;
  const among = orderId === null && type === null ? limit + 1 : EVENTS_AT_ONCE;
  const looked = Prisma.sql`(SELECT * FROM outbox ${start} ORDER BY seq DESC LIMIT ${among})`;
  const [rows, [end]] = await Promise.all([
    prisma.$queryRaw<EventRow[]>`
      SELECT o.* FROM ${looked} o WHERE true ${ofOrder} ${ofType} ORDER BY o.seq DESC LIMIT ${limit + 1}`,
    prisma.$queryRaw<{ seq: bigint; count: number }[]>`
      SELECT coalesce(min(seq), 0) AS seq, count(*)::int AS count FROM ${looked} o`,
  ]);
  const items = rows.slice(0, limit);
  const more = rows.length > limit ? items.at(-1)?.seq : end && end.count === among ? end.seq : undefined;
  return { items: items.map(toKept), nextCursor: more === undefined ? null : encodeCursor(more.toString()) };
}

export async function readDeadEvents(prisma: PrismaClient): Promise<Map<string, KeptEvent[]>> {
  const rows = await prisma.$queryRaw<(EventRow & { consumer: string })[]>`
    SELECT c.consumer, o.* FROM (SELECT DISTINCT consumer FROM dead_events) c
    CROSS JOIN LATERAL (SELECT * FROM dead_events d
      WHERE d.consumer = c.consumer ORDER BY d.position LIMIT ${DEAD_SHOWN}) d
    JOIN outbox o ON o.position = d.position ORDER BY c.consumer, o.position`;
  const events = new Map<string, KeptEvent[]>();
  for (const row of rows) events.set(row.consumer, [...(events.get(row.consumer) ?? []), toKept(row)]);
  return events;
}

function toKept(row: EventRow): KeptEvent {
  return {
    id: row.id,
    type: row.type,
    orderId: row.order_id,
    at: row.created_at.toISOString(),
    data: row.payload,
    position: row.position === null ? null : row.position.toString(),
  } as KeptEvent;
}
