import { setTimeout as pause } from 'node:timers/promises';
import { type Placing } from '../../../ports/order-store';
import { sqlState } from './client';
import { Prisma, type PrismaClient } from './generated/client';
import { type Settled, tooBusy } from './group-commit';
import { type MoveCommand } from './move-batch';

/** SQLSTATE of a statement that waited for a lock for longer than `IMPATIENT` lets it: nothing of it was done. */
const LOCK_NOT_AVAILABLE = '55P03';
/** Our own batches hold their locks for some ten milliseconds; whoever holds one for longer than this keeps it. */
const KEPT_MS = 200;
/** So many times three seconds are as long as one statement may take; beside the wait in the queue, as a batch's own time always was. */
const TRIES = 3;

/**
 * Who holds or wants what in `pg_locks`: a transaction holds a lock on its own id for as long as it lasts. One that waits for a lock
 * itself is no keeper: a batch gives up after three seconds, and lets go. One that waits for longer is none of ours.
 */
const HOLDERS = Prisma.sql`
  (SELECT transactionid AS holder, pid FROM pg_locks
   WHERE locktype = 'transactionid' AND mode = 'ExclusiveLock' AND granted)`;
const GIVES_UP_SOON = Prisma.sql`EXISTS (
  SELECT FROM pg_locks w WHERE w.pid = l.pid AND NOT w.granted
  AND (w.waitstart < clock_timestamp() - interval '4 seconds') IS NOT TRUE)`;

/** A query for `request`, the order that wants a row, and `holder`, the row's `xmax`: the transaction that locked it last. */
type RowsOf<Q> = (batch: readonly Q[]) => Prisma.Sql;

/**
 * Leads batches past locks that somebody keeps, an operator's open transaction for example. Contract:
 * 1. A batch that has waited for a lock for three seconds (`IMPATIENT`) is divided: those that want a row of a keeper are refused with
 *    `too_busy`, the others go once more, together; and again where they stood behind a batch that did not know yet. After three tries all
 *    are refused.
 * 2. As long as a keeper's transaction lasts, those that want its rows are refused without waiting.
 * 3. A keeper that shares its lock with others, took it within a savepoint that it has released, or keeps what is not among the rows, is
 *    not found: its batch is refused as a whole.
 */
export class KeptLocks {
  /** Transactions' ids. */
  private readonly keepers = new Set<string>();

  constructor(private readonly prisma: PrismaClient) {}

  async past<Q extends MoveCommand, R>(
    batch: readonly Q[],
    rowsOf: RowsOf<Q>,
    run: (batch: readonly Q[]) => Promise<Settled<R>[]>,
    tries = TRIES,
  ): Promise<Settled<R>[]> {
    const refused = await this.beforeKeepers(() => rowsOf(batch));
    const others = batch.filter(({ orderId }) => !refused.has(orderId));
    try {
      const answers = (others.length > 0 ? await run(others) : []).values();
      return batch.map(({ orderId }) => (refused.has(orderId) ? REFUSED() : (answers.next().value ?? UNANSWERED)));
    } catch (error) {
      if (sqlState(error) !== LOCK_NOT_AVAILABLE) throw error;
    }
    if (tries === 1) return batch.map(REFUSED);
    await this.findKeepers(rowsOf(others));
    return this.past(batch, rowsOf, run, tries - 1);
  }

  /** Orders that want a row of a known keeper; whoever has ended is none any more. */
  private async beforeKeepers(rows: () => Prisma.Sql): Promise<Set<string>> {
    const known = [...this.keepers];
    if (known.length === 0) return new Set();
    const found = await this.prisma.$queryRaw<{ keeper: string; request: string | null }[]>`
      SELECT l.holder::text AS keeper, r.request FROM ${HOLDERS} l LEFT JOIN (${rows()}) r USING (holder)
      WHERE l.holder::text = ANY(${known}::text[])`;
    const there = new Set(found.map(({ keeper }) => keeper));
    for (const keeper of known) if (!there.has(keeper)) this.keepers.delete(keeper);
    return new Set(found.flatMap(({ request }) => request ?? []));
  }

  /** Looks twice, as nothing tells since when a row is locked. Takes no lock itself: it would be taken for a keeper by others. */
  private async findKeepers(rows: Prisma.Sql): Promise<void> {
    const seen = await this.prisma.$queryRaw<{ holder: string }[]>`
      SELECT DISTINCT l.holder::text AS holder FROM (${rows}) r JOIN ${HOLDERS} l USING (holder)`;
    if (seen.length === 0) return;
    await pause(KEPT_MS);
    const kept = await this.prisma.$queryRaw<{ holder: string }[]>`
      SELECT l.holder::text AS holder FROM ${HOLDERS} l
      WHERE l.holder::text = ANY(${seen.map(({ holder }) => holder)}::text[]) AND NOT ${GIVES_UP_SOON}`;
    for (const { holder } of kept) this.keepers.add(holder);
  }
}

const REFUSED = () => ({ error: tooBusy() });
const UNANSWERED = { error: new Error('the batch left a request unanswered') };

/** What placings lock: counters, and where they touch them a promotion, an account, a cart. Row by row by its key, whatever was planned when. */
export function rowsOfPlacings(batch: readonly Placing[]): Prisma.Sql {
  const wanted = batch.flatMap(({ orderId, draft: { lines, promotionId, payWith, buyerId }, fromCart }) =>
    lines.map(({ skuId }) => ({
      ...{ request: orderId, sku: skuId, promotion: promotionId ?? null },
      account: payWith === 'points' ? buyerId : null,
      cart: fromCart ? buyerId : null,
    })),
  );
  return Prisma.sql`
    SELECT w.request, locked.holder
    FROM jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb)
      AS w(request text, sku text, promotion text, account text, cart text)
    CROSS JOIN LATERAL (
      SELECT xmax AS holder FROM stock WHERE sku_id = w.sku
      UNION ALL SELECT xmax FROM promotion_use WHERE promotion_id = w.promotion
      UNION ALL SELECT xmax FROM points_accounts WHERE buyer_id = w.account
      UNION ALL SELECT xmax FROM carts WHERE buyer_id = w.cart OFFSET 0) locked`;
}

/** What closings lock: the order alone. */
export function rowsOfOrders(batch: readonly MoveCommand[]): Prisma.Sql {
  return Prisma.sql`
    SELECT id AS request, xmax AS holder FROM orders WHERE id = ANY(${batch.map(({ orderId }) => orderId)}::text[])`;
}

/** What confirms and releases lock: the order, and the counters and the promotion of its holds. */
export function rowsOfHolds(batch: readonly MoveCommand[]): Prisma.Sql {
  return Prisma.sql`
    SELECT w.request, locked.holder FROM unnest(${batch.map(({ orderId }) => orderId)}::text[]) AS w(request)
    CROSS JOIN LATERAL (
      SELECT xmax AS holder FROM orders WHERE id = w.request
      UNION ALL SELECT s.xmax FROM stock_ledger h, LATERAL (SELECT xmax FROM stock WHERE sku_id = h.sku_id OFFSET 0) s
        WHERE h.reference = w.request AND h.kind = 'hold'
      UNION ALL SELECT u.xmax FROM promotion_ledger h,
          LATERAL (SELECT xmax FROM promotion_use WHERE promotion_id = h.promotion_id OFFSET 0) u
        WHERE h.reference = w.request AND h.kind = 'hold' OFFSET 0) locked`;
}
