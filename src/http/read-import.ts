import { validationFailed } from '../domain/errors';
import { IMPORT_LIMITS, type ImportLine, type RefusedLine } from '../domain/stock-import';
import { type CsvRow, parseCsv } from './csv';
import { IMPORT_COLUMNS, importRowSchema } from './schemas/stock-imports';

export interface ReadImport {
  readonly lines: readonly ImportLine[];
  readonly malformed: readonly RefusedLine[];
}

/**
 * Reads an import: which rows are lines, and what is wrong with the others. Throws `malformed_csv` for what is no such file,
 * and `validation_failed` for one without rows or with too many.
 */
export function readImport(text: string): ReadImport {
  const rows = parseCsv(text, IMPORT_COLUMNS);
  if (rows.length === 0 || rows.length > IMPORT_LIMITS.lines) {
    throw validationFailed([{ path: 'lines', message: `must be 1 to ${IMPORT_LIMITS.lines} lines below the header` }]);
  }
  const read = rows.map(readRow);
  return {
    lines: read.filter((each): each is ImportLine => !('status' in each)),
    malformed: read.filter((each): each is RefusedLine => 'status' in each),
  };
}

function readRow({ line, fields }: CsvRow): ImportLine | RefusedLine {
  const row = Object.fromEntries(IMPORT_COLUMNS.map((column, index) => [column, fields[index]]));
  const parsed = importRowSchema.safeParse(row);
  if (parsed.success && fields.length === IMPORT_COLUMNS.length) return { line, ...parsed.data };
  const { skuId, delta } = importRowSchema.shape;
  return {
    line,
    status: 'refused',
    skuId: skuId.safeParse(row['skuId']).data ?? null,
    delta: delta.safeParse(row['delta']).data ?? null,
    available: null,
    code: 'validation_failed',
    message:
      fields.length === IMPORT_COLUMNS.length
        ? (parsed.error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')
        : `must have ${IMPORT_COLUMNS.length} columns, has ${fields.length}`,
  };
}
