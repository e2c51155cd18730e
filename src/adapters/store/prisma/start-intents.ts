import { type OrderDraft } from '../../../domain/order';
import { type GatewayName } from '../../../domain/payment';
import { type Attendance, type StartIntent, type StartIntents } from '../../../ports/start-intents';
import { Prisma, type PrismaClient } from './generated/client';

interface Row {
  readonly kind: StartIntent['kind'];
  readonly id: string;
  readonly buyer_id: string | null;
  readonly pay_with: GatewayName | null;
  readonly pay_by: Date | null;
  readonly as_placed: boolean | null;
  readonly lines: OrderDraft['lines'] | null;
  readonly gateway: GatewayName | null;
}

/** Start intents in PostgreSQL: several starters share them by lease, each row to one at a time. */
export class PrismaStartIntents implements StartIntents {
  /** `self`: the process that these are claimed for; see `kept_by`. */
  constructor(
    private readonly prisma: PrismaClient,
    private readonly self: string,
  ) {}

  async claim(limit: number, leaseMs: number): Promise<StartIntent[]> {
    const rows = await this.prisma.$queryRaw<Row[]>`
      WITH RECURSIVE ${dueInTurn(limit, this.self)},
      claimed AS (
        UPDATE start_intents i
        SET leased_until = clock_timestamp() + make_interval(secs => ${leaseMs / 1000}), tries = tries + 1,
            kept_by = NULL
        FROM due WHERE i.kind = due.kind AND i.subject_id = due.subject_id
        RETURNING i.kind, i.subject_id, i.created_at)
      SELECT c.kind, c.subject_id AS id, o.buyer_id, o.pay_with, o.pay_by, r.gateway,
             o.status = 'awaiting_payment' AND o.pay_with IS NULL AS as_placed,
             (SELECT jsonb_agg(jsonb_build_object('skuId', l.sku_id, 'quantity', l.quantity) ORDER BY l.position)
              FROM order_lines l WHERE l.order_id = o.id) AS lines
      FROM claimed c
      LEFT JOIN orders o ON c.kind = 'order' AND o.id = c.subject_id
      LEFT JOIN refunds r ON c.kind = 'refund' AND r.id = c.subject_id
      ORDER BY c.created_at`;
    return rows.flatMap(toIntent);
  }

  async done(intents: readonly StartIntent[]): Promise<void> {
    const keys = intents.map(({ kind, id }) => ({ kind, subject_id: id }));
    await this.prisma.$executeRaw`
      DELETE FROM start_intents i USING jsonb_to_recordset(${JSON.stringify(keys)}::jsonb) AS r(kind text, subject_id text)
      WHERE i.kind = r.kind AND i.subject_id = r.subject_id`;
  }

  async release(): Promise<void> {
    // Only what is kept still; by the time of its placing an index finds it.
    await this.prisma.$executeRaw`
      UPDATE start_intents SET leased_until = clock_timestamp(), kept_by = NULL
      WHERE kind = 'order' AND created_at > clock_timestamp() - make_interval(secs => ${KEPT_SECONDS})
        AND kept_by = ${this.self} AND leased_until > clock_timestamp()`;
  }

  async attend(): Promise<void> {
    await this.prisma.$executeRaw`
      UPDATE starter_attendance SET seen_at = clock_timestamp()
      WHERE id = 1 AND seen_at < clock_timestamp() - make_interval(secs => ${ATTEND_EVERY_SECONDS})`;
  }

  async attendance(backlog: number): Promise<Attendance> {
    const [row] = await this.prisma.$queryRaw<Attendance[]>`
      SELECT seen_at > clock_timestamp() - make_interval(secs => ${ATTENDED_SECONDS}) AS attended,
             (SELECT count(*) FROM (SELECT FROM start_intents ORDER BY kind, subject_id LIMIT ${backlog}::int) w) >= ${backlog}::int AS backlog
      FROM starter_attendance WHERE id = 1`;
    return row ?? { attended: false, backlog: false };
  }

  pending(): Promise<number> {
    return this.prisma.startIntent.count();
  }
}

/** Longer than any rush' lease: what was placed before that is nobody's any more. */
const KEPT_SECONDS = 60;
/** All starters write the same row: one of them a second is enough to know. */
const ATTEND_EVERY_SECONDS = 1;
/** Between two looks lie a poll, or the starts that leave room for a claim: ten seconds each at most, where Temporal hardly answers. */
const ATTENDED_SECONDS = 20;

/** Intents that one claim looks at, of all shops together; some ten milliseconds, and enough to fill any claim. */
const MOST_LOOKED_AT = 10_000;

/** Nobody holds it; or its order was placed in a rush of the process that asks, which is over once it asks. */
const leasable = (self: string): Prisma.Sql =>
  Prisma.sql`(i.leased_until IS NULL OR i.leased_until < clock_timestamp() OR i.kept_by = ${self})`;

/**
 * CTEs up to `due`: intents that nobody holds, locked for the caller. One of each shop in turn, each shop's oldest first, so
 * that a shop with thousands waiting delays another one's by no more than its own share. Goes from shop to shop by the
 * index and looks at twice as many as are wanted, for those that another starter is just taking.
 */
function dueInTurn(limit: number, self: string): Prisma.Sql {
  return Prisma.sql`
  shops AS (
    (SELECT kind, store_id FROM start_intents ORDER BY kind, store_id LIMIT 1)
    UNION ALL
    SELECT next.* FROM shops s CROSS JOIN LATERAL (
      SELECT i.kind, i.store_id FROM start_intents i WHERE (i.kind, i.store_id) > (s.kind, s.store_id)
      ORDER BY i.kind, i.store_id LIMIT 1) next),
  waiting AS (
    SELECT w.*, row_number() OVER (PARTITION BY s.kind, s.store_id ORDER BY w.created_at) AS turn
    FROM shops s CROSS JOIN LATERAL (
      SELECT i.kind, i.subject_id, i.created_at FROM start_intents i
      WHERE i.kind = s.kind AND i.store_id = s.store_id AND ${leasable(self)}
      ORDER BY i.created_at LIMIT (SELECT least(2 * ${limit}::int, ${MOST_LOOKED_AT}::int / count(*) + 1) FROM shops)) w),
  first AS (SELECT * FROM waiting ORDER BY turn, created_at LIMIT 2 * ${limit}::int),
  due AS (
    SELECT i.kind, i.subject_id FROM first f JOIN start_intents i ON i.kind = f.kind AND i.subject_id = f.subject_id
    WHERE ${leasable(self)} ORDER BY f.turn, f.created_at LIMIT ${limit}::int FOR UPDATE OF i SKIP LOCKED)`;
}

/** An intent whose subject is not there cannot have been committed with it: nothing to start. */
function toIntent(row: Row): StartIntent[] {
  const { kind, id } = row;
  if (kind === 'late_payment') return [{ kind, id }];
  if (kind === 'refund') return row.gateway ? [{ kind, id, gateway: row.gateway }] : [];
  if (row.buyer_id === null || row.pay_by === null || row.lines === null) return [];
  const { buyer_id: buyerId, lines, pay_with: payWith, pay_by: payBy, as_placed: asPlaced } = row;
  return [{ kind, id, draft: { buyerId, lines, payWith, payBy: payBy.toISOString(), asPlaced: asPlaced === true } }];
}
