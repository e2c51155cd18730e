import { type StockCounters, type StockLine } from '../../../domain/stock';
import { type AdjustRequest } from '../../../ports/stock-store';
import { IMPATIENT, type Sql } from './client';
import { Prisma } from './generated/client';

/** A ledger row to be written, with what it does to the counters. */
export interface LedgerRow {
  readonly reference: string;
  readonly order_id: string | null;
  readonly sku_id: string;
  readonly kind: string;
  readonly quantity: number;
  readonly available_delta: number;
  readonly reserved_delta: number;
  readonly sold_delta: number;
  readonly reason: string | null;
}

/**
 * Locks the SKUs' counters in the order of their ids (every verb does, so none deadlocks) and reads them as they are
 * once locked.
 */
export async function lockCounters(tx: Sql, skuIds: readonly string[]): Promise<Map<string, StockCounters>> {
  const rows = await tx.$queryRaw<(StockCounters & { sku_id: string })[]>`
    SELECT sku_id, available, reserved, sold, unlimited FROM stock
    WHERE sku_id = ANY(${[...skuIds]}::text[]) ORDER BY sku_id FOR UPDATE`;
  return new Map(rows.map(({ sku_id, ...counters }) => [sku_id, counters]));
}

/**
 * The order's rows of the ledger, of any kind: those that the order itself is the reference of, which are nearly all, and
 * those of its refunds and of its revival. Each half has its index.
 */
export const ledgerOf = (orderId: string): Prisma.Sql =>
  Prisma.sql`(reference = ${orderId} OR (order_id = ${orderId} AND order_id <> reference))`;

/** The ledger row of one line's hold. An unlimited SKU's available units stay as they are. */
export function holdRow(
  orderId: string,
  line: StockLine,
  counters: Pick<StockCounters, 'unlimited'> | undefined,
): LedgerRow {
  return {
    reference: orderId,
    order_id: orderId,
    sku_id: line.skuId,
    kind: 'hold',
    quantity: line.quantity,
    available_delta: counters?.unlimited ? 0 : -line.quantity,
    reserved_delta: line.quantity,
    sold_delta: 0,
    reason: null,
  };
}

/** The ledger row of an adjustment of what is available. */
export function adjustRow({ reference, skuId, delta, reason }: AdjustRequest): LedgerRow {
  return {
    reference,
    order_id: null,
    sku_id: skuId,
    kind: 'adjust',
    quantity: delta,
    available_delta: delta,
    reserved_delta: 0,
    sold_delta: 0,
    reason,
  };
}

const intoLedger = (rows: readonly LedgerRow[]): Prisma.Sql => Prisma.sql`
    INSERT INTO stock_ledger (reference, order_id, sku_id, kind, quantity, available_delta, reserved_delta, sold_delta, reason)
    SELECT r.* FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      AS r(reference text, order_id text, sku_id text, kind text, quantity int,
           available_delta int, reserved_delta int, sold_delta int, reason text)`;

/**
 * CTEs `entered` and `counted`: ledger rows go in, and the counters move by what went in. A row that is there already
 * changes nothing. The counters' rows must be locked.
 */
export function enterRows(rows: readonly LedgerRow[]): Prisma.Sql {
  return Prisma.sql`
  entered AS (${intoLedger(rows)}
    ON CONFLICT DO NOTHING
    RETURNING sku_id, available_delta, reserved_delta, sold_delta),
  ${countBy(enteredPerSku)}`;
}

/** Whether everything that a statement is to write may be written, as a condition on its CTE `judged`. */
export const FITS = Prisma.sql`(SELECT fits FROM judged)`;

/** Units of a SKU that are wanted, by somebody who remembers what it is sold as. */
export interface Wanted {
  readonly sku_id: string;
  readonly units: number;
  readonly version: string | null;
  readonly unlimited: boolean;
}

/**
 * CTEs `wanted`, `locked`, `judged`, `entered` and `counted`: locks the counters, and if each SKU is still what it is remembered
 * as and has enough units for all, and `free` holds, the ledger rows of the holds go in and the counters move. A row that is there
 * already is an error (UNIQUE_VIOLATION): to insert tentatively would cost a second record each.
 */
export function takeIfAllFit(wanted: readonly Wanted[], rows: readonly LedgerRow[], free: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`
  wanted AS MATERIALIZED (
    SELECT r.* FROM jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb)
      AS r(sku_id text, units bigint, version uuid, unlimited boolean)),
  locked AS MATERIALIZED (
    SELECT sku_id, available, unlimited, catalogue_version FROM stock
    WHERE sku_id = ANY(${wanted.map(({ sku_id }) => sku_id)}::text[]) AND ${IMPATIENT} ORDER BY sku_id FOR UPDATE),
  compared AS (
    SELECT coalesce((l.catalogue_version, l.unlimited) = (w.version, w.unlimited), false) AS same,
           coalesce(l.unlimited OR l.available >= w.units, false) AS enough
    FROM wanted w LEFT JOIN locked l USING (sku_id)),
  judged AS MATERIALIZED (
    SELECT bool_and(same AND enough) AND ${free} AS fits, bool_and(same) AS "asRemembered" FROM compared),
  entered AS (${intoLedger(rows)}
    WHERE ${FITS}),
  counted AS (
    UPDATE stock s SET available = s.available - CASE WHEN w.unlimited THEN 0 ELSE w.units END,
                       reserved = s.reserved + w.units
    FROM wanted w WHERE s.sku_id = w.sku_id AND ${FITS})`;
}

/** What the rows of the CTE `entered` come to, per SKU. */
const enteredPerSku = Prisma.sql`
    (SELECT sku_id, sum(available_delta)::int AS available, sum(reserved_delta)::int AS reserved,
            sum(sold_delta)::int AS sold FROM entered GROUP BY sku_id)`;

/** CTE `counted`: moves the counters by `e`, a row per SKU. */
const countBy = (e: Prisma.Sql): Prisma.Sql => Prisma.sql`
  counted AS (
    UPDATE stock s
    SET available = s.available + e.available, reserved = s.reserved + e.reserved, sold = s.sold + e.sold
    FROM ${e} e WHERE s.sku_id = e.sku_id
    RETURNING s.sku_id)`;

/**
 * CTEs `entered`, `locked` and `counted`: settle the holds of the orders in the CTE `moved(order_id)`, each order once. Confirm
 * turns reserved into sold; release gives back exactly what the hold's own row took. Once settled, nothing more happens. The
 * ledger comes before the counters: of two that settle one order, the second waits at the ledger holding no counter, so they
 * can't deadlock; and the counters, which everybody wants, are held for the shortest time.
 */
export function settleHolds(kind: 'confirm' | 'release'): Prisma.Sql {
  const deltas =
    kind === 'confirm'
      ? Prisma.sql`0, -h.quantity, h.quantity`
      : Prisma.sql`-h.available_delta, -h.reserved_delta, -h.sold_delta`;
  return Prisma.sql`
  entered AS (
    INSERT INTO stock_ledger (reference, order_id, sku_id, kind, quantity, available_delta, reserved_delta, sold_delta)
    SELECT h.reference, h.order_id, h.sku_id, ${kind}, h.quantity, ${deltas}
    FROM stock_ledger h JOIN moved m ON h.reference = m.order_id
    WHERE h.kind = 'hold' ORDER BY h.reference, h.sku_id
    ON CONFLICT DO NOTHING
    RETURNING reference, sku_id, quantity, available_delta, reserved_delta, sold_delta),
  locked AS (
    SELECT sku_id FROM stock WHERE sku_id IN (SELECT sku_id FROM entered) ORDER BY sku_id FOR UPDATE),
  ${countBy(Prisma.sql`(SELECT p.* FROM locked JOIN ${enteredPerSku} p USING (sku_id))`)}`;
}

/** CTE `stock_moved(reference, lines)`: what the CTE `entered` came to for each order, as events tell it. */
export const STOCK_MOVED = Prisma.sql`
  stock_moved AS (
    SELECT reference, jsonb_agg(jsonb_build_object('skuId', sku_id, 'quantity', quantity) ORDER BY sku_id) AS lines
    FROM entered GROUP BY reference)`;
