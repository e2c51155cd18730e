import { type Machine } from '../machine';
import { type Spread } from '../stats';

/** Something that must hold after a run, whatever its speed. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  /** What was found. */
  readonly found: string;
}

/** What one run of one side came to. */
export interface Run {
  /** By name, with the unit in it: `answered/s`, `p99 ms`. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Milliseconds of CPU per order (or request), by process. */
  readonly cpuMs: Readonly<Record<string, number>>;
  readonly checks: readonly Check[];
  /** The machine's load average when it ended. */
  readonly load: number;
}

/** One of the things compared. */
export interface Row {
  readonly name: string;
  /** What a reader has to know to judge it. */
  readonly note?: string;
  readonly runs: readonly Run[];
  /** Why it was not run; its runs are none then. */
  readonly skipped?: string;
}

/** A figure of one row over the same of another, in the same run: the machine's noise touches both. */
export interface Ratio {
  readonly what: string;
  readonly of: string;
  readonly to: string;
  readonly metric: string;
  /** Per pair of runs. */
  readonly values: Spread;
  /** `null`: no goal was set. */
  readonly goal: Goal | null;
}

export interface Goal {
  readonly at: 'least' | 'most';
  readonly value: number;
}

export interface Report {
  readonly name: string;
  readonly title: string;
  /** What it answers and how, in a paragraph. */
  readonly about: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly machine: Machine;
  /** RFC 3339. */
  readonly startedAt: string;
  readonly seconds: number;
  /** The metrics to be drawn, a chart each. */
  readonly charts: readonly string[];
  readonly rows: readonly Row[];
  readonly ratios: readonly Ratio[];
}

/** The row's runs of one metric; empty where it has none. */
export function valuesOf(row: Row, metric: string): number[] {
  return row.runs.flatMap((run) => run.metrics[metric] ?? []);
}

export function brokenChecks(report: Report): string[] {
  return report.rows.flatMap((row) =>
    row.runs.flatMap((run) =>
      run.checks.filter(({ ok }) => !ok).map(({ name, found }) => `${row.name}: ${name}: ${found}`),
    ),
  );
}

/** Processes that are not the service's: what they use is not what an order costs it. */
const OTHERS = ['load', 'sandbox'];

/** What the service and its servers used, those left out that could not be read. */
export function ownCpu(cpuMs: Run['cpuMs']): number {
  const own = Object.entries(cpuMs).filter(([name, ms]) => !OTHERS.includes(name) && !Number.isNaN(ms));
  return own.reduce((sum, [, ms]) => sum + ms, 0);
}
