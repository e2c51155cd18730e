import { adjustmentFault, allocate, normaliseLines, type StockCounters, type StockLine } from '../../../domain/stock';
import {
  type AdjustOutcome,
  type AdjustRequest,
  type HoldOutcome,
  type HoldRequest,
  type RestockRequest,
  type SettleOutcome,
  type StockStore,
} from '../../../ports/stock-store';
import { type Sql, TRANSACTION_LIMITS } from './client';
import { type PrismaClient } from './generated/client';
import { adjustRow, enterRows, holdRow, type LedgerRow, lockCounters, settleHolds } from './stock-statements';

/** Stock in PostgreSQL. Hold: lock and read, decide, write. Confirm and release: one statement each. */
export class PrismaStockStore implements StockStore {
  constructor(private readonly prisma: PrismaClient) {}

  hold({ orderId, lines }: HoldRequest): Promise<HoldOutcome> {
    const wanted = normaliseLines(lines);
    return this.prisma.$transaction(async (tx) => {
      const counters = await lockCounters(
        tx,
        wanted.map((line) => line.skuId),
      );
      if (await isHeld(tx, orderId)) return { t: 'held' };
      const decision = allocate(counters, [wanted])[0] ?? { t: 'held' };
      if (decision.t === 'short') return decision;
      const rows = wanted.map((line) => holdRow(orderId, line, counters.get(line.skuId)));
      await tx.$executeRaw`WITH ${enterRows(rows)} SELECT 1`;
      return decision;
    }, TRANSACTION_LIMITS);
  }

  confirm(orderId: string): Promise<SettleOutcome> {
    return this.settle('confirm', orderId);
  }

  release(orderId: string): Promise<SettleOutcome> {
    return this.settle('release', orderId);
  }

  restock(request: RestockRequest): Promise<SettleOutcome> {
    return this.prisma.$transaction((tx) => restockIn(tx, request), TRANSACTION_LIMITS);
  }

  adjust(request: AdjustRequest): Promise<AdjustOutcome> {
    return this.prisma.$transaction((tx) => adjustIn(tx, request), TRANSACTION_LIMITS);
  }

  async counters(skuId: string): Promise<StockCounters | null> {
    const row = await this.prisma.stock.findUnique({ where: { skuId } });
    return row && { available: row.available, reserved: row.reserved, sold: row.sold, unlimited: row.unlimited };
  }

  private async settle(kind: 'confirm' | 'release', orderId: string): Promise<SettleOutcome> {
    const entered = await this.prisma.$queryRaw<unknown[]>`
      WITH moved AS (SELECT ${orderId}::text AS order_id), ${settleHolds(kind)} SELECT sku_id FROM entered`;
    if (entered.length > 0) return 'done';
    const kinds = await this.prisma.$queryRaw<{ kind: string }[]>`
      SELECT DISTINCT kind FROM stock_ledger WHERE reference = ${orderId}`;
    if (kinds.some((row) => row.kind === kind)) return 'already';
    return kinds.some((row) => row.kind === 'confirm' || row.kind === 'release') ? 'conflict' : 'notHeld';
  }
}

/** Puts units of a confirmed order back on sale within the caller's transaction. */
export async function restockIn(tx: Sql, { reference, orderId, lines }: RestockRequest): Promise<SettleOutcome> {
  const back = normaliseLines(lines);
  const counters = await lockCounters(
    tx,
    back.map((line) => line.skuId),
  );
  const sold = await soldUnits(tx, orderId);
  if (sold.size === 0) return 'notHeld';
  if (await isEntered(tx, reference)) return 'already';
  if (back.some((line) => line.quantity > (sold.get(line.skuId) ?? 0))) return 'conflict';
  const rows = back.map((line) => restockRow(reference, orderId, line, counters.get(line.skuId)));
  await tx.$executeRaw`WITH ${enterRows(rows)} SELECT 1`;
  return 'done';
}

/** Adjusts what is available within the caller's transaction; the ledger row makes a repeat harmless. */
export async function adjustIn(tx: Sql, request: AdjustRequest): Promise<AdjustOutcome> {
  const counters = (await lockCounters(tx, [request.skuId])).get(request.skuId);
  if (!counters) return 'notFound';
  if (await isEntered(tx, request.reference)) return 'already';
  const fault = adjustmentFault(counters.available, request.delta);
  if (fault) return fault;
  await tx.$executeRaw`WITH ${enterRows([adjustRow(request)])} SELECT 1`;
  return 'done';
}

/** Undoes a hold's settled confirmation; for an unlimited SKU only the sold units are taken back. */
function restockRow(reference: string, orderId: string, line: StockLine, counters?: StockCounters): LedgerRow {
  return {
    ...holdRow(orderId, line, counters),
    reference,
    kind: 'restock',
    available_delta: counters?.unlimited ? 0 : line.quantity,
    reserved_delta: 0,
    sold_delta: -line.quantity,
  };
}

async function isHeld(tx: Sql, orderId: string): Promise<boolean> {
  const rows = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM stock_ledger WHERE reference = ${orderId} AND kind = 'hold' LIMIT 1`;
  return rows.length > 0;
}

async function isEntered(tx: Sql, reference: string): Promise<boolean> {
  const rows = await tx.$queryRaw<unknown[]>`SELECT 1 FROM stock_ledger WHERE reference = ${reference} LIMIT 1`;
  return rows.length > 0;
}

/** Units of the order sold and not yet restocked, per SKU. */
async function soldUnits(tx: Sql, orderId: string): Promise<Map<string, number>> {
  const rows = await tx.$queryRaw<{ sku_id: string; sold: number }[]>`
    SELECT sku_id, sum(sold_delta)::int AS sold FROM stock_ledger
    WHERE order_id = ${orderId} GROUP BY sku_id HAVING bool_or(kind = 'confirm')`;
  return new Map(rows.map((row) => [row.sku_id, row.sold]));
}
