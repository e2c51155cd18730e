import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** The project's folder. */
export const ROOT = resolve(__dirname, '../../../..');

/** Text of a file of the project, by its path from the project's folder. */
export function text(path: string): string {
  return readFileSync(resolve(ROOT, path), 'utf8');
}

/**
 * Cells of the Markdown tables whose header's first cell is `header`, code ticks and other marks left in. Escaped
 * pipes count as text. Throws when there is no such table: a test must not pass on an empty list.
 */
export function tableRows(markdown: string, header: string): string[][] {
  const rows: string[][] = [];
  let inside = false;
  for (const line of markdown.split('\n')) {
    const cells = cellsOf(line);
    if (cells === null) inside = false;
    else if (inside && !/^:?-+:?$/.test(cells[0] ?? '')) rows.push(cells);
    else if (cells[0] === header) inside = true;
  }
  if (rows.length === 0) throw new Error(`no table whose first column is "${header}"`);
  return rows;
}

function cellsOf(line: string): string[] | null {
  if (!line.startsWith('|')) return null;
  return line
    .slice(1, line.lastIndexOf('|'))
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());
}

/** The names between ticks in a cell. */
export function ticked(cell: string | undefined): string[] {
  return [...(cell ?? '').matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');
}

/** Contents of the fenced blocks in that language. */
export function fenced(markdown: string, language: string): string[] {
  return [...markdown.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(
    (match) => match[1] ?? '',
  );
}
