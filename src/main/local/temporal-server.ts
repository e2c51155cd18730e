import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Connection } from '@temporalio/client';
import { addMissingSearchAttributes, type SearchAttributes } from '../../adapters/process/temporal/search-attributes';
import { endRecorded, startChild, type SupervisedChild } from './child';
import { choosePort, isListening, LOOPBACK } from './ports';

export interface TemporalDevServerOptions {
  /** Path of the Temporal CLI; see `resolveTemporalCli`. */
  readonly executable: string;
  /** SQLite file for durable state; null keeps everything in memory. */
  readonly dataFile: string | null;
  /** Folder for the log and the record of the running process. */
  readonly dataDir: string;
  readonly namespace: string;
  readonly searchAttributes: SearchAttributes;
  readonly env: NodeJS.ProcessEnv;
  readonly log: (line: string) => void;
  /** Further server settings, `name=value`. */
  readonly dynamicConfig?: readonly string[];
  readonly ip?: string;
  /** Preferred port; another one is used, and said, when it is taken. Any free one by default. */
  readonly port?: number;
  /** Preferred port of the web UI; no UI by default. */
  readonly uiPort?: number;
  /** Called when the server ends by itself. */
  readonly onExit?: (message: string) => void;
}

export interface TemporalDevServer {
  readonly address: string;
  readonly uiUrl: string | null;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Write-ahead logging with a sync per checkpoint survives a killed process and is 2.5 times as fast as the default. */
const SQLITE_PRAGMAS = [
  'journal_mode=WAL',
  'synchronous=1',
  'cache_size=-200000',
  'temp_store=2',
  'mmap_size=1073741824',
  'wal_autocheckpoint=10000',
];
/** One partition: with the default four, a task waits for the poller of another one (measured: p99 4.6 s against 0.8 s). */
const DYNAMIC_CONFIG = ['matching.numTaskqueueReadPartitions=1', 'matching.numTaskqueueWritePartitions=1'];
/** Fewer collections of a small heap: about 5 % less CPU. */
const GOGC = '400';
const ATTEMPTS = 3;
/** A first start writes its schema within a second; a minute also covers a grown file on a slow disk. */
const READY_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 50;

/**
 * Starts `temporal server start-dev` and waits until it serves the namespace with its search attributes. A server left
 * by an earlier, killed start is ended first, so that one process alone has the file open.
 *
 * @throws Error with the end of its log when it does not come up.
 */
export async function startTemporalDevServer(options: TemporalDevServerOptions): Promise<TemporalDevServer> {
  if (options.dataFile !== null) await mkdir(dirname(options.dataFile), { recursive: true });
  const ip = options.ip ?? LOOPBACK;
  const recordFile = join(options.dataDir, 'run', 'temporal.json');
  if (await endRecorded({ recordFile })) options.log('stopped the Temporal server left by an earlier start');
  for (let attempt = 1; ; attempt += 1) {
    const grpc = await choosePort(options.port, ip);
    const ui = options.uiPort === undefined ? null : await choosePort(options.uiPort, ip);
    const child = await spawnServer(options, recordFile, ip, grpc.port, ui?.port ?? null);
    const address = `${ip}:${grpc.port}`;
    try {
      await ready(child, ip, grpc.port, options);
    } catch (error) {
      await child.stop();
      if (attempt < ATTEMPTS && /address already in use/i.test(String(error))) continue;
      throw error;
    }
    if (grpc.moved) options.log(`port ${options.port} is taken: Temporal listens on ${grpc.port}`);
    if (ui?.moved === true) options.log(`port ${options.uiPort} is taken: Temporal's UI listens on ${ui.port}`);
    return { address, uiUrl: ui && `http://${ip}:${ui.port}`, pid: child.pid, stop: () => child.stop() };
  }
}

function spawnServer(
  options: TemporalDevServerOptions,
  recordFile: string,
  ip: string,
  port: number,
  uiPort: number | null,
): Promise<SupervisedChild> {
  const file = options.dataFile;
  const args = [
    ...['server', 'start-dev', '--ip', ip, '--port', String(port), '--namespace', options.namespace],
    ...(uiPort === null ? ['--headless'] : ['--ui-port', String(uiPort)]),
    ...(file === null ? [] : ['--db-filename', file, ...SQLITE_PRAGMAS.flatMap((p) => ['--sqlite-pragma', p])]),
    ...[...DYNAMIC_CONFIG, ...(options.dynamicConfig ?? [])].flatMap((value) => ['--dynamic-config-value', value]),
    ...Object.entries(options.searchAttributes).flatMap(([name, kind]) => ['--search-attribute', `${name}=${kind}`]),
    ...['--log-level', 'warn', '--color', 'never'],
  ];
  return startChild({
    name: 'Temporal',
    command: options.executable,
    args,
    env: { ...withoutClientProfile(options.env), GOGC },
    logFile: join(options.dataDir, 'logs', 'temporal.log'),
    recordFile,
    ...(options.onExit === undefined ? {} : { onExit: options.onExit }),
  });
}

/** TEMPORAL_* variables describe somebody's client; the CLI would take them as its own defaults. */
function withoutClientProfile(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('TEMPORAL_')));
}

async function ready(
  child: SupervisedChild,
  ip: string,
  port: number,
  options: TemporalDevServerOptions,
): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  for (;;) {
    // A gRPC client refused once waits a second before it tries again; a bare connection says it at once.
    const refusal = (await isListening(port, ip)) ? await probe(`${ip}:${port}`, options) : 'nothing listens';
    if (child.hasExited()) throw new Error(`Temporal did not start (${await child.exited}):\n${child.logTail()}`);
    if (refusal === null) return;
    if (Date.now() > deadline) throw new Error(`Temporal does not answer (${refusal}):\n${child.logTail()}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

/** Null when the server serves the namespace with every search attribute, else why it does not yet. */
async function probe(address: string, options: TemporalDevServerOptions): Promise<string | null> {
  let connection: Connection | undefined;
  try {
    connection = await Connection.connect({ address, connectTimeout: '1s' });
    await connection.workflowService.getSystemInfo({});
    await connection.workflowService.describeNamespace({ namespace: options.namespace });
    // The command line registers them in a new database only; one from an earlier release gets the later ones here.
    await addMissingSearchAttributes(connection, options.namespace, options.searchAttributes);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await connection?.close();
  }
}
