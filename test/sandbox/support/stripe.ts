import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import Stripe from 'stripe';
import { until } from './poll';

export interface StripeCredentials {
  baseUrl: string;
  secretKey: string;
  webhookSecret: string;
}

/** What a fresh session or intent is made of. */
export const AMOUNT = 1999;

export async function stripeCredentials(url: string): Promise<StripeCredentials> {
  const answer = await fetch(`${url}/_sandbox/credentials`);
  return ((await answer.json()) as { stripe: StripeCredentials }).stripe;
}

/** Plain stripe-node, pointed at the sandbox. Its own HTTP client: nothing of the product's. */
export function stripeClient({ baseUrl, secretKey }: StripeCredentials): Stripe.Stripe {
  const { hostname, port } = new URL(baseUrl);
  return new Stripe(secretKey, { host: hostname, port, protocol: 'http', maxNetworkRetries: 0, telemetry: false });
}

export function intentParams(merchantNo: string): Stripe.PaymentIntentCreateParams {
  return { amount: AMOUNT, currency: 'cny', description: 'A pot of tea', metadata: { merchantNo } };
}

/** @param expiresInS from now */
export function sessionParams(merchantNo: string, expiresInS = 3600): Stripe.Checkout.SessionCreateParams {
  return {
    mode: 'payment',
    line_items: [
      { quantity: 1, price_data: { currency: 'cny', unit_amount: AMOUNT, product_data: { name: 'A pot of tea' } } },
    ],
    success_url: 'https://shop.example/thanks',
    expires_at: Math.floor(Date.now() / 1000) + expiresInS,
    metadata: { merchantNo },
    payment_intent_data: { metadata: { merchantNo } },
  };
}

/** The error that a call ends in. */
export async function errorOf(call: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  try {
    await call;
  } catch (error) {
    if (error instanceof Stripe.errors.StripeError) return error;
    throw error;
  }
  throw new Error('the call succeeded');
}

export interface StripeDelivery {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A merchant's webhook that keeps the raw bytes of every delivery; answers what `answerWith` says (default 200). */
export class StripeReceiver {
  readonly deliveries: StripeDelivery[] = [];
  answerWith: (nth: number) => number = () => 200;

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(): Promise<StripeReceiver> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const receiver = new StripeReceiver(server, `http://127.0.0.1:${port}/v1/webhooks/stripe`);
    server.on('request', (req, res) => {
      const chunks: Buffer[] = [];
      req.on('data', (chunk: Buffer) => chunks.push(chunk));
      req.on('end', () => {
        receiver.deliveries.push({ headers: req.headers, body: Buffer.concat(chunks) });
        res.writeHead(receiver.answerWith(receiver.deliveries.length)).end();
      });
    });
    return receiver;
  }

  /** Waits for the n-th delivery of an event type. */
  nth(type: string, n = 1): Promise<StripeDelivery> {
    return until(`${type} number ${n}`, () => this.ofType(type)[n - 1]);
  }

  ofType(type: string): StripeDelivery[] {
    return this.deliveries.filter(({ body }) => body.includes(`"type":"${type}"`));
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
