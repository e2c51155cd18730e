import { type EventEnvelope } from '../../../domain/events';
import { type EventFeed, FEED_LANES, type FeedPage, type FeedQuery } from '../../../ports/event-feed';
import { type Sql, TRANSACTION_LIMITS } from './client';
import { Prisma, type PrismaClient } from './generated/client';

/** Names the sequencer's lock among the database's advisory locks: the bytes of "feed". */
export const SEQUENCER_LOCK = 0x66656564;
/** Events placed by one transaction: a burst is placed in steps, none of them long. */
const MOST_AT_ONCE = 1_000;

export interface EventRow {
  readonly id: string;
  readonly type: string;
  readonly schema_version: number;
  readonly order_id: string | null;
  readonly position: bigint;
  readonly created_at: Date;
  readonly payload: unknown;
}

/** A row of a left join on the feed's head: where nothing was left to read, the head alone. */
export type FeedRow = { readonly head: bigint } & (EventRow | { readonly position: null });

/** Columns of `outbox o` that an envelope is made of. */
export const EVENT_COLUMNS = Prisma.sql`o.id, o.type, o.schema_version, o.order_id, o.position, o.created_at, o.payload`;

/** The outbox as a feed. */
export class PrismaEventFeed implements EventFeed {
  constructor(private readonly prisma: PrismaClient) {}

  async sequence(): Promise<number> {
    const [waiting] = await this.prisma.$queryRaw<unknown[]>`SELECT 1 FROM outbox WHERE position IS NULL LIMIT 1`;
    if (!waiting) return 0;
    return this.prisma.$transaction(async (tx) => ((await lockSequencer(tx)) ? place(tx) : 0), TRANSACTION_LIMITS);
  }

  async read({ after, types, limit }: FeedQuery): Promise<FeedPage> {
    // One statement, so that `head` belongs to what the rows were read from.
    const rows = await this.prisma.$queryRaw<FeedRow[]>`
      SELECT ${EVENT_COLUMNS}, h.head FROM ${HEAD} h LEFT JOIN LATERAL (
        SELECT * FROM outbox o WHERE o.position > ${after}::bigint ${ofTypes(types)} ORDER BY o.position LIMIT ${limit}) o ON true
      ORDER BY o.position`;
    return pageOfFeed(rows, limit, after);
  }

  unplaced(): Promise<number> {
    return this.prisma.outbox.count({ where: { position: null } });
  }
}

/** The last position that was given. */
export const HEAD = Prisma.sql`(SELECT coalesce(max(position), 0) AS head FROM outbox)`;

export function ofTypes(types: readonly string[] | null): Prisma.Sql {
  return types === null ? Prisma.empty : Prisma.sql`AND o.type = ANY(${[...types]}::text[])`;
}

export function pageOfFeed(rows: readonly FeedRow[], limit: number, after: string): FeedPage {
  const events = rows.flatMap((row) => (row.position === null ? [] : [toEnvelope(row)]));
  const last = events.at(-1)?.position ?? after;
  const head = rows[0]?.head.toString() ?? after;
  // A full page may have left some out; otherwise all there is has been seen.
  return { events, upTo: events.length === limit || BigInt(head) < BigInt(after) ? last : head };
}

/** One at a time in the whole database; whoever doesn't get it leaves the work to whoever has it. */
async function lockSequencer(tx: Sql): Promise<boolean> {
  const [row] = await tx.$queryRaw<
    { got: boolean }[]
  >`SELECT pg_try_advisory_xact_lock(${SEQUENCER_LOCK}::bigint) AS got`;
  return row?.got ?? false;
}

/**
 * Places what is committed, behind what is placed. A statement of its own after the lock: it sees all that the sequencer before it
 * committed. Within a subject the order of `seq` is that of the facts, for its writers hold the subject's row lock when they take it.
 */
function place(tx: Sql): Promise<number> {
  return tx.$executeRaw`
    WITH head AS MATERIALIZED ${HEAD},
    next AS (
      SELECT seq, row_number() OVER (ORDER BY seq) AS place FROM outbox WHERE position IS NULL ORDER BY seq LIMIT ${MOST_AT_ONCE})
    UPDATE outbox o
    SET position = head.head + next.place,
        lane = mod(hashtext(coalesce(o.order_id, o.payload->>'skuId', o.id)) & 2147483647, ${FEED_LANES})
    FROM next, head WHERE o.seq = next.seq`;
}

export function toEnvelope(row: EventRow): EventEnvelope {
  return {
    id: row.id,
    type: row.type,
    schemaVersion: row.schema_version,
    orderId: row.order_id,
    position: row.position.toString(),
    at: row.created_at.toISOString(),
    data: row.payload,
  } as EventEnvelope;
}
