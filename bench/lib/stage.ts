import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SEARCH_ATTRIBUTES } from '../../src/adapters/process/temporal/search-attributes';
import { inheritedEnvironment } from '../../src/config';
import { startChild, type SupervisedChild } from '../../src/main/local/child';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/main/local/postgres';
import { freePort } from '../../src/main/local/ports';
import { startSandboxProcess } from '../../src/main/local/sandbox';
import { resolveTemporalCli, temporalCacheDir } from '../../src/main/local/temporal-cli';
import { startTemporalDevServer, type TemporalDevServer } from '../../src/main/local/temporal-server';
import { Teardown } from '../../src/main/teardown';
import { type CpuReader, familyCpu, processCpu, residentMiB } from './cpu';
import { LoadClient } from './load/client';

/** A started program: where it answers, and what it uses. */
export interface Program {
  readonly url: string;
  readonly cpu: CpuReader;
  readonly residentMiB: () => number;
}

/** A program of this project that can be killed as a machine's failure would, and started anew. */
export interface RestartableProgram extends Program {
  restart(): Promise<void>;
}

export interface ProgramOptions {
  /** For messages and for the log's name. */
  readonly name: string;
  /** TypeScript, below the project's folder. */
  readonly file: string;
  readonly env: Readonly<Record<string, string>>;
  /** It serves once its output holds this. */
  readonly ready: string;
  /** The port it is told in `PORT`; a free one by default. */
  readonly port?: number;
}

const ROOT = join(__dirname, '..', '..');
/** Bundling workflows on a busy machine takes some ten seconds; two minutes mean that it hangs. */
const READY_WITHIN_MS = 120_000;
const LOOK_EVERY_MS = 50;
const NAMESPACE = 'default';

/**
 * Everything one benchmark runs on, fresh and its own: a PostgreSQL that waits for the disk, Temporal servers, programs, the
 * load client. All of it listens on the loopback address and is gone after `close`.
 */
export class Stage {
  private readonly teardown = new Teardown();
  private servers = 0;
  private sandboxes = 0;

  private constructor(
    private readonly dir: string,
    readonly postgres: EmbeddedPostgres,
    readonly load: LoadClient,
    readonly say: (line: string) => void,
  ) {}

  static async open(say: (line: string) => void): Promise<Stage> {
    const dir = await mkdtemp(join(tmpdir(), 'holdfast-bench-'));
    await chmod(dir, 0o711); // as root, PostgreSQL runs as another user and has to pass
    const postgres = await startEmbeddedPostgres({ dataDir: dir, env: inheritedEnvironment(), log: say });
    const stage = new Stage(dir, postgres, new LoadClient(), say);
    stage.teardown.add(() => rm(dir, { recursive: true, force: true }));
    stage.teardown.add(() => postgres.stop());
    stage.teardown.add(() => stage.load.stop());
    return stage;
  }

  /** What PostgreSQL uses for all databases of this stage: while one side is measured, the others are idle. */
  get postgresCpu(): CpuReader {
    return familyCpu(this.postgres.pid);
  }

  /** A development server of its own, durable, with the settings that `npm start` gives it. */
  async temporal(): Promise<TemporalDevServer> {
    const env = inheritedEnvironment();
    const executable = await resolveTemporalCli({ cacheDir: temporalCacheDir(env), env, log: this.say });
    this.servers += 1;
    const dataDir = join(this.dir, `temporal-${this.servers}`);
    const server = await startTemporalDevServer({
      ...{ executable, dataDir, env, namespace: NAMESPACE, searchAttributes: SEARCH_ATTRIBUTES, log: this.say },
      dataFile: join(dataDir, 'temporal.db'),
    });
    this.teardown.add(() => server.stop());
    return server;
  }

  async sandbox(): Promise<Program> {
    this.sandboxes += 1;
    // One running sandbox per folder: a second one would end the first.
    const dataDir = join(this.dir, `sandbox-${this.sandboxes}`);
    const options = { port: await freePort(), dataDir, env: inheritedEnvironment(), log: this.say };
    const sandbox = await startSandboxProcess(options);
    this.teardown.add(() => sandbox.stop());
    return { url: sandbox.url, cpu: processCpu(sandbox.pid), residentMiB: residentMiB(sandbox.pid) };
  }

  /** A program of this project as a process of its own; it sees nothing of our environment but what is given. */
  async program({ port, ...options }: ProgramOptions): Promise<RestartableProgram> {
    const chosen = port ?? (await freePort());
    let child = await this.launch(options, chosen);
    return {
      url: `http://127.0.0.1:${chosen}`,
      cpu: () => processCpu(child.pid)(),
      residentMiB: () => residentMiB(child.pid)(),
      restart: async () => {
        process.kill(child.pid, 'SIGKILL');
        await child.exited;
        child = await this.launch(options, chosen);
      },
    };
  }

  private async launch({ name, file, env, ready }: ProgramOptions, port: number): Promise<SupervisedChild> {
    const inherited = inheritedEnvironment();
    const child = await startChild({
      name,
      command: process.execPath,
      args: ['--require', createRequire(__filename).resolve('tsx/cjs'), join(ROOT, file)],
      env: {
        PATH: inherited['PATH'],
        HOME: inherited['HOME'],
        TMPDIR: inherited['TMPDIR'],
        PORT: String(port),
        ...env,
      },
      cwd: ROOT,
      logFile: join(this.dir, 'logs', `${name}.log`),
      recordFile: join(this.dir, 'run', `${name}.json`),
      onExit: (message) => this.say(`${message}:\n${child.logTail()}`),
    });
    this.teardown.add(() => child.stop());
    const deadline = Date.now() + READY_WITHIN_MS;
    while (!child.output().includes(ready)) {
      if (child.hasExited()) throw new Error(`${name} did not start (${await child.exited}):\n${child.logTail()}`);
      if (Date.now() > deadline) throw new Error(`${name} does not come up:\n${child.logTail()}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
    return child;
  }

  /** Undone, in reverse order, when the stage closes. */
  add(undo: () => Promise<void>): void {
    this.teardown.add(undo);
  }

  close(): Promise<void> {
    return this.teardown.run();
  }
}
