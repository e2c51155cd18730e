import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { endProcess, identify, type ProcessIdentity } from './process-identity';

export interface ChildOptions {
  /** What people call it, for messages. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly owner?: { readonly uid: number; readonly gid: number };
  /** Its output is appended here; kept small by moving a large one to `<file>.1` at start. */
  readonly logFile: string;
  /** Where the running child is remembered, so that the next start can end it when this process was killed. */
  readonly recordFile: string;
  /** What asks it to stop in an orderly way. */
  readonly stopSignal?: NodeJS.Signals;
  /** How long an orderly stop may take before SIGKILL. */
  readonly graceMs?: number;
  /** Called when it ends without having been asked to. */
  readonly onExit?: (message: string) => void;
}

export interface SupervisedChild {
  readonly pid: number;
  /** Settles when it has ended, with the reason in words. */
  readonly exited: Promise<string>;
  hasExited(): boolean;
  /** What it wrote since this start. */
  output(): string;
  /** The last lines of that: for error messages. */
  logTail(): string;
  /** Idempotent; resolves when the process is gone. */
  stop(): Promise<void>;
}

/** Servers flush to disk when they stop; ten seconds is far above what a healthy one needs. */
const DEFAULT_GRACE_MS = 10_000;
/** A log above this is moved aside at start: some weeks of warnings. */
const LOG_LIMIT_BYTES = 10 * 1024 * 1024;
const TAIL_LINES = 12;

/**
 * Starts a server as a process of its own group, so that Ctrl-C in the terminal reaches only us and we stop it in order.
 * A child recorded by an earlier start that was killed is ended first. Resolves once spawned, not once ready.
 *
 * @throws Error when the command can't be run.
 */
export async function startChild(options: ChildOptions): Promise<SupervisedChild> {
  await Promise.all([options.logFile, options.recordFile].map((file) => mkdir(dirname(file), { recursive: true })));
  await endRecorded(options);
  const logStart = prepareLog(options.logFile);
  const child = await spawnLogged(options);
  const pid = child.pid as number; // set once 'spawn' was emitted
  writeFileSync(options.recordFile, JSON.stringify(await identify(pid)));

  let stopping: Promise<void> | undefined;
  let ended = child.exitCode !== null || child.signalCode !== null;
  const killWithUs = (): void => void child.kill(options.stopSignal ?? 'SIGTERM');
  process.once('exit', killWithUs);
  const exited = onceExited(child).then((reason) => {
    ended = true;
    process.removeListener('exit', killWithUs);
    rmSync(options.recordFile, { force: true });
    if (stopping === undefined) options.onExit?.(`${options.name} ended unexpectedly (${reason})`);
    return reason;
  });
  return {
    pid,
    exited,
    hasExited: () => ended,
    output: () => writtenSince(options.logFile, logStart),
    logTail: () => writtenSince(options.logFile, logStart).trimEnd().split('\n').slice(-TAIL_LINES).join('\n'),
    stop: () => (stopping ??= endChild(child, exited, options)),
  };
}

/** Ends the child that an earlier, killed start left behind; does nothing when there is none. */
export async function endRecorded(
  options: Pick<ChildOptions, 'recordFile' | 'stopSignal' | 'graceMs'>,
): Promise<boolean> {
  const text = await readFile(options.recordFile, 'utf8').catch(() => '');
  const recorded = parseRecord(text);
  if (recorded === null) return false;
  await endProcess(recorded, [options.stopSignal ?? 'SIGTERM', 'SIGKILL'], options.graceMs ?? DEFAULT_GRACE_MS);
  rmSync(options.recordFile, { force: true });
  return true;
}

/** A record that was cut off by a power failure is no record: the process it named is gone as well. */
function parseRecord(text: string): ProcessIdentity | null {
  try {
    const value: unknown = JSON.parse(text);
    const { pid, born } = value as Partial<ProcessIdentity>;
    return typeof pid === 'number' && typeof born === 'string' ? { pid, born } : null;
  } catch {
    return null;
  }
}

function spawnLogged(options: ChildOptions): Promise<ChildProcess> {
  const log = openSync(options.logFile, 'a', 0o600);
  return new Promise<ChildProcess>((resolve, reject) => {
    const child = spawn(options.command, options.args, {
      cwd: options.cwd,
      env: options.env,
      detached: true,
      windowsHide: true,
      stdio: ['ignore', log, log],
      ...options.owner,
    });
    child.once('spawn', () => resolve(child));
    child.once('error', (error) => reject(new Error(`${options.name} can't be started: ${error.message}`)));
  }).finally(() => closeSync(log));
}

function onceExited(child: ChildProcess): Promise<string> {
  const describe = (code: number | null, signal: NodeJS.Signals | null): string =>
    signal === null ? `exit code ${code}` : `signal ${signal}`;
  if (child.exitCode !== null || child.signalCode !== null) {
    return Promise.resolve(describe(child.exitCode, child.signalCode));
  }
  return new Promise((resolve) => child.once('exit', (code, signal) => resolve(describe(code, signal))));
}

async function endChild(child: ChildProcess, exited: Promise<string>, options: ChildOptions): Promise<void> {
  child.kill(options.stopSignal ?? 'SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), options.graceMs ?? DEFAULT_GRACE_MS);
  await exited;
  clearTimeout(timer);
}

/** Size of the log before this start, after moving an overlong one aside. */
function prepareLog(file: string): number {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size < LOG_LIMIT_BYTES) return size;
  renameSync(file, `${file}.1`);
  return 0;
}

function writtenSince(file: string, from: number): string {
  return readFileSync(file).subarray(from).toString('utf8');
}
