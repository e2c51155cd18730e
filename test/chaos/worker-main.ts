import { type Config } from '../../src/config';
import { startService } from '../../src/main/service';
import { createLogger } from '../../src/telemetry/logger';

/** What a worker of the run is told on its standard input, as one JSON document. */
export interface WorkerTask {
  readonly config: Config & { readonly databaseUrl: string };
  readonly temporal: { readonly connection: { readonly address: string }; readonly namespace: string };
  readonly bundle: string;
}

/** The production composition in its role of worker, with the run's gateways and time limits. Lives until it is killed. */
async function main(): Promise<void> {
  let text = '';
  for await (const chunk of process.stdin) text += String(chunk);
  const { config, temporal, bundle } = JSON.parse(text) as WorkerTask;
  await startService({
    ...{ config, temporal },
    roles: { api: false, worker: true },
    workflows: { bundle: { codePath: bundle } },
    log: createLogger('error', process.stderr),
    onFailure: fail,
  });
  process.stdout.write('started\n');
}

function fail(error: unknown): void {
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
}

main().catch(fail);
