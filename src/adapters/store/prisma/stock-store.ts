import { adjustmentFault, normaliseLines, type StockCounters, type StockLine } from '../../../domain/stock';
import {
  type AdjustOutcome,
  type AdjustRequest,
  type HoldOutcome,
  type HoldRequest,
  type RestockRequest,
  type SettleOutcome,
  type StockStore,
} from '../../../ports/stock-store';
import { causedByOne, type Sql, TRANSACTION_LIMITS } from './client';
import { type PrismaClient } from './generated/client';
import { GroupCommit } from './group-commit';
import { holdApart, holdIfAllFit, settleBatch } from './stock-holds';
import { adjustRow, enterRows, holdRow, ledgerOf, type LedgerRow, lockCounters } from './stock-statements';

/** As the skeletons' batcher: past this a statement does not become cheaper per hold. */
const MAX_BATCH = 256;
/** On a hot row a second batch would only wait for the first. */
const LANES = 1;
const MAX_WAITING = 4_000;
const LONGEST_WAIT_MS = 10_000;

const LIMITS = {
  maxBatch: MAX_BATCH,
  lanes: LANES,
  maxWaiting: MAX_WAITING,
  longestWaitMs: LONGEST_WAIT_MS,
  causedByOne,
};

/** Stock in PostgreSQL. Concurrent holds share a statement, and so do confirms and releases. */
export class PrismaStockStore implements StockStore {
  private readonly holds: GroupCommit<HoldRequest, HoldOutcome>;
  private readonly confirms: GroupCommit<string, SettleOutcome>;
  private readonly releases: GroupCommit<string, SettleOutcome>;

  constructor(private readonly prisma: PrismaClient) {
    this.holds = new GroupCommit({
      ...LIMITS,
      run: async (batch) => (await holdIfAllFit(prisma, batch)) ?? holdApart(prisma, batch),
    });
    const settling = (kind: 'confirm' | 'release') =>
      new GroupCommit<string, SettleOutcome>({ ...LIMITS, run: (batch) => settleBatch(prisma, kind, batch) });
    this.confirms = settling('confirm');
    this.releases = settling('release');
  }

  hold({ orderId, lines }: HoldRequest): Promise<HoldOutcome> {
    return this.holds.submit({ orderId, lines: normaliseLines(lines) });
  }

  confirm(orderId: string): Promise<SettleOutcome> {
    return this.confirms.submit(orderId);
  }

  release(orderId: string): Promise<SettleOutcome> {
    return this.releases.submit(orderId);
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

async function isEntered(tx: Sql, reference: string): Promise<boolean> {
  const rows = await tx.$queryRaw<unknown[]>`SELECT 1 FROM stock_ledger WHERE reference = ${reference} LIMIT 1`;
  return rows.length > 0;
}

/** Units of the order sold and not yet restocked, per SKU; empty where nothing was ever sold. */
export async function soldUnits(tx: Sql, orderId: string): Promise<Map<string, number>> {
  const rows = await tx.$queryRaw<{ sku_id: string; sold: number }[]>`
    SELECT sku_id, sum(sold_delta)::int AS sold FROM stock_ledger
    WHERE ${ledgerOf(orderId)} GROUP BY sku_id HAVING bool_or(kind = 'confirm')`;
  return new Map(rows.map((row) => [row.sku_id, row.sold]));
}
