import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Who a process is, beyond its number: numbers are used again, so a recorded one proves nothing by itself.
 * `born` is opaque and differs between two processes that had the same number; empty where the system can't say.
 */
export interface ProcessIdentity {
  readonly pid: number;
  readonly born: string;
}

/** Field 22 of /proc/<pid>/stat (start time in ticks since boot), counted after the name's closing bracket. */
const START_TIME_FIELD = 19;

/** The running process with this number, or null when there is none (a zombie counts as none). */
export async function identify(pid: number): Promise<ProcessIdentity | null> {
  if (!isAlive(pid)) return null;
  if (process.platform === 'linux') {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
    if (stat === null) return null;
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z') return null;
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
    return { pid, born: `${boot.trim()}:${fields[START_TIME_FIELD]}` };
  }
  if (process.platform === 'win32') return { pid, born: '' };
  const started = await ps(pid, 'lstart=');
  return started === '' ? null : { pid, born: started };
}

/** True when exactly that process, not a later one with the same number, is still running. */
export async function isSameProcess(recorded: ProcessIdentity): Promise<boolean> {
  const now = await identify(recorded.pid);
  return now !== null && now.born === recorded.born;
}

/** The arguments a process was started with, or an empty list where they can't be read. */
export async function commandLine(pid: number): Promise<string[]> {
  if (process.platform === 'linux') {
    const raw = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    return raw.split('\0').filter((part) => part !== '');
  }
  if (process.platform === 'win32') return [];
  return (await ps(pid, 'args=')).split(/\s+/).filter((part) => part !== '');
}

async function ps(pid: number, columns: string): Promise<string> {
  const { stdout } = await run('ps', ['-ww', '-o', columns, '-p', String(pid)]).catch(() => ({ stdout: '' }));
  return stdout.trim();
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // it exists and belongs to someone else
  }
}

/**
 * Ends a process that is not our child, by its number, checking before every signal that it is still the same one.
 * Tries the signals in turn and waits `graceMs` after each; resolves when it is gone.
 *
 * @throws Error when it outlives the last signal.
 */
export async function endProcess(
  target: ProcessIdentity,
  signals: readonly NodeJS.Signals[],
  graceMs: number,
): Promise<void> {
  for (const signal of signals) {
    if (!(await isSameProcess(target))) return;
    try {
      process.kill(target.pid, signal);
    } catch {
      continue; // gone between the check and the signal: the next check says so
    }
    if (await isGone(target, graceMs)) return;
  }
  if (await isSameProcess(target)) throw new Error(`process ${target.pid} does not end`);
}

/** How often a foreign process is looked at while waiting for its end: it can't notify us. */
const LOOK_EVERY_MS = 20;

async function isGone(target: ProcessIdentity, withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  while (await isSameProcess(target)) {
    if (Date.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  return true;
}
