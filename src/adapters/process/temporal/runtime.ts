import { DefaultLogger, type LogLevel, Runtime } from '@temporalio/worker';
import { type Logger } from '../../../ports/logger';

let installed = false;

const METHOD: Record<LogLevel, keyof Logger> = {
  TRACE: 'debug',
  DEBUG: 'debug',
  INFO: 'debug',
  WARN: 'warn',
  ERROR: 'error',
};

/**
 * Sends the SDK's own log lines to ours; what it takes for information is detail here. The runtime is one per process:
 * the first call decides.
 */
export function logRuntimeTo(log: Logger): void {
  if (installed) return;
  installed = true;
  Runtime.install({
    logger: new DefaultLogger('INFO', ({ level, message, meta }) => log[METHOD[level]]({ temporal: meta }, message)),
    // Signals are handled by the composition root, which drains the API first.
    shutdownSignals: [],
  });
}
