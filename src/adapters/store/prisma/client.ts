import { createHash } from 'node:crypto';
import { PrismaPg } from '@prisma/adapter-pg';
import { Prisma, PrismaClient } from './generated/client';
import { type AroundStatement, watchStatements } from './watched-adapter';

/** A client inside a transaction, or outside of any. */
export type Sql = Prisma.TransactionClient;

/**
 * Connections per process. Ten were as quick as twenty on a hot row, where more only wait for each other; a managed
 * PostgreSQL counts connections over all replicas.
 */
const POOL_SIZE = 10;
/** A statement or a wait for a lock longer than this is given up: the caller repeats, every write is idempotent. */
const STATEMENT_TIMEOUT_MS = 10_000;
const CONNECT_TIMEOUT_MS = 5_000;
/** The server ends a statement by itself; a server that says nothing at all is given up a little later. */
const SILENCE_TIMEOUT_MS = STATEMENT_TIMEOUT_MS + 2_000;
/** Longer than any transaction of ours pauses: a process that was lost in between must not keep its locks. */
const IDLE_IN_TRANSACTION_MS = 15_000;
/** How long a transaction may wait for a connection and run; above the statement's own limit, so that that one speaks. */
export const TRANSACTION_LIMITS = { maxWait: 10_000, timeout: 15_000 };

/** Opens the database. `url`: a PostgreSQL connection URL; `around` is led through every statement. Disconnect with `$disconnect()`. */
export function createPrisma(url: string, around: AroundStatement | null = null): PrismaClient {
  const adapter = new PrismaPg(
    {
      connectionString: url,
      max: POOL_SIZE,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      query_timeout: SILENCE_TIMEOUT_MS,
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
      // Our statements run for milliseconds; compiling one took 200. Each goes by a key or another index: a plan that was made
      // while a table was new, and kept for the connection, must not be a scan when the table is full.
      options: '-c jit=off -c enable_seqscan=off',
      keepAlive: true,
    },
    // Named statements are parsed and planned once per connection; the name is the text's digest.
    { statementNameGenerator: ({ sql }) => createHash('sha1').update(sql).digest('hex') },
  );
  return new PrismaClient({ adapter: around ? watchStatements(adapter, around) : adapter });
}

/**
 * Always true; the statement, or the transaction, that asks this before anything else waits for a row's lock for three seconds at most, and
 * not for as long as a statement may take. For batches: a buyer's neighbours wait with him. Not an option of the connection:
 * whoever changes the catalogue or imports stock may have to wait behind a whole rush.
 */
export const IMPATIENT = Prisma.sql`(SELECT set_config('lock_timeout', '3s', true)) IS NOT NULL`;

/** What has to be escaped between the quotes of an array's element. */
const IN_QUOTES = /["\\]/g;

/**
 * The values as the text of a PostgreSQL array, to be cast: as an array parameter each would be looked at several times on its way,
 * which takes as long as it takes PostgreSQL to write a hold.
 */
export function arrayOf(values: readonly (string | number)[]): string {
  if (values.length === 0) return '{}';
  const plain = values.join('').search(IN_QUOTES) < 0;
  const elements = plain ? values : values.map((value) => String(value).replace(IN_QUOTES, '\\$&'));
  return `{"${elements.join('","')}"}`;
}

/** Classes of SQLSTATE that a request can cause: data it brought, a constraint it broke, a deadlock it was part of. */
const CAUSED_BY_ONE = ['22', '23', '40'];

/** Whether one request of a shared transaction can have made it fail. */
export function causedByOne(error: unknown): boolean {
  return CAUSED_BY_ONE.includes((sqlState(error) ?? '').slice(0, 2));
}

/** SQLSTATE of a row that is there already. */
export const UNIQUE_VIOLATION = '23505';

/** SQLSTATE of a transaction that was ended so that another could go on: nothing of it was done. */
export const DEADLOCK = '40P01';

/** SQLSTATE of a driver's error, wherever Prisma put it; undefined for anything else. */
export function sqlState(error: unknown): string | undefined {
  const meta = (
    error as { meta?: { code?: string; driverAdapterError?: { cause?: { originalCode?: string } } } } | null
  )?.meta;
  return meta?.driverAdapterError?.cause?.originalCode ?? meta?.code;
}
