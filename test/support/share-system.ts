import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';

export interface ShareRequest {
  readonly key: string;
  readonly body: unknown;
}

/** A profit-share system that knows a report by its key. */
export interface ShareSystem {
  readonly url: string;
  /** As they came, repeats included. */
  readonly requests: readonly ShareRequest[];
  /** Takes the next report, and its answer is lost on the way. */
  loseNextAnswer(): void;
  close(): Promise<void>;
}

export async function startShareSystem(): Promise<ShareSystem> {
  const requests: ShareRequest[] = [];
  let losing = false;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body: unknown = JSON.parse(Buffer.concat(chunks).toString());
      requests.push({ key: String(request.headers['idempotency-key']), body });
      if (!losing) return void response.writeHead(204).end();
      losing = false;
      request.socket.destroy();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/reports`,
    requests,
    loseNextAnswer: () => {
      losing = true;
    },
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
