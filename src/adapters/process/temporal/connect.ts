import { Client } from '@temporalio/client';
import { NativeConnection, type NativeConnectionOptions } from '@temporalio/worker';
import { type Logger } from '../../../ports/logger';
import { addMissingSearchAttributes, SEARCH_ATTRIBUTES } from './search-attributes';

/** How to reach a namespace; what @temporalio/envconfig reads from the standard TEMPORAL_* variables. */
export interface TemporalOptions {
  readonly connection: NativeConnectionOptions;
  readonly namespace: string;
}

export interface TemporalConnection {
  readonly connection: NativeConnection;
  readonly client: Client;
  readonly namespace: string;
  /** Rejects when the server can't be reached or doesn't know the namespace. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** One native connection for client and worker: workflows can then start eagerly on this process' own worker. */
export async function connectTemporal({
  connection: options,
  namespace,
}: TemporalOptions): Promise<TemporalConnection> {
  const connection = await NativeConnection.connect(options);
  return {
    connection,
    client: new Client({ connection, namespace }),
    namespace,
    ping: async () => {
      await connection.workflowService.describeNamespace({ namespace });
    },
    close: () => connection.close(),
  };
}

/**
 * Registers the search attributes where they are missing. Temporal Cloud has its own way (tcld, the Cloud UI) and refuses this
 * call: that is logged, and the start goes on.
 */
export async function ensureSearchAttributes(
  { connection, namespace }: TemporalConnection,
  log: Logger,
): Promise<void> {
  try {
    const names = await addMissingSearchAttributes(connection, namespace, SEARCH_ATTRIBUTES);
    if (names.length > 0) log.info({ namespace, names }, 'search attributes registered');
  } catch (error) {
    log.warn({ namespace, err: error }, 'search attributes could not be checked; register them as the README says');
  }
}
