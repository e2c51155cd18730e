import { type Spread } from '../stats';
import { figure } from './figure';

export interface Bar {
  readonly label: string;
  /** Null: it was not run. */
  readonly value: Spread | null;
}

const WIDTH = 760;
const LABELS = 250;
const FIGURES = 90;
const ROW = 30;
const HEAD = 34;
const FOOT = 12;
const TRACK = WIDTH - LABELS - FIGURES;

/** Horizontal bars: the median as the bar, least and most as a whisker. Readable on a light and on a dark page. */
export function barChart(title: string, bars: readonly Bar[]): string {
  const most = Math.max(...bars.map(({ value }) => value?.max ?? 0), Number.MIN_VALUE);
  const height = HEAD + bars.length * ROW + FOOT;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escape(title)}" font-family="system-ui, sans-serif" font-size="13">`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    `<text x="8" y="21" font-weight="600" fill="#1f2328">${escape(title)}</text>`,
    ...bars.map((bar, index) => barLines(bar, HEAD + index * ROW, most)),
    '</svg>',
    '',
  ].join('\n');
}

function barLines({ label, value }: Bar, top: number, most: number): string {
  const middle = top + ROW / 2;
  const name = `<text x="${LABELS - 8}" y="${middle + 4}" text-anchor="end" fill="#1f2328">${escape(label)}</text>`;
  if (value === null) return `${name}<text x="${LABELS}" y="${middle + 4}" fill="#656d76">not run</text>`;
  const at = (amount: number): string => ((amount / most) * TRACK).toFixed(1);
  const [from, to] = [LABELS + Number(at(value.min)), LABELS + Number(at(value.max))];
  return [
    name,
    `<rect x="${LABELS}" y="${top + 6}" width="${at(value.median)}" height="${ROW - 12}" fill="#4f7cac"/>`,
    `<line x1="${from}" x2="${to}" y1="${middle}" y2="${middle}" stroke="#1f2328" stroke-width="1.5"/>`,
    `<text x="${to + 8}" y="${middle + 4}" fill="#1f2328">${figure(value.median)}</text>`,
  ].join('');
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
