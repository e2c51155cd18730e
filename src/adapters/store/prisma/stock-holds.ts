import { StockAllocator } from '../../../domain/stock';
import { type HoldOutcome, type HoldRequest, type SettleOutcome } from '../../../ports/stock-store';
import { arrayOf, type Sql, sqlState, TRANSACTION_LIMITS, UNIQUE_VIOLATION } from './client';
import { type PrismaClient } from './generated/client';
import { type Settled } from './group-commit';
import { enterRows, holdRow, lockCounters, settleHolds } from './stock-statements';

type Outcomes = Settled<HoldOutcome>[];

const HELD: Settled<HoldOutcome> = { ok: { t: 'held' } };

/**
 * Holds for a batch whose lines are normalised, in one statement, if there is enough for all of them together and none is held
 * already; otherwise nothing is done and the answer is null.
 */
export async function holdIfAllFit(prisma: PrismaClient, batch: readonly HoldRequest[]): Promise<Outcomes | null> {
  if (new Set(batch.map(({ orderId }) => orderId)).size < batch.length) return null;
  const orderIds = batch.flatMap(({ orderId, lines }) => lines.map(() => orderId));
  const lines = batch.flatMap((request) => request.lines);
  const statement = prisma.$queryRaw<{ fits: boolean | null }[]>`
    WITH asked AS MATERIALIZED (
      SELECT * FROM unnest(${arrayOf(orderIds)}::text[], ${arrayOf(lines.map(({ skuId }) => skuId))}::text[],
                           ${arrayOf(lines.map(({ quantity }) => quantity))}::int[]) AS t(order_id, sku_id, quantity)),
    locked AS MATERIALIZED (
      SELECT sku_id, available, unlimited FROM stock WHERE sku_id = ANY(ARRAY(SELECT sku_id FROM asked))
      ORDER BY sku_id FOR UPDATE),
    judged AS MATERIALIZED (
      SELECT bool_and(coalesce(l.unlimited OR l.available >= w.units, false))
             AND NOT EXISTS (SELECT FROM stock_ledger
                             WHERE reference = ANY(ARRAY(SELECT order_id FROM asked)) AND kind = 'hold') AS fits
      FROM (SELECT sku_id, sum(quantity) AS units FROM asked GROUP BY sku_id) w LEFT JOIN locked l USING (sku_id)),
    entered AS (
      INSERT INTO stock_ledger (reference, order_id, sku_id, kind, quantity, available_delta, reserved_delta, sold_delta)
      SELECT a.order_id, a.order_id, a.sku_id, 'hold', a.quantity, CASE WHEN l.unlimited THEN 0 ELSE -a.quantity END,
             a.quantity, 0
      FROM asked a JOIN locked l USING (sku_id) WHERE (SELECT fits FROM judged)),
    counted AS (
      UPDATE stock s SET available = s.available - CASE WHEN s.unlimited THEN 0 ELSE w.units END,
                         reserved = s.reserved + w.units
      FROM (SELECT sku_id, sum(quantity)::int AS units FROM asked WHERE (SELECT fits FROM judged) GROUP BY sku_id) w
      WHERE s.sku_id = w.sku_id)
    SELECT fits FROM judged`;
  const [row] = await statement.catch(unlessEntered);
  return row?.fits ? batch.map(() => HELD) : null;
}

/** One was held by somebody else while this statement waited for the counters, and could not see it: it is looked at again. */
function unlessEntered(error: unknown): [] {
  if (sqlState(error) !== UNIQUE_VIOLATION) throw error;
  return [];
}

/** Holds for a batch of which not everybody can be served: locked, decided in the order of arrival, each all or nothing. */
export function holdApart(prisma: PrismaClient, batch: readonly HoldRequest[]): Promise<Outcomes> {
  return prisma.$transaction(async (tx) => {
    const counters = await lockCounters(tx, [
      ...new Set(batch.flatMap(({ lines }) => lines.map(({ skuId }) => skuId))),
    ]);
    const held = await heldOf(tx, batch);
    const desk = new StockAllocator(counters);
    const fresh: HoldRequest[] = [];
    const outcomes = batch.map((request): Settled<HoldOutcome> => {
      if (held.has(request.orderId)) return HELD;
      const decision = desk.take(request.lines);
      if (decision.t === 'held') {
        held.add(request.orderId);
        fresh.push(request);
      }
      return { ok: decision };
    });
    const rows = fresh.flatMap(({ orderId, lines }) =>
      lines.map((line) => holdRow(orderId, line, counters.get(line.skuId))),
    );
    if (rows.length > 0) await tx.$executeRaw`WITH ${enterRows(rows)} SELECT 1`;
    return outcomes;
  }, TRANSACTION_LIMITS);
}

async function heldOf(tx: Sql, batch: readonly HoldRequest[]): Promise<Set<string>> {
  const rows = await tx.$queryRaw<{ reference: string }[]>`
    SELECT reference FROM stock_ledger
    WHERE reference = ANY(${batch.map(({ orderId }) => orderId)}::text[]) AND kind = 'hold'`;
  return new Set(rows.map(({ reference }) => reference));
}

/** The undo of holds, or their sale: for a batch in one statement, each order once. */
export async function settleBatch(
  prisma: PrismaClient,
  kind: 'confirm' | 'release',
  orderIds: readonly string[],
): Promise<Settled<SettleOutcome>[]> {
  const settled = new Set(
    (
      await prisma.$queryRaw<{ reference: string }[]>`
        WITH moved AS (SELECT DISTINCT unnest(${[...orderIds]}::text[]) AS order_id), ${settleHolds(kind)}
        SELECT DISTINCT reference FROM entered`
    ).map(({ reference }) => reference),
  );
  // A repeat within the batch comes after the one that did it.
  const done = orderIds.map((orderId) => settled.delete(orderId));
  const kinds = done.every(Boolean) ? new Map<string, string[]>() : await kindsOf(prisma, orderIds);
  return orderIds.map((orderId, index) => ({ ok: done[index] ? 'done' : standingOf(kind, kinds.get(orderId) ?? []) }));
}

async function kindsOf(sql: Sql, orderIds: readonly string[]): Promise<Map<string, string[]>> {
  const rows = await sql.$queryRaw<{ reference: string; kinds: string[] }[]>`
    SELECT reference, array_agg(DISTINCT kind) AS kinds FROM stock_ledger
    WHERE reference = ANY(${[...orderIds]}::text[]) GROUP BY reference`;
  return new Map(rows.map(({ reference, kinds }) => [reference, kinds]));
}

function standingOf(kind: 'confirm' | 'release', kinds: readonly string[]): SettleOutcome {
  if (kinds.includes(kind)) return 'already';
  return kinds.includes('confirm') || kinds.includes('release') ? 'conflict' : 'notHeld';
}
