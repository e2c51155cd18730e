import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { until } from './poll';

/** A merchant's Alipay webhook: keeps every form it gets, answers what `answerWith` says (default: `success`). */
export class AlipayReceiver {
  readonly bodies: string[] = [];
  /** Status and body for the n-th delivery, counted from 1. */
  answerWith: (nth: number) => { status: number; body: string } = () => ({ status: 200, body: 'success' });

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(): Promise<AlipayReceiver> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const receiver = new AlipayReceiver(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}/notify`);
    server.on('request', (req, res) => {
      let body = '';
      req.setEncoding('utf8');
      req.on('data', (chunk: string) => (body += chunk));
      req.on('end', () => {
        receiver.bodies.push(body);
        const answer = receiver.answerWith(receiver.bodies.length);
        res.writeHead(answer.status).end(answer.body);
      });
    });
    return receiver;
  }

  /** Waits for the n-th delivery's body. */
  nth(n: number): Promise<string> {
    return until(`delivery ${n}`, () => this.bodies[n - 1]);
  }

  /** Its fields. */
  async fields(n: number): Promise<Record<string, string>> {
    return Object.fromEntries(new URLSearchParams(await this.nth(n)));
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
