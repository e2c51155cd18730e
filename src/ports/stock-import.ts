import { type ImportLine, type ImportMode, type RefusedLine, type StockImport } from '../domain/stock-import';
import { type IdempotencyKey, type KeyRefusal } from './idempotency';

export interface ImportRequest {
  /** `imp_…`; with a line's number, the reference of that line in the ledger. */
  readonly id: string;
  readonly mode: ImportMode;
  readonly lines: readonly ImportLine[];
  /** Lines whose fields are wrong already. */
  readonly malformed: readonly RefusedLine[];
}

export type ImportOutcome =
  | { readonly t: 'imported'; readonly report: StockImport }
  /** `all_or_nothing`: these could not be done, so none was. */
  | { readonly t: 'refused'; readonly lines: readonly RefusedLine[] };

/** Adjustments of stock by the file, through the ledger, in one transaction and once per key: a repeat gets the first answer. */
export interface StockImports {
  run(request: ImportRequest, key: IdempotencyKey): Promise<ImportOutcome | KeyRefusal>;
}
