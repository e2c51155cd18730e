import { readdirSync, readFileSync } from 'node:fs';

/** Milliseconds of CPU (user and system) that something has used so far. NaN where the system does not tell. */
export type CpuReader = () => number;

/** The kernel's accounting tick as /proc shows it: USER_HZ, 100 on every Linux that Node runs on. */
const MS_PER_TICK = 10;
/** Fields of /proc/<pid>/stat, counted after the name's closing bracket. */
const PARENT = 1;
const OWN = [11, 12];
const REAPED_CHILDREN = [13, 14];

/** One process with all its threads. */
export function processCpu(pid: number): CpuReader {
  return () => ticks(statOf(pid)?.fields, OWN) * MS_PER_TICK;
}

/** A process and its children, those that have ended included: a PostgreSQL server with its connections' processes. */
export function familyCpu(pid: number): CpuReader {
  return () => {
    const parent = statOf(pid)?.fields;
    const children = allStats().filter(({ fields }) => Number(fields[PARENT]) === pid);
    const own = children.reduce((sum, { fields }) => sum + ticks(fields, OWN), 0);
    return (ticks(parent, [...OWN, ...REAPED_CHILDREN]) + own) * MS_PER_TICK;
  };
}

/** Every process of that name on this machine: a broker that somebody else started, and perhaps somebody else uses. */
export function namedCpu(name: string): CpuReader {
  return () => {
    const named = allStats().filter((each) => each.name === name);
    return named.length === 0 ? NaN : named.reduce((sum, { fields }) => sum + ticks(fields, OWN), 0) * MS_PER_TICK;
  };
}

/** Memory that a process holds now, in MiB; NaN where the system does not tell. */
export function residentMiB(pid: number): () => number {
  return () => {
    try {
      const kib = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
      return Number(kib) / 1_024;
    } catch {
      return NaN;
    }
  };
}

/** Reads all at once, by name. */
export function readCpu(readers: Readonly<Record<string, CpuReader>>): Record<string, number> {
  return Object.fromEntries(Object.entries(readers).map(([name, read]) => [name, read()]));
}

/** What was used between two readings, divided by so many orders. */
export function cpuPerOrder(
  before: Readonly<Record<string, number>>,
  after: Readonly<Record<string, number>>,
  orders: number,
): Record<string, number> {
  return Object.fromEntries(
    Object.keys(before).map((name) => [name, ((after[name] ?? NaN) - (before[name] ?? NaN)) / orders]),
  );
}

interface Stat {
  readonly name: string;
  readonly fields: readonly string[];
}

function statOf(pid: number | string): Stat | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const end = text.lastIndexOf(')');
    return { name: text.slice(text.indexOf('(') + 1, end), fields: text.slice(end + 2).split(' ') };
  } catch {
    return null; // it ended meanwhile, or this is no Linux
  }
}

function allStats(): Stat[] {
  try {
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    return pids.flatMap((pid) => statOf(pid) ?? []);
  } catch {
    return [];
  }
}

function ticks(fields: readonly string[] | undefined, which: readonly number[]): number {
  return fields ? which.reduce((sum, index) => sum + Number(fields[index]), 0) : NaN;
}
