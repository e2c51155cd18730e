import { DefaultLogger, type LogLevel, Runtime } from '@temporalio/worker';
import { type Logger } from '../../../ports/logger';

let installed = false;
let metricsAddress: string | null = null;

/** The SDK answers its own metrics within milliseconds. */
const METRICS_TIMEOUT_MS = 2_000;

const METHOD: Record<LogLevel, keyof Logger> = {
  TRACE: 'debug',
  DEBUG: 'debug',
  INFO: 'debug',
  WARN: 'warn',
  ERROR: 'error',
};

export interface RuntimeOptions {
  readonly log: Logger;
  /** Address of this machine (`127.0.0.1:1234`) where the SDK shows its metrics, for `runtimeMetrics`; null: it keeps none. */
  readonly metricsAddress: string | null;
}

/**
 * Sends the SDK's own log lines to ours; what it takes for information is detail here. The runtime is one per process:
 * the first call decides.
 */
export function installRuntime({ log, metricsAddress: address }: RuntimeOptions): void {
  if (installed) return;
  installed = true;
  metricsAddress = address;
  Runtime.install({
    ...(address !== null && {
      telemetryOptions: {
        metrics: {
          prometheus: {
            bindAddress: address,
            countersTotalSuffix: true,
            unitSuffix: true,
            useSecondsForDurations: true,
          },
        },
      },
    }),
    logger: new DefaultLogger('INFO', ({ level, message, meta }) => log[METHOD[level]]({ temporal: meta }, message)),
    // Signals are handled by the composition root, which drains the API first.
    shutdownSignals: [],
  });
}

/** The SDK's own metrics as Prometheus reads them: tasks, polls, slots, requests. Nothing where it keeps none. */
export async function runtimeMetrics(): Promise<string> {
  if (metricsAddress === null) return '';
  const answer = await fetch(`http://${metricsAddress}/metrics`, { signal: AbortSignal.timeout(METRICS_TIMEOUT_MS) });
  return answer.ok ? answer.text() : '';
}
