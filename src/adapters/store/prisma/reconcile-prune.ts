import { type PrismaClient } from './generated/client';

/** Rows per statement: each takes some milliseconds, and whoever waits for one of them waits no longer. */
const AT_ONCE = 2_000;

/**
 * Deletes rows that nothing needs any more, a bounded number per call; answers how many. Events go from the feed's beginning
 * on, without leaving a gap, as far as every subscriber has got past them and none was given up on; keys once nobody repeats a
 * request so late; a ledger, an order and what stands behind them never.
 */
export async function prune(prisma: PrismaClient, olderThanDays: number): Promise<number> {
  const events = await prisma.$executeRaw`
    WITH low AS (
      SELECT seq, position, created_at FROM outbox WHERE position < least(
        (SELECT coalesce(min(position), 0) FROM event_cursors),
        (SELECT min(position) FROM dead_events),
        (SELECT max(position) FROM outbox))
      ORDER BY position LIMIT ${AT_ONCE}),
    young AS (
      SELECT min(position) AS position FROM low
      WHERE created_at >= clock_timestamp() - make_interval(days => ${olderThanDays}::int))
    DELETE FROM outbox o USING low, young
    WHERE o.seq = low.seq AND (young.position IS NULL OR low.position < young.position)`;
  const handled = await prisma.$executeRaw`
    DELETE FROM consumer_events WHERE (consumer, event_id) IN (
      SELECT c.consumer, c.event_id FROM consumer_events c
      WHERE c.handled_at < clock_timestamp() - make_interval(days => ${olderThanDays}::int)
        AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.id = c.event_id)
      LIMIT ${AT_ONCE})`;
  const keys = await prisma.$executeRaw`
    DELETE FROM idempotency_records WHERE (client, key) IN (
      SELECT client, key FROM idempotency_records
      WHERE created_at < clock_timestamp() - make_interval(days => ${olderThanDays}::int) LIMIT ${AT_ONCE})`;
  const runs = await prisma.$executeRaw`
    DELETE FROM reconcile_runs WHERE id IN (
      SELECT id FROM reconcile_runs
      WHERE ended_at < clock_timestamp() - make_interval(days => ${olderThanDays}::int) LIMIT ${AT_ONCE})`;
  const cases = await prisma.$executeRaw`
    DELETE FROM reconcile_cases WHERE id IN (
      SELECT id FROM reconcile_cases
      WHERE state = 'mended' AND settled_at < clock_timestamp() - make_interval(days => ${olderThanDays}::int)
      LIMIT ${AT_ONCE})`;
  return events + handled + keys + runs + cases;
}
