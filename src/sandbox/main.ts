import { parseArgs } from 'node:util';
import { startSandbox } from './server';

const USAGE = 'usage: main.ts --port PORT --data-dir DIR [--host ADDRESS]   (port 0: a free one)';
/** In-flight work is in the journal already; more than this is a socket that won't die. */
const STOP_WITHIN_MS = 900;

async function main(): Promise<void> {
  const { port, host, dataDir } = readArguments();
  const sandbox = await startSandbox({ port, host, dataDir });
  process.stdout.write(`${JSON.stringify({ event: 'listening', url: sandbox.url })}\n`);
  const stop = (): void => {
    setTimeout(() => process.exit(0), STOP_WITHIN_MS).unref();
    sandbox.close().then(
      () => process.exit(0),
      (error: unknown) => fail(`could not stop cleanly: ${describe(error)}`),
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

function readArguments(): { port: number; host: string; dataDir: string } {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '3900' },
      host: { type: 'string', default: '127.0.0.1' },
      'data-dir': { type: 'string' },
    },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error(`--port ${values.port} is no port\n${USAGE}`);
  const dataDir = values['data-dir'];
  if (dataDir === undefined || dataDir === '') throw new Error(`--data-dir is missing\n${USAGE}`);
  return { port, host: values.host, dataDir };
}

function describe(error: unknown): string {
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    return `${error.message}: the port is taken, perhaps by another sandbox; choose another with --port`;
  }
  return error instanceof Error ? error.message : String(error);
}

function fail(message: string): void {
  process.stderr.write(`sandbox: ${message}\n`);
  process.exit(1);
}

main().catch((error: unknown) => fail(describe(error)));
