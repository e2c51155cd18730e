import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A TCP proxy that can go silent: connections stay open, new ones are accepted, and nothing passes in either direction. */
export interface SilentProxy {
  /** The URL with the proxy's address in place of the server's. */
  readonly url: string;
  silence(): void;
  /** Lets pass what was held up, as a network does that comes back. */
  speak(): void;
  close(): Promise<void>;
}

/** Stands before the server of that URL (with host and port). */
export async function silentProxy(serverUrl: string): Promise<SilentProxy> {
  const target = new URL(serverUrl);
  const sockets = new Set<Socket>();
  let silent = false;
  const server = createServer((client) => {
    const upstream = connect({ host: target.hostname, port: Number(target.port) });
    join(client, upstream);
    join(upstream, client);
    if (silent) [client, upstream].forEach((socket) => socket.pause());
  });
  const join = (from: Socket, to: Socket): void => {
    sockets.add(from);
    from.pipe(to);
    from.on('error', () => to.destroy());
    from.on('close', () => {
      sockets.delete(from);
      to.destroy();
    });
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(serverUrl);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    silence: () => {
      silent = true;
      sockets.forEach((socket) => socket.pause());
    },
    speak: () => {
      silent = false;
      sockets.forEach((socket) => socket.resume());
    },
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      sockets.forEach((socket) => socket.destroy());
      await closed;
    },
  };
}
