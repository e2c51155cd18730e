import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { type Resource, type TestWechatClient, type WireBody } from './wechat-client';
import { until } from './poll';

export interface Delivery {
  headers: IncomingHttpHeaders;
  body: string;
}

/** What a WeChat notification says before decryption. */
export interface Envelope {
  id: string;
  event_type: string;
  resource: Resource & { original_type: string };
}

/** A merchant's notification endpoint: keeps every delivery, answers what `answerWith` says (status, default 204). */
export class Receiver {
  readonly deliveries: Delivery[] = [];
  /** The status for the n-th delivery, counted from 1; null answers nothing at all. */
  answerWith: (nth: number) => number | null = () => 204;

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(): Promise<Receiver> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const receiver = new Receiver(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}/notify`);
    server.on('request', (req, res) => {
      let body = '';
      req.setEncoding('utf8');
      req.on('data', (chunk: string) => (body += chunk));
      req.on('end', () => {
        receiver.deliveries.push({ headers: req.headers, body });
        const status = receiver.answerWith(receiver.deliveries.length);
        if (status !== null) res.writeHead(status).end();
      });
    });
    return receiver;
  }

  /** Waits for the n-th delivery. */
  nth(n: number): Promise<Delivery> {
    return until(`delivery ${n}`, () => this.deliveries[n - 1]);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

export function envelopeOf(delivery: Delivery): Envelope {
  return JSON.parse(delivery.body) as Envelope;
}

/** Whether the platform's signature covers exactly the delivered bytes. */
export function isVerified(client: TestWechatClient, delivery: Delivery): boolean {
  const header = (name: string): string | null => {
    const value = delivery.headers[name.toLowerCase()];
    return typeof value === 'string' ? value : null;
  };
  return client.verifies(header, delivery.body);
}

/** The decrypted transaction or refund. */
export function contentOf(client: TestWechatClient, delivery: Delivery): WireBody {
  return JSON.parse(client.decrypt(envelopeOf(delivery).resource)) as WireBody;
}
