import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { once } from 'node:events';
import { type World } from './world';

export interface WorkerProcess {
  readonly pid: number;
  /** As the kernel's out-of-memory killer would: nothing is flushed, nobody is told. */
  kill(): Promise<void>;
  /** As a deployment would. */
  terminate(): Promise<number | null>;
}

/** The production worker, `src/main/worker.ts`, as a process of its own on the world's database, sandbox and namespace. */
export async function startWorkerProcess({ config, temporalOptions, sandbox, api }: World): Promise<WorkerProcess> {
  const child = spawn(process.execPath, ['--import', 'tsx', resolve(__dirname, '../../src/main/worker.ts')], {
    env: {
      PATH: process.env['PATH'],
      DATABASE_URL: config.databaseUrl,
      TEMPORAL_ADDRESS: temporalOptions.connection.address,
      TEMPORAL_NAMESPACE: temporalOptions.namespace,
      SANDBOX_URL: sandbox.url,
      SANDBOX_NOTIFY_BASE_URL: api.url,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit') as Promise<[number | null]>;
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
      return (await exited)[0];
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
    throw new Error(`the worker ended before it had started:\n${text}`);
  });
  await Promise.race([said, ended]);
  ended.catch(() => undefined);
}
