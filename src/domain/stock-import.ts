import { type ErrorCode, ERRORS } from './errors';
import { adjustmentFault, type StockCounters } from './stock';

/** Bounds of one import: it is one transaction, and one answer names every line. */
export const IMPORT_LIMITS = { lines: 5_000, bytes: 1024 * 1024 } as const;

/** `all_or_nothing`: one line that cannot be done stops them all. `report`: the others are done. */
export const IMPORT_MODES = ['all_or_nothing', 'report'] as const;
export type ImportMode = (typeof IMPORT_MODES)[number];

/** A line whose fields are right. */
export interface ImportLine {
  /** Of the file, the header's being 1. */
  readonly line: number;
  readonly skuId: string;
  /** Units to add (positive) or to take away (negative). */
  readonly delta: number;
  readonly reason: string;
}

export interface AppliedLine {
  readonly line: number;
  readonly status: 'applied';
  readonly skuId: string;
  readonly delta: number;
  /** Units available right after it. */
  readonly available: number;
}

export interface RefusedLine {
  readonly line: number;
  readonly status: 'refused';
  /** Null where the line holds nothing that could be one. */
  readonly skuId: string | null;
  readonly delta: number | null;
  /** Units available when its turn came; null where that was not asked. */
  readonly available: number | null;
  readonly code: ErrorCode;
  readonly message: string;
}

export type JudgedLine = AppliedLine | RefusedLine;

/** What an import came to, its lines in the order of the file. */
export interface StockImport {
  readonly id: string;
  readonly applied: number;
  readonly refused: number;
  readonly lines: readonly JudgedLine[];
}

/**
 * Judges the lines in the order of the file, each against what those before it have left; a refused one takes and adds
 * nothing.
 */
export function judgeImport(
  lines: readonly ImportLine[],
  counters: ReadonlyMap<string, Pick<StockCounters, 'available'>>,
): JudgedLine[] {
  const left = new Map([...counters].map(([skuId, { available }]) => [skuId, available]));
  return lines.map(({ line, skuId, delta }): JudgedLine => {
    const available = left.get(skuId);
    const refused = (code: ErrorCode): RefusedLine => {
      return { line, status: 'refused', skuId, delta, available: available ?? null, code, message: ERRORS[code] };
    };
    if (available === undefined) return refused('sku_not_found');
    const fault = adjustmentFault(available, delta);
    if (fault) return refused(FAULT_CODES[fault]);
    left.set(skuId, available + delta);
    return { line, status: 'applied', skuId, delta, available: available + delta };
  });
}

const FAULT_CODES = { insufficient: 'insufficient_stock', tooMany: 'stock_limit_exceeded' } as const;
