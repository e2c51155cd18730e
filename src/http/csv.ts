import { CsvError, parse } from 'csv-parse/sync';
import { HoldfastError } from '../domain/errors';

export interface CsvRow {
  /** The line of the text on which the row ends; the first is 1. */
  readonly line: number;
  /** As many as the row has, without white space around them. */
  readonly fields: readonly string[];
}

/**
 * The rows under a header that names exactly `columns`. RFC 4180, with LF as well as CRLF, with or without a byte order
 * mark; empty lines are passed over. Throws `malformed_csv` for another header, none, or quotes that do not match.
 */
export function parseCsv(text: string, columns: readonly string[]): CsvRow[] {
  const [header, ...rows] = readRows(text);
  if (header?.fields.join() !== columns.join()) {
    throw new HoldfastError('malformed_csv', `the first line must be ${columns.join()}`);
  }
  return rows;
}

function readRows(text: string): CsvRow[] {
  try {
    const rows: CsvRow[] = [];
    parse(text, {
      bom: true,
      record_delimiter: ['\r\n', '\n'],
      // Each row is judged by itself: one that is too short does not stop the others.
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
      on_record: (fields: string[], { lines: line }) => {
        rows.push({ line, fields });
        return null;
      },
    });
    return rows;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new HoldfastError('malformed_csv', `line ${String(error['lines'])}: its quotes do not match`);
  }
}
