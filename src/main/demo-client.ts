import { randomUUID } from 'node:crypto';

export interface DemoOrder {
  readonly id: string;
  readonly status: string;
  readonly payment: { readonly merchantNo: string } | null;
}

export interface DemoFact {
  readonly at: string;
  readonly kind: string;
  readonly what: string;
}

/** An order of the demo ends within its window and some seconds. */
const PATIENCE_MS = 60_000;
const LOOK_EVERY_MS = 250;

/** Drives the public API as a shop would, and the sandbox as its buyers would. */
export class DemoClient {
  constructor(
    private readonly apiUrl: string,
    private readonly key: string,
    private readonly sandboxUrl: string,
  ) {}

  /** Throws an Error that says what to do when there is nothing to drive. */
  async check(): Promise<void> {
    const answer = await fetch(`${this.apiUrl}/readyz`).catch(() => null);
    if (!answer?.ok) throw new Error(`nothing is ready at ${this.apiUrl}: run npm start in another terminal first`);
    const { status } = await this.call('GET', '/v1/orders?limit=1');
    if (status === 401) throw new Error('give the API key that npm start printed: npm run demo -- <key>');
  }

  async place(skuId: string, quantity: number, paymentWindowSeconds?: number): Promise<DemoOrder> {
    const order = { buyerId: 'buyer_demo', lines: [{ skuId, quantity }], payWith: 'wechat', paymentWindowSeconds };
    const { status, body } = await this.call('POST', '/v1/orders', order);
    if (status !== 201) throw new Error(`the order was refused: ${JSON.stringify(body)}`);
    return body as DemoOrder;
  }

  /** The problem that an order for more than there is gets. */
  async refused(skuId: string, quantity: number): Promise<unknown> {
    return (await this.call('POST', '/v1/orders', { buyerId: 'buyer_demo', lines: [{ skuId, quantity }] })).body;
  }

  async cancel(order: DemoOrder): Promise<void> {
    await this.call('POST', `/v1/orders/${order.id}/cancel`, { reason: 'changed my mind' });
  }

  async pay({ payment }: DemoOrder): Promise<void> {
    await this.control(`/payments/${payment?.merchantNo}/pay`, {});
  }

  /** The payment takes effect at the gateway as our close arrives there. */
  async payAsItCloses({ payment }: DemoOrder): Promise<void> {
    await this.control('/faults', {
      op: 'close',
      fault: 'pay_before_close',
      match: { merchantNo: payment?.merchantNo },
    });
  }

  /** Waits until the order has ended. */
  async ended(order: DemoOrder): Promise<DemoOrder> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const now = (await this.call('GET', `/v1/orders/${order.id}`)).body as DemoOrder;
      if (['paid', 'cancelled', 'rejected'].includes(now.status)) return now;
      if (Date.now() > deadline) throw new Error(`${order.id} is still ${now.status}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }

  async timeline(order: DemoOrder): Promise<DemoFact[]> {
    return ((await this.call('GET', `/v1/orders/${order.id}/timeline`)).body as { items: DemoFact[] }).items;
  }

  async stock(skuId: string): Promise<string> {
    const { body } = await this.call('GET', `/v1/skus/${skuId}`);
    const { available, reserved, sold } = (body as { stock: { available: number; reserved: number; sold: number } })
      .stock;
    return `available ${available}, reserved ${reserved}, sold ${sold}`;
  }

  private async call(method: string, path: string, body?: object): Promise<{ status: number; body: unknown }> {
    const answer = await fetch(this.apiUrl + path, {
      method,
      headers: {
        authorization: `Bearer ${this.key}`,
        'content-type': 'application/json',
        ...(method === 'POST' && path === '/v1/orders' ? { 'idempotency-key': randomUUID() } : {}),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: await answer.json() };
  }

  private async control(path: string, body: object): Promise<void> {
    const answer = await fetch(`${this.sandboxUrl}/_sandbox${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`the sandbox refused: ${await answer.text()}`);
  }
}
