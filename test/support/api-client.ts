import { type Money } from '../../src/domain/money';

export interface OrderJson {
  readonly id: string;
  readonly status: string;
  readonly amount: Money;
  readonly payBy: string;
  readonly closeReason: string | null;
  readonly payment: {
    readonly id: string;
    readonly status: string;
    readonly merchantNo: string;
    readonly payUrl: string | null;
  } | null;
}

export interface Answer<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T & { readonly code?: string };
}

export interface PlaceJson {
  readonly buyerId?: string;
  readonly lines: readonly { readonly skuId: string; readonly quantity: number }[];
  readonly payWith?: string | null;
  readonly paymentWindowSeconds?: number;
  readonly promotionId?: string;
  readonly referrerId?: string;
  readonly note?: string;
  readonly shippingAddress?: Readonly<Record<string, string>>;
}

/**
 * A connection that is kept may be closed by its server in the moment in which it is used again, which a busy machine
 * makes likely; a test has nothing to gain from keeping one.
 */
export const UNKEPT = { connection: 'close' };

/** The HTTP API as a shop's back end calls it. */
export class ApiClient {
  constructor(
    readonly url: string,
    readonly key: string,
  ) {}

  place(order: PlaceJson, idempotencyKey?: string): Promise<Answer<OrderJson>> {
    const headers: Record<string, string> = idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey };
    return this.call('POST', '/v1/orders', { buyerId: 'buyer_1', payWith: 'wechat', ...order }, headers);
  }

  async order(id: string): Promise<OrderJson> {
    return (await this.call<OrderJson>('GET', `/v1/orders/${id}`)).body;
  }

  cancel(id: string): Promise<Answer<OrderJson>> {
    return this.call('POST', `/v1/orders/${id}/cancel`, {});
  }

  async timeline(id: string): Promise<{ kind: string; what: string; data: Record<string, unknown> }[]> {
    return (await this.call<{ items: never[] }>('GET', `/v1/orders/${id}/timeline`)).body.items;
  }

  async stock(skuId: string): Promise<{ available: number; reserved: number; sold: number; unlimited: boolean }> {
    return (await this.call<{ stock: never }>('GET', `/v1/skus/${skuId}`)).body.stock;
  }

  async addSku(initialStock: number, price = 1999): Promise<string> {
    const sku = { title: 'Tea', price: { minor: price, currency: 'CNY' }, initialStock };
    const { body } = await this.call<{ id: string }>('POST', '/v1/skus', sku);
    return body.id;
  }

  async call<T>(method: string, path: string, body?: object, headers: Record<string, string> = {}): Promise<Answer<T>> {
    const answer = await fetch(this.url + path, {
      method,
      headers: {
        authorization: `Bearer ${this.key}`,
        ...UNKEPT,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return {
      status: answer.status,
      headers: answer.headers,
      body: (text === '' ? {} : JSON.parse(text)) as Answer<T>['body'],
    };
  }
}
