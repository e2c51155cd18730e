import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { testEnvironment } from '../support/environment';
import { type World } from '../support/world';
import { type WorkerTask } from './worker-main';

/** Two, so that what a killed one leaves is taken over by somebody else. */
const WORKERS = 2;

/** Worker processes of a world, killed as the kernel's out-of-memory killer would and replaced. */
export class Workers {
  private readonly running: Worker[] = [];
  private readonly standby: Worker[] = [];
  killed = 0;

  /** As many as work, and one more for each kill to come: all work, the first die first. */
  static async start(world: World, kills: number): Promise<Workers> {
    const workers = new Workers();
    const all = await Promise.all(Array.from({ length: WORKERS + kills }, () => startWorker(world)));
    workers.running.push(...all.slice(0, WORKERS));
    workers.standby.push(...all.slice(WORKERS));
    return workers;
  }

  /** The oldest one dies, at once replaced by one that stood by: two seconds of start-up are no part of the race. */
  async replaceOne(): Promise<void> {
    const oldest = this.running.shift();
    const standby = this.standby.shift();
    if (!oldest || !standby) throw new Error('a run plans no more kills than it has workers standing by');
    this.running.push(standby);
    await end(oldest);
    this.killed += 1;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.running.splice(0), ...this.standby.splice(0)].map(end));
  }
}

interface Worker {
  readonly child: ChildProcess;
  readonly exited: Promise<unknown>;
}

async function end({ child, exited }: Worker): Promise<void> {
  child.kill('SIGKILL');
  await exited;
}

async function startWorker({ config, temporalOptions }: World): Promise<Worker> {
  const child = spawn(process.execPath, ['--import', 'tsx', resolve(__dirname, 'worker-main.ts')], {
    env: { PATH: process.env['PATH'] },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const task: WorkerTask = {
    config: { ...config, apiKeys: [] },
    temporal: temporalOptions,
    bundle: testEnvironment().workflowBundlePath,
  };
  child.stdin.end(JSON.stringify(task));
  const died = exited.then(() => {
    throw new Error('a worker ended before it had started');
  });
  await Promise.race([once(child.stdout, 'data'), died]);
  died.catch(() => undefined);
  child.stdout.resume();
  return { child, exited };
}
