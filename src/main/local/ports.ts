import { connect, createServer } from 'node:net';

/** Everything started here listens on this address only: it is for this machine. */
export const LOOPBACK = '127.0.0.1';

/** True when nothing listens on the port of the loopback address at this moment. */
export function isPortFree(port: number, host: string = LOOPBACK): Promise<boolean> {
  return listenOnce(port, host).then(
    () => true,
    () => false,
  );
}

/**
 * A port that is free now, chosen by the system. Someone may take it before it is used: whoever starts a server on it
 * tries again with another when that server reports the address in use.
 */
export function freePort(host: string = LOOPBACK): Promise<number> {
  return listenOnce(0, host);
}

/** The preferred port when it is free, another otherwise; `moved` says which. */
export async function choosePort(
  preferred: number | undefined,
  host: string = LOOPBACK,
): Promise<{ port: number; moved: boolean }> {
  if (preferred !== undefined && (await isPortFree(preferred, host))) return { port: preferred, moved: false };
  return { port: await freePort(host), moved: preferred !== undefined };
}

/** True when something accepts connections there. */
export function isListening(port: number, host: string = LOOPBACK): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host });
    const settle = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });
}

function listenOnce(port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host, exclusive: true }, () => {
      const address = server.address();
      const chosen = typeof address === 'object' && address !== null ? address.port : port;
      server.close(() => resolve(chosen));
    });
  });
}
