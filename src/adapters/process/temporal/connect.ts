import { Client } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { NativeConnection, type NativeConnectionOptions } from '@temporalio/worker';
import { ORDER_PAY_BY, ORDER_STATUS } from '../../../../workflows/order/contract';
import { type Logger } from '../../../ports/logger';

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

const { INDEXED_VALUE_TYPE_KEYWORD, INDEXED_VALUE_TYPE_DATETIME } = temporal.api.enums.v1.IndexedValueType;

/** Search attributes that order workflows set, by name, as the dev server's `--search-attribute` takes them too. */
export const SEARCH_ATTRIBUTES: Readonly<Record<string, 'Keyword' | 'Datetime'>> = {
  [ORDER_STATUS.name]: 'Keyword',
  [ORDER_PAY_BY.name]: 'Datetime',
};

/**
 * Registers the search attributes where they are missing. Temporal Cloud has its own way (tcld, the Cloud UI) and refuses this
 * call: that is logged, and the start goes on.
 */
export async function ensureSearchAttributes(
  { connection, namespace }: TemporalConnection,
  log: Logger,
): Promise<void> {
  try {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    const missing = Object.entries(SEARCH_ATTRIBUTES).filter(([name]) => !(name in (customAttributes ?? {})));
    if (missing.length === 0) return;
    const searchAttributes = Object.fromEntries(
      missing.map(([name, type]) => [
        name,
        type === 'Keyword' ? INDEXED_VALUE_TYPE_KEYWORD : INDEXED_VALUE_TYPE_DATETIME,
      ]),
    );
    await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
    log.info({ namespace, names: missing.map(([name]) => name) }, 'search attributes registered');
  } catch (error) {
    log.warn({ namespace, err: error }, 'search attributes could not be checked; register them as the README says');
  }
}
