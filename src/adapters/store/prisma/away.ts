import { sqlState } from './client';

/** Prisma's codes: not reachable, timed out, closed, no connection free, transaction not begun or over in time, too many connections. */
const CODES = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028', 'P2037']);
/** The same as the driver adapter names it, where Prisma leaves it as it is. */
const KINDS = new Set(['DatabaseNotReachable', 'ConnectionClosed', 'SocketTimeout', 'TooManyConnections']);
/** Node's codes of connections that could not be made, or broke. */
const SOCKET = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EHOSTUNREACH', 'EPIPE']);
/** SQLSTATE: connection exceptions; shutting down, crashed, starting up; too many connections; a statement, or its wait for a lock, that took too long. */
const STATES = /^(08...|57P0[123]|53300|57014|55P03)$/;
/** What `pg` says without a code: https://github.com/brianc/node-postgres, `client.js` and `pg-pool`. */
const SAYINGS =
  /Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error/;

interface Failure {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly cause?: unknown;
  readonly kind?: unknown;
  readonly meta?: { readonly driverAdapterError?: unknown };
}

/** Whether an error says that the database can't be reached, or doesn't answer: it passes by itself, the statement is not to blame. */
export function isDatabaseAway(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { code, kind, message, cause, meta } = error as Failure;
  if (typeof code === 'string' && (CODES.has(code) || SOCKET.has(code))) return true;
  if (typeof kind === 'string' && KINDS.has(kind)) return true;
  if (STATES.test(sqlState(error) ?? (typeof code === 'string' ? code : ''))) return true;
  if (typeof message === 'string' && SAYINGS.test(message)) return true;
  return isDatabaseAway(meta?.driverAdapterError) || isDatabaseAway(cause);
}
