import { type Logger as PinoLogger } from 'pino';
import { type TemporalOptions } from '../adapters/process/temporal/connect';
import { type createWorkers } from '../adapters/process/temporal/worker';
import { type Config } from '../config';
import { type Tracing } from '../telemetry/tracing/index';

export interface ServiceOptions {
  readonly config: Config & { readonly databaseUrl: string };
  readonly temporal: TemporalOptions;
  /** What this process does; `npm start` does both. */
  readonly roles: { readonly api: boolean; readonly worker: boolean };
  readonly workflows: Parameters<typeof createWorkers>[0]['workflows'];
  readonly taskQueue?: string;
  /** Null, or left out: no tracing. What is given is shut down by whoever gave it. */
  readonly tracing?: Tracing | null;
  readonly log: PinoLogger;
  /** The worker ended by itself: the process is of no use any more. */
  readonly onFailure: (error: unknown) => void;
}
