import { type NewId } from '../../../domain/ids';
import { type AppliedLine, judgeImport, type RefusedLine } from '../../../domain/stock-import';
import { type IdempotencyKey, type KeyRefusal } from '../../../ports/idempotency';
import { type ImportOutcome, type ImportRequest, type StockImports } from '../../../ports/stock-import';
import { type AdjustRequest } from '../../../ports/stock-store';
import { type Sql, TRANSACTION_LIMITS } from './client';
import { announceAll, eventRow } from './events';
import { type PrismaClient } from './generated/client';
import { answerOnce } from './idempotency';
import { adjustRow, enterRows, lockCounters } from './stock-statements';

/** Imports in PostgreSQL: counters locked in the order of their SKUs, lines judged, then all that is done written at once. */
export class PrismaStockImports implements StockImports {
  constructor(
    private readonly prisma: PrismaClient,
    private readonly newId: NewId,
  ) {}

  run(request: ImportRequest, key: IdempotencyKey): Promise<ImportOutcome | KeyRefusal> {
    return this.prisma.$transaction(
      (tx) => answerOnce(tx, key, request.id, () => this.runOnce(tx, request)),
      TRANSACTION_LIMITS,
    );
  }

  private async runOnce(tx: Sql, { id, mode, lines, malformed }: ImportRequest): Promise<ImportOutcome> {
    const counters = await lockCounters(tx, [...new Set(lines.map(({ skuId }) => skuId))]);
    const judged = [...malformed, ...judgeImport(lines, counters)].sort((a, b) => a.line - b.line);
    const refused = judged.filter((each): each is RefusedLine => each.status === 'refused');
    if (mode === 'all_or_nothing' && refused.length > 0) return { t: 'refused', lines: refused };
    const applied = new Set(
      judged.filter((each): each is AppliedLine => each.status === 'applied').map(({ line }) => line),
    );
    await this.write(
      tx,
      lines
        .filter(({ line }) => applied.has(line))
        .map(({ line, ...rest }) => ({ ...rest, reference: `${id}:${line}` })),
    );
    return { t: 'imported', report: { id, applied: applied.size, refused: refused.length, lines: judged } };
  }

  private async write(tx: Sql, adjustments: readonly AdjustRequest[]): Promise<void> {
    if (adjustments.length === 0) return;
    await tx.$executeRaw`WITH ${enterRows(adjustments.map(adjustRow))} SELECT 1`;
    await announceAll(
      tx,
      adjustments.map((adjustment) => eventRow(this.newId, 'StockAdjusted', null, adjustment)),
    );
  }
}
