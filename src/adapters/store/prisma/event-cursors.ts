import { randomUUID } from 'node:crypto';
import { type ClaimQuery, type EventCursors, type FeedClaim, type Standing } from '../../../ports/event-feed';
import { EVENT_COLUMNS, type FeedRow, HEAD, ofTypes, pageOfFeed } from './event-feed';
import { Prisma, type PrismaClient } from './generated/client';

/** Subscribers' places in PostgreSQL: several processes share a subscriber's lanes by lease. */
export class PrismaEventCursors implements EventCursors {
  constructor(private readonly prisma: PrismaClient) {}

  async subscribe(subscriber: string, { lanes, from }: { lanes: number; from: 'first' | 'now' }): Promise<void> {
    const start = from === 'first' ? Prisma.sql`0` : HEAD;
    await this.prisma.$executeRaw`
      INSERT INTO event_cursors (subscriber, lane, position)
      SELECT ${subscriber}, lane, ${start} FROM generate_series(0, ${lanes - 1}::int) AS lane ON CONFLICT DO NOTHING`;
  }

  async claim({ subscriber, types, lanes, limit, leaseMs }: ClaimQuery): Promise<FeedClaim | null> {
    const lease = randomUUID();
    const claimed = await this.prisma.$queryRaw<{ lane: number; position: bigint; shared: boolean }[]>`
      UPDATE event_cursors c SET lease = ${lease}, leased_until = clock_timestamp() + make_interval(secs => ${leaseMs / 1000})
      WHERE subscriber = ${subscriber} AND lane IN (
        SELECT lane FROM event_cursors
        WHERE subscriber = ${subscriber} AND position < ${HEAD}
          AND (leased_until IS NULL OR leased_until < clock_timestamp())
        ORDER BY position, lane LIMIT ${lanes} FOR UPDATE SKIP LOCKED)
      RETURNING lane, position, EXISTS (SELECT 1 FROM event_cursors o WHERE o.subscriber = c.subscriber AND o.lane > 0) AS shared`;
    if (claimed.length === 0) return null;
    const from = claimed.reduce(
      (least, { position }) => (position < least ? position : least),
      claimed[0]?.position ?? 0n,
    );
    const rows = await this.prisma.$queryRaw<FeedRow[]>`
      SELECT ${EVENT_COLUMNS}, h.head FROM ${HEAD} h LEFT JOIN LATERAL (
        SELECT o.* FROM outbox o JOIN event_cursors c ON c.subscriber = ${subscriber} AND c.lease = ${lease}
        WHERE o.position > ${from} AND o.position > c.position ${inLane(claimed.some(({ shared }) => shared))} ${ofTypes(types)}
        ORDER BY o.position LIMIT ${limit}) o ON true
      ORDER BY o.position`;
    return { subscriber, lease, lanes: claimed.map(({ lane }) => lane), ...pageOfFeed(rows, limit, from.toString()) };
  }

  async reached({ subscriber, lanes, lease }: FeedClaim, position: string, leaseMs?: number): Promise<boolean> {
    const until =
      leaseMs === undefined
        ? Prisma.sql`lease = NULL, leased_until = NULL`
        : Prisma.sql`leased_until = clock_timestamp() + make_interval(secs => ${leaseMs / 1000})`;
    const moved = await this.prisma.$executeRaw`
      UPDATE event_cursors SET position = greatest(position, ${position}::bigint), moved_at = clock_timestamp(), ${until}
      WHERE subscriber = ${subscriber} AND lane = ANY(${[...lanes]}::smallint[]) AND lease = ${lease}`;
    return moved === lanes.length;
  }

  async release({ subscriber, lease }: FeedClaim): Promise<void> {
    await this.prisma.$executeRaw`
      UPDATE event_cursors SET lease = NULL, leased_until = NULL WHERE subscriber = ${subscriber} AND lease = ${lease}`;
  }

  async standings(): Promise<Standing[]> {
    const rows = await this.prisma.$queryRaw<{ subscriber: string; behind: bigint; oldest: number }[]>`
      SELECT c.subscriber, h.head - c.position AS behind,
             coalesce(extract(epoch FROM clock_timestamp() - o.created_at), 0)::float8 AS oldest
      FROM (SELECT subscriber, min(position) AS position FROM event_cursors GROUP BY subscriber) c
      CROSS JOIN ${HEAD} h LEFT JOIN outbox o ON o.position = c.position + 1 ORDER BY c.subscriber`;
    return rows.map(({ subscriber, behind, oldest }) => ({
      subscriber,
      behind: Number(behind),
      oldestSeconds: oldest,
    }));
  }
}

/** A subscriber of one lane gets all events, whatever their lane. */
function inLane(shared: boolean): Prisma.Sql {
  return shared ? Prisma.sql`AND o.lane = c.lane` : Prisma.empty;
}
