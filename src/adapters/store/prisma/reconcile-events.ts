import { type Finding } from '../../../domain/reconcile';
import { HEAD } from './event-feed';
import { Prisma, type PrismaClient } from './generated/client';
import { before } from './reconcile-holds';
import { type Compared, type Slice, type Stage, within } from './reconcile-pages';

export interface EventTimes {
  readonly underWayMs: number;
  /** How long a subscriber may be behind. */
  readonly lagMs: number;
}

/** Positions that a page of the feed looks at. */
const POSITIONS = 5_000;
/** Gaps are looked for this far back from the feed's end: earlier ones were found by earlier runs. */
const LOOK_BACK = 1_000_000;

/** The outbox against its feed, and the feed against those who read it: relay, consumers, webhooks. */
export function eventStages(prisma: PrismaClient, times: EventTimes): Stage[] {
  return [
    { kind: 'feed', page: POSITIONS, read: (slice) => feed(prisma, slice, times) },
    { kind: 'subscriber', page: 1_000, read: (slice) => subscribers(prisma, slice, times) },
  ];
}

/** Of a page the keys are positions; of the findings they are what is wrong. */
async function feed(prisma: PrismaClient, slice: Slice, times: EventTimes): Promise<Compared[]> {
  if (slice.ids) return again(prisma, slice.ids, times);
  const after = slice.after === '' ? null : BigInt(slice.after);
  const rows = await prisma.$queryRaw<{ position: bigint; earlier: bigint | null }[]>`
    SELECT position, lag(position, 1, ${after}::bigint) OVER (ORDER BY position) AS earlier FROM (
      SELECT position FROM outbox
      WHERE position > coalesce(${after}::bigint, (SELECT head FROM ${HEAD} h) - ${LOOK_BACK}::bigint)
      ORDER BY position LIMIT ${slice.limit}) p
    ORDER BY position`;
  const compared = rows.map(({ position, earlier }) => ({ key: String(position), findings: gap(earlier, position) }));
  const unplaced = after === null ? await unplacedIn(prisma, times) : [];
  return unplaced.length > 0 ? [{ key: '0', findings: unplaced }, ...compared] : compared;
}

function gap(earlier: bigint | null, position: bigint): Finding[] {
  if (earlier === null || position === earlier + 1n) return [];
  const found = { after: String(earlier), before: String(position) };
  return [{ code: 'feed_gap', subject: { kind: 'feed', id: `${earlier}-${position}` }, found }];
}

const UNPLACED = 'unplaced';

async function unplacedIn(prisma: PrismaClient, { underWayMs }: EventTimes): Promise<Finding[]> {
  const [oldest] = await prisma.$queryRaw<{ id: string }[]>`
    SELECT id FROM outbox WHERE position IS NULL AND created_at < ${before(underWayMs)} ORDER BY seq LIMIT 1`;
  return oldest
    ? [{ code: 'events_unplaced', subject: { kind: 'feed', id: UNPLACED }, found: { oldest: oldest.id } }]
    : [];
}

async function again(prisma: PrismaClient, ids: readonly string[], times: EventTimes): Promise<Compared[]> {
  const unplaced = ids.includes(UNPLACED) ? await unplacedIn(prisma, times) : [];
  const gaps = await Promise.all(
    ids.filter((id) => id !== UNPLACED).map(async (id) => ({ key: id, findings: await stillGap(prisma, id) })),
  );
  return [{ key: UNPLACED, findings: unplaced }, ...gaps];
}

/** A gap stays one until retention has deleted what is before it: then nobody can come across it any more. */
async function stillGap(prisma: PrismaClient, id: string): Promise<Finding[]> {
  const [earlier = '', later = ''] = id.split('-');
  const there = await prisma.outbox.findMany({
    where: { position: { gte: BigInt(earlier), lte: BigInt(later) } },
    select: { position: true },
  });
  return there.length === 2 ? gap(BigInt(earlier), BigInt(later)) : [];
}

interface SubscriberRow {
  readonly id: string;
  readonly position: bigint;
  readonly head: bigint;
  readonly overdue: boolean;
}

/** A webhook that was switched off reads nothing, and is told to whoever switched it off. */
async function subscribers(prisma: PrismaClient, slice: Slice, { lagMs }: EventTimes): Promise<Compared[]> {
  const rows = await prisma.$queryRaw<SubscriberRow[]>`
    SELECT c.subscriber AS id, c.position, h.head, coalesce(o.created_at < ${before(lagMs)}, false) AS overdue
    FROM (
      SELECT subscriber, min(position) AS position FROM event_cursors e
      WHERE ${within(Prisma.sql`e.subscriber`, slice)}
        AND NOT EXISTS (SELECT 1 FROM webhook_endpoints w WHERE w.id = e.subscriber AND w.state <> 'active')
      GROUP BY subscriber ORDER BY subscriber LIMIT ${slice.limit}) c
    CROSS JOIN ${HEAD} h LEFT JOIN outbox o ON o.position = c.position + 1
    ORDER BY c.subscriber`;
  return rows.map(({ id, position, head, overdue }) => ({ key: id, findings: standing(id, position, head, overdue) }));
}

function standing(id: string, position: bigint, head: bigint, overdue: boolean): Finding[] {
  const subject = { kind: 'subscriber', id } as const;
  const found = { position: String(position) };
  if (position > head) return [{ code: 'subscriber_ahead', subject, found: { ...found, feedEndsAt: String(head) } }];
  return overdue ? [{ code: 'subscriber_lags', subject, found }] : [];
}
