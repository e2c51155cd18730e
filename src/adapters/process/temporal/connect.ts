import { Client, type ClientOptions } from '@temporalio/client';
import { NativeConnection, type NativeConnectionOptions } from '@temporalio/worker';
import { type Logger } from '../../../ports/logger';
import {
  addSearchAttributes,
  missingSearchAttributes,
  type Operated,
  SEARCH_ATTRIBUTES,
  type SearchAttributes,
} from './search-attributes';

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
export async function connectTemporal(
  { connection: options, namespace }: TemporalOptions,
  interceptors: ClientOptions['interceptors'] = {},
): Promise<TemporalConnection> {
  const connection = await NativeConnection.connect(options);
  return {
    connection,
    client: new Client({ connection, namespace, interceptors }),
    namespace,
    ping: async () => {
      await connection.workflowService.describeNamespace({ namespace });
    },
    close: () => connection.close(),
  };
}

/**
 * Registers the search attributes where they are missing. A namespace that is known to lack one stops the start: a workflow that
 * sets it would fail its task for ever. One that does not say which it has (a role without that right) is taken at its word.
 *
 * @throws Error with the names of those that are missing and could not be registered.
 */
export async function ensureSearchAttributes(
  { connection, namespace }: { readonly connection: Operated; readonly namespace: string },
  log: Pick<Logger, 'info' | 'warn'>,
): Promise<void> {
  const lacks = (): Promise<SearchAttributes> => missingSearchAttributes(connection, namespace, SEARCH_ATTRIBUTES);
  let missing: SearchAttributes;
  try {
    missing = await lacks();
  } catch (error) {
    log.warn({ namespace, err: error }, 'search attributes could not be checked; register them as the README says');
    return;
  }
  const names = Object.keys(missing);
  if (names.length === 0) return;
  try {
    await addSearchAttributes(connection, namespace, missing);
    log.info({ namespace, names }, 'search attributes registered');
  } catch (cause) {
    // Another process may have been quicker: what counts is what is there now.
    const left = Object.entries(await lacks()).map(([name, kind]) => `${name} (${kind})`);
    if (left.length === 0) return;
    const wanted = `the namespace ${namespace} lacks the search attributes ${left.join(', ')}`;
    throw new Error(`${wanted}, and they could not be registered; register them as the README says`, { cause });
  }
}
