import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { endRecorded, startChild, type SupervisedChild } from './child';
import { choosePort } from './ports';

export interface SandboxProcessOptions {
  /** Preferred port; another one is used, and said, when it is taken. */
  readonly port: number;
  /** The sandbox keeps its payments, keys and ledger in the `sandbox` folder of it. */
  readonly dataDir: string;
  readonly env: NodeJS.ProcessEnv;
  readonly log: (line: string) => void;
  /** Called when it ends by itself. */
  readonly onExit?: (message: string) => void;
}

export interface SandboxProcess {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Compiling on a busy machine takes seconds; a minute means it hangs. */
const READY_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 30;

/**
 * Starts the payment provider stand-in as a process of its own, as a provider would be. One left by an earlier, killed
 * start is ended first: two would write the same ledger.
 *
 * @throws Error with the end of its log when it does not come up.
 */
export async function startSandboxProcess(options: SandboxProcessOptions): Promise<SandboxProcess> {
  const recordFile = join(options.dataDir, 'run', 'sandbox.json');
  await endRecorded({ recordFile });
  const { port, moved } = await choosePort(options.port);
  if (moved) options.log(`port ${options.port} is taken: the payment sandbox listens on ${port}`);
  const child = await startChild({
    name: 'the payment sandbox',
    command: process.execPath,
    args: [...program(), '--port', String(port), '--data-dir', join(options.dataDir, 'sandbox')],
    env: options.env,
    logFile: join(options.dataDir, 'logs', 'sandbox.log'),
    recordFile,
    ...(options.onExit === undefined ? {} : { onExit: options.onExit }),
  });
  try {
    return { url: await listening(child), pid: child.pid, stop: () => child.stop() };
  } catch (error) {
    await child.stop();
    throw error;
  }
}

/** From sources through tsx, from a build as it is: the same way as this process. */
function program(): string[] {
  const built = join(__dirname, '../../sandbox/main.js');
  if (existsSync(built)) return [built];
  // The sources are CommonJS: the require hook does, and works on every Node from 20.3 on (`--import` needs 20.6).
  return ['--require', createRequire(__filename).resolve('tsx/cjs'), join(__dirname, '../../sandbox/main.ts')];
}

/** The address from the line it prints once it serves. */
async function listening(child: SupervisedChild): Promise<string> {
  const deadline = Date.now() + READY_WITHIN_MS;
  for (;;) {
    const url = announcedUrl(child.output());
    if (url !== null) return url;
    if (child.hasExited()) {
      throw new Error(`the payment sandbox did not start (${await child.exited}):\n${child.logTail()}`);
    }
    if (Date.now() > deadline) throw new Error(`the payment sandbox does not come up:\n${child.logTail()}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

function announcedUrl(output: string): string | null {
  for (const line of output.split('\n').filter((text) => text.startsWith('{'))) {
    try {
      const { event, url } = JSON.parse(line) as { event?: unknown; url?: unknown };
      if (event === 'listening' && typeof url === 'string') return url;
    } catch {
      // half a line: the rest is still being written
    }
  }
  return null;
}
