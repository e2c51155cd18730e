import { type Logger } from 'pino';
import { activityFields } from '../adapters/process/temporal/log-context';
import { createLogger } from '../telemetry/logger';
import { traceFields } from '../telemetry/tracing/index';

/** The log of a process: each line says which activity it is of, where it is of one, and within which trace where there are any. */
export function openLog(
  level: string,
  { traced, destination }: { readonly traced: boolean; readonly destination?: { write(line: string): void } },
): Logger {
  const fields = traced ? () => ({ ...activityFields(), ...traceFields() }) : () => ({ ...activityFields() });
  return createLogger(level, destination, fields);
}
