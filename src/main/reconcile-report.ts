import { type ReconcileRun } from '../ports/reconciliation';

export const say = (line: string): void => console.log(line);

const COLUMNS = ['class', 'checked', 'mended', 'opened', ''] as const;

/** What a run did per class, as lines of a table; a class that could not be compared to the end says so. */
export function tableOf({ classes }: ReconcileRun): string[] {
  const rows = classes.map(({ class: of, checked, mended, opened, failed }) => [
    ...[of, String(checked), String(mended), String(opened)],
    failed ? 'FAILED: see the log' : '',
  ]);
  const table = [[...COLUMNS], ...rows];
  const widths = COLUMNS.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  return table.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}
