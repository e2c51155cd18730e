import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';

/** What the server answers next; a function may hold the connection or break it. */
export interface Answering {
  readonly url: string;
  /** Form bodies of the requests, in order. */
  readonly requests: string[];
  /** Answers for the requests to come, the last one again and again. */
  say(...answers: readonly (string | { status: number; body: string })[]): void;
  close(): Promise<void>;
}

/** A gateway.do on a real socket that says what it is told to. */
export async function startAnswering(): Promise<Answering> {
  const requests: string[] = [];
  let queue: (string | { status: number; body: string })[] = [];
  const server = createServer((req, res) => {
    let body = '';
    req.setEncoding('utf8');
    req.on('data', (chunk: string) => (body += chunk));
    req.on('end', () => {
      requests.push(body);
      const next = (queue.length > 1 ? queue.shift() : queue[0]) ?? '';
      const answer = typeof next === 'string' ? { status: 200, body: next } : next;
      res.writeHead(answer.status, { location: '/elsewhere' }).end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/gateway.do`,
    requests,
    say: (...answers) => {
      queue = [...answers];
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A logger that says nothing. */
export const SILENT = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
