import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { once } from 'node:events';
import { freePort } from '../../src/main/local/ports';
import { ApiClient } from './api-client';
import { DATA_KEYS, type World } from './world';

export interface ServiceProcess {
  readonly pid: number;
  /** As the kernel's out-of-memory killer would: nothing is flushed, nobody is told. */
  kill(): Promise<void>;
  /** As a deployment would; answers the exit code, or the signal that ended it instead. */
  terminate(): Promise<number | NodeJS.Signals | null>;
}

/** The production worker, `src/main/worker.ts`, as a process of its own on the world's database, sandbox and namespace. */
export function startWorkerProcess(world: World): Promise<ServiceProcess> {
  return startProcess('worker', world, {});
}

export interface ApiProcess extends ServiceProcess {
  readonly api: ApiClient;
}

/** The production API, `src/main/api.ts`, beside or instead of the world's own. `env` adds to what both processes get. */
export async function startApiProcess(world: World, env: Readonly<Record<string, string>> = {}): Promise<ApiProcess> {
  const port = await freePort();
  const { key } = world.api;
  const scopes = 'orders+catalog+operate+read';
  const api = await startProcess('api', world, { PORT: String(port), API_KEYS: `${key}=${scopes}`, ...env });
  return { ...api, api: new ApiClient(`http://127.0.0.1:${port}`, key) };
}

const running = new Set<ChildProcess>();

/** Kills what a test that failed has left: its connections would keep the database and jest waiting. */
export async function killLeftProcesses(): Promise<void> {
  await Promise.all(
    [...running].map(async (child) => {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    }),
  );
}

async function startProcess(
  name: 'api' | 'worker',
  world: World,
  env: Readonly<Record<string, string>>,
): Promise<ServiceProcess> {
  const child = spawn(process.execPath, ['--import', 'tsx', resolve(__dirname, `../../src/main/${name}.ts`)], {
    env: {
      PATH: process.env['PATH'],
      DATABASE_URL: world.config.databaseUrl,
      TEMPORAL_ADDRESS: world.temporalOptions.connection.address,
      TEMPORAL_NAMESPACE: world.temporalOptions.namespace,
      SANDBOX_URL: world.sandbox.url,
      SANDBOX_NOTIFY_BASE_URL: world.api.url,
      DATA_KEYS,
      // As in the world's own service: a run of the schedule's would come at any quarter of an hour.
      RECONCILE_EVERY_SECONDS: '0',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  running.add(child);
  void exited.then(() => running.delete(child));
  await started(child.stdout, exited);
  child.stdout.resume();
  return {
    pid: child.pid ?? 0,
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
    terminate: async () => {
      child.kill('SIGTERM');
      const [code, signal] = await exited;
      return code ?? signal;
    },
  };
}

/** Resolves at the line that says so; rejects when the process ends before. */
async function started(output: NodeJS.ReadableStream, exited: Promise<unknown>): Promise<void> {
  let text = '';
  const said = new Promise<void>((resolve) => {
    output.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes('"msg":"started"')) resolve();
    });
  });
  const ended = exited.then(() => {
    throw new Error(`the process ended before it had started:\n${text}`);
  });
  await Promise.race([said, ended]);
  ended.catch(() => undefined);
}
