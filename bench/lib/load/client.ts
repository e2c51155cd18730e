import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type LoadJob, type LoadReply, type LoadResult } from './protocol';

/** The load comes from a process of its own, as it would from outside: what it uses of the CPU is known apart. */
export class LoadClient {
  private readonly child: ChildProcess;
  /** Rejects when it ends before it is told to. */
  private readonly lost: Promise<never>;

  constructor() {
    this.child = fork(join(__dirname, 'main.ts'), {
      execArgv: ['--require', createRequire(__filename).resolve('tsx/cjs')],
      // Typed arrays come back as they are.
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.lost = once(this.child, 'exit').then(() => {
      throw new Error('the load client ended by itself');
    });
    this.lost.catch(() => undefined); // said by the job that waits for it
  }

  /** One job at a time. Rejects when the load client could not do it; answers of any status are a result. */
  async run(job: LoadJob): Promise<LoadResult> {
    const answered = once(this.child, 'message') as Promise<[LoadReply]>;
    this.child.send(job);
    const [reply] = await Promise.race([answered, this.lost]);
    if (reply.t === 'failed') throw new Error(`the load client failed: ${reply.why}`);
    return reply.result;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    this.child.disconnect();
    await exited;
  }
}
