import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { type Teardown } from './teardown';

export interface Listening {
  readonly port: number;
  /** Where this process reaches itself. */
  readonly url: string;
}

/**
 * Balancers keep idle connections for 60 s: closed by us sooner, a request that is just being sent on one would fail. The
 * next request's head has to come within a little longer, or Node would cut the connection between the two.
 */
const KEEP_ALIVE_MS = 65_000;
const HEADERS_MS = KEEP_ALIVE_MS + 1_000;

/**
 * Connections that the kernel takes while the process is busy; beyond them it drops the greeting, and the client repeats it after one, three,
 * seven seconds. Node's 511 overflowed when a flash sale's buyers came at once. The system's own limit (`net.core.somaxconn`) holds too.
 */
const BACKLOG = 4_096;

/** Serves until the teardown, which lets requests under way end. */
export async function listen(
  listener: RequestListener,
  { port, host }: { readonly port: number; readonly host: string },
  teardown: Teardown,
): Promise<Listening> {
  const server = createServer(listener).listen({ port, host, backlog: BACKLOG });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.headersTimeout = HEADERS_MS;
  await once(server, 'listening');
  teardown.add(() => closeServer(server));
  const address = server.address() as AddressInfo;
  return { port: address.port, url: ownUrl(address) };
}

function ownUrl({ address, family, port }: AddressInfo): string {
  const loopback: Record<string, string> = { '0.0.0.0': '127.0.0.1', '::': '[::1]' };
  const host = loopback[address] ?? (family === 'IPv6' ? `[${address}]` : address);
  return `http://${host}:${port}`;
}

/** The longest answer is a cancellation's, which waits for two gateway calls; later connections are cut. */
const DRAIN_MS = 25_000;

/** Requests under way end; connections that idle between requests are closed. */
async function closeServer(server: Server): Promise<void> {
  const closed = once(server, 'close');
  // A client that keeps sending on its connection would keep it open for ever: it is told to come back on another.
  server.prependListener('request', (_request, response) => response.setHeader('Connection', 'close'));
  server.close();
  server.closeIdleConnections();
  const patience = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await closed;
  clearTimeout(patience);
}
