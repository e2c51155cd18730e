import { currentLoad } from './machine';
import { type Goal, type Ratio, type Report, type Row, type Run, valuesOf } from './report/model';
import { type Stage } from './stage';
import { spreadOf } from './stats';

/** A size as it is measured, and as a smoke run takes it. Each can be given on the command line. */
export interface Size {
  readonly full: number;
  readonly quick: number;
}

export interface Bench<Sizes extends string = string> {
  readonly name: string;
  readonly title: string;
  /** What it answers and how, in a paragraph. */
  readonly about: string;
  readonly sizes: Readonly<Record<Sizes, Size>>;
  /** Further flags, with what they are by default. */
  readonly texts?: Readonly<Record<string, string>>;
  run(context: BenchContext<Sizes>): Promise<Findings>;
}

export interface BenchContext<Sizes extends string = string> {
  readonly stage: Stage;
  readonly size: Readonly<Record<Sizes, number>>;
  readonly text: Readonly<Record<string, string>>;
  /** A smoke run. */
  readonly quick: boolean;
  /** Progress for people, one line each. */
  readonly say: (line: string) => void;
}

/** What a benchmark found; the rest of its report is known before. */
export type Findings = Pick<Report, 'settings' | 'charts' | 'rows' | 'ratios'>;

/** One of the things compared: ready to be measured, or why it can't be here. */
export type Side = { readonly name: string; readonly note?: string } & (
  { readonly measure: () => Promise<Omit<Run, 'load'>> } | { readonly skipped: string }
);

/** Before the clock counts: connections, caches and compilers are as they are in service. A broken invariant ends the benchmark. */
export async function warmUp(
  name: string,
  run: () => Promise<Pick<Run, 'checks'>>,
  say: (line: string) => void,
): Promise<void> {
  say(`${name} warms up`);
  const broken = (await run()).checks.filter(({ ok }) => !ok).map((check) => `${check.name}: ${check.found}`);
  if (broken.length > 0) throw new Error(`${name} broke while it warmed up: ${broken.join('; ')}`);
}

/**
 * Measures the sides in turn, A B B A: whatever else the machine does then falls on all of them, and none always comes after
 * the one that leaves most behind.
 */
export async function interleave(sides: readonly Side[], runs: number, say: (line: string) => void): Promise<Row[]> {
  const found = new Map<Side, Run[]>(sides.map((side) => [side, []]));
  for (let round = 1; round <= runs; round += 1) {
    for (const side of round % 2 === 1 ? sides : sides.toReversed()) {
      if ('skipped' in side) continue;
      const run: Run = { ...(await side.measure()), load: currentLoad() };
      found.get(side)?.push(run);
      say(`${side.name}, run ${round} of ${runs}: ${summary(run)}`);
    }
  }
  return sides.map((side) => ({
    name: side.name,
    ...(side.note === undefined ? {} : { note: side.note }),
    ...('skipped' in side ? { skipped: side.skipped } : {}),
    runs: found.get(side) ?? [],
  }));
}

function summary({ metrics, checks }: Run): string {
  const figures = Object.entries(metrics).map(([name, value]) => `${name} ${Math.round(value * 100) / 100}`);
  const broken = checks.filter(({ ok }) => !ok).map(({ name, found }) => `BROKEN ${name}: ${found}`);
  return [...figures, ...broken].join(', ');
}

/** One row's figure over another's, run by run; none of a row that was not run. */
export function ratio(rows: readonly Row[], metric: string, of: string, to: string, goal: Goal | null = null): Ratio[] {
  const [upper, lower] = [of, to].map((name) => {
    const row = rows.find((each) => each.name === name);
    return row ? valuesOf(row, metric) : [];
  }) as [number[], number[]];
  const pairs = upper.flatMap((value, index) => {
    const other = lower[index];
    return other === undefined ? [] : [value / other];
  });
  if (pairs.length === 0) return [];
  return [{ what: `${metric}: ${of} / ${to}`, of, to, metric, values: spreadOf(pairs), goal }];
}

export const atLeast = (value: number): Goal => ({ at: 'least', value });
export const atMost = (value: number): Goal => ({ at: 'most', value });
