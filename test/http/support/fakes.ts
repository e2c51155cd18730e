import { HoldfastError } from '../../../src/domain/errors';
import { createFormCheck } from '../../../src/adapters/forms/ajv/form-check';
import { requireForms } from '../../../src/adapters/store/prisma/place-forms';
import { type Order, type PaymentAttempt, type TimelineFact } from '../../../src/domain/order';
import { type PaymentChoice } from '../../../src/domain/payment';
import { normaliseLines } from '../../../src/domain/stock';
import { type PricedSku, priceLines } from '../../../src/domain/pricing';
import { type AppDeps } from '../../../src/http/deps';
import {
  type AdjustedSku,
  type Catalogue,
  type NewSku,
  type Page,
  type Sku,
  type SkuChange,
  type SkuQuery,
} from '../../../src/ports/catalogue';
import { type IdempotencyKey, type KeyRefusal } from '../../../src/ports/idempotency';
import { type OrderQuery, type PlaceResult, type Placing } from '../../../src/ports/order-store';
import { type AdjustRequest } from '../../../src/ports/stock-store';
import { type FakeCarts } from './carts';

/** First answers by key, as the ports promise them. */
export class Keys<O> {
  private readonly records = new Map<string, { fingerprint: string; outcome: O }>();

  earlier({ client, key, fingerprint }: IdempotencyKey): O | KeyRefusal | null {
    const record = this.records.get(`${client} ${key}`);
    if (!record) return null;
    return record.fingerprint === fingerprint ? record.outcome : { t: 'reused' };
  }

  remember({ client, key, fingerprint }: IdempotencyKey, outcome: O): void {
    this.records.set(`${client} ${key}`, { fingerprint, outcome });
  }
}

/** SKUs in memory. */
export class FakeCatalogue implements Catalogue {
  readonly skus = new Map<string, Sku>();
  private readonly keys = new Keys<AdjustedSku>();

  create({ initialStock, unlimited, requiredForm = [], ...sku }: NewSku): Promise<Sku | 'exists'> {
    if (this.skus.has(sku.id)) return Promise.resolve('exists');
    const stock = { available: initialStock, reserved: 0, sold: 0, unlimited };
    return this.put({ ...sku, requiredForm, onSale: sku.onShelf, stock });
  }

  async update(id: string, change: SkuChange): Promise<Sku | null> {
    const sku = this.skus.get(id);
    if (!sku) return null;
    const { requiredForm = sku.requiredForm, onShelf } = change;
    return this.put({ ...sku, ...change, requiredForm, onSale: onShelf });
  }

  find(id: string): Promise<Sku | null> {
    return Promise.resolve(this.skus.get(id) ?? null);
  }

  list({ productId, onShelf, cursor, limit }: SkuQuery): Promise<Page<Sku>> {
    const after = [...this.skus.values()]
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .filter((sku) => productId === undefined || sku.productId === productId)
      .filter((sku) => onShelf === undefined || sku.onShelf === onShelf)
      .filter((sku) => cursor === null || sku.id > cursor);
    return Promise.resolve(page(after, limit));
  }

  async adjustStock({ skuId, delta }: AdjustRequest, key: IdempotencyKey | null): Promise<AdjustedSku | KeyRefusal> {
    const earlier = key && this.keys.earlier(key);
    if (earlier) return earlier;
    const outcome = await this.adjustOnce(skuId, delta);
    if (key) this.keys.remember(key, outcome);
    return outcome;
  }

  private async adjustOnce(skuId: string, delta: number): Promise<AdjustedSku> {
    const sku = this.skus.get(skuId);
    if (!sku) return { t: 'notFound' };
    const available = sku.stock.available + delta;
    if (available < 0) return { t: 'insufficient' };
    return { t: 'adjusted', sku: await this.put({ ...sku, stock: { ...sku.stock, available } }) };
  }

  private put(sku: Sku): Promise<Sku> {
    this.skus.set(sku.id, sku);
    return Promise.resolve(sku);
  }
}

type OrdersPort = AppDeps['orders'];

/** Orders in memory, held against the fake catalogue. */
export class FakeOrders implements OrdersPort {
  readonly orders = new Map<string, Order>();
  readonly facts = new Map<string, TimelineFact[]>();
  /** Attempts beside those that the orders show. */
  readonly attempts: PaymentAttempt[] = [];
  readonly placings: Placing[] = [];
  readonly choices: { orderId: string; paymentId: string; choice: PaymentChoice }[] = [];
  readonly remembered: { key: IdempotencyKey; order: Order }[] = [];
  private readonly keys = new Keys<PlaceResult>();
  private readonly forms = createFormCheck();

  constructor(
    private readonly catalogue: FakeCatalogue,
    private readonly carts: FakeCarts,
  ) {}

  place(placing: Placing): Promise<PlaceResult> {
    const earlier = placing.idempotency && this.keys.earlier(placing.idempotency);
    if (earlier) return Promise.resolve('replayed' in earlier ? { ...earlier, replayed: true } : earlier);
    requireForms(this.forms, placing.draft, this.priced());
    this.placings.push(placing);
    const result = this.placeOnce(placing);
    if (placing.idempotency) this.keys.remember(placing.idempotency, result);
    return Promise.resolve(result);
  }

  earlierAnswer(key: IdempotencyKey): Promise<PlaceResult | null> {
    const earlier = this.keys.earlier(key);
    return Promise.resolve(earlier && 'replayed' in earlier ? { ...earlier, replayed: true } : earlier);
  }

  rememberAnswer(key: IdempotencyKey, order: Order): Promise<void> {
    this.remembered.push({ key, order });
    this.keys.remember(key, { t: 'placed', order, replayed: false });
    return Promise.resolve();
  }

  find(orderId: string): Promise<Order | null> {
    return Promise.resolve(this.orders.get(orderId) ?? null);
  }

  list({ buyerId, status, cursor, limit }: OrderQuery): Promise<Page<Order>> {
    const found = [...this.orders.values()]
      .sort((a, b) => (a.id > b.id ? -1 : 1))
      .filter((order) => buyerId === undefined || order.buyerId === buyerId)
      .filter((order) => status === undefined || order.status === status)
      .filter((order) => cursor === null || order.id < cursor);
    return Promise.resolve(page(found, limit));
  }

  async findPayment(orderId: string, paymentId: string): Promise<PaymentAttempt | null> {
    const attempts = [...this.attempts, (await this.find(orderId))?.payment];
    return attempts.find((each) => each?.id === paymentId) ?? null;
  }

  dropChoice(paymentId: string): Promise<void> {
    this.choices.splice(0, this.choices.length, ...this.choices.filter((each) => each.paymentId !== paymentId));
    return Promise.resolve();
  }

  keepChoice(orderId: string, paymentId: string, choice: PaymentChoice): Promise<void> {
    this.choices.push({ orderId, paymentId, choice });
    return Promise.resolve();
  }

  timeline(orderId: string): Promise<TimelineFact[]> {
    return Promise.resolve(this.facts.get(orderId) ?? []);
  }

  private priced(): Map<string, PricedSku> {
    return new Map(
      [...this.catalogue.skus.values()].map(({ id, productId, title, price, onSale: onShelf, requiredForm }) => [
        id,
        { skuId: id, productId, title, price, onShelf, requiredForm },
      ]),
    );
  }

  private placeOnce({ orderId, draft, fromCart, checkAmount }: Placing): PlaceResult {
    if (draft.promotionId) throw new HoldfastError('promotion_not_found');
    const priced = this.priced();
    const { lines, amount } = priceLines(draft, priced, () => `chd_${orderId}`);
    checkAmount?.(amount);
    if (fromCart) this.carts.check(draft.buyerId, draft.lines);
    const shortages = normaliseLines(draft.lines).flatMap(({ skuId, quantity: requested }) => {
      const available = this.catalogue.skus.get(skuId)?.stock.available ?? 0;
      return available < requested ? [{ skuId, requested, available }] : [];
    });
    if (shortages.length > 0) return { t: 'short', shortages, replayed: false };
    if (fromCart) this.carts.take(draft.buyerId, draft.lines);
    const order = orderOf(orderId, { buyerId: draft.buyerId, lines, amount, payWith: draft.payWith });
    this.orders.set(orderId, { ...order, storeId: draft.storeId ?? null, note: draft.note ?? null });
    return { t: 'placed', order: this.orders.get(orderId) ?? order, replayed: false };
  }
}

const PLACED_AT = '2026-01-01T00:00:00.000Z';
const PAY_BY = '2026-01-01T00:30:00.000Z';

/** A placed order with a window of 1800 seconds. */
export function orderOf(
  id: string,
  given: Pick<Order, 'buyerId' | 'lines' | 'amount'> & { payWith: NonNullable<Order['payment']>['gateway'] | null },
): Order {
  const { payWith, ...rest } = given;
  return {
    id,
    status: 'awaiting_payment',
    ...rest,
    payBy: PAY_BY,
    payment: payWith && {
      id: `pay_${id}`,
      gateway: payWith,
      status: 'creating',
      merchantNo: `pay_${id}`,
      amount: given.amount,
      expiresAt: PAY_BY,
      payUrl: null,
      codeUrl: null,
      gatewayRef: null,
      transactionId: null,
    },
    refundedAmount: { minor: 0, currency: given.amount.currency },
    storeId: null,
    referrerId: null,
    promotionId: null,
    note: null,
    createdAt: PLACED_AT,
    paidAt: null,
    closedAt: null,
    closeReason: null,
  };
}

/** An order as the store has it: two teas, to be paid by WeChat, placed with a window of 1800 seconds. */
export function stored(change: Partial<Order> = {}): Order {
  const line = {
    skuId: 'sku_tea',
    productId: 'prod_tea',
    title: 'Tea',
    unitPrice: { minor: 1999, currency: 'CNY' },
    discountBasisPoints: 0,
    childId: 'chd_1',
  };
  const lines = [{ ...line, quantity: 2, amount: { minor: 3998, currency: 'CNY' } }];
  const order = orderOf('ord_1', {
    buyerId: 'buyer_1',
    lines,
    amount: { minor: 3998, currency: 'CNY' },
    payWith: 'wechat',
  });
  return { ...order, ...change };
}

/** A gateway whose body says what is notified: `other` is ignored, `refund <number>` of a refund, else the number that was paid. */
export const fakeGateway: NonNullable<ReturnType<AppDeps['gateways']['get']>> = {
  name: 'wechat',
  refusal: ({ currency }) => (currency === 'CNY' ? null : `takes CNY, not ${currency}`),
  parseNotification: ({ headers, body }) => {
    if (headers['wechatpay-signature'] !== 'good') return { t: 'forged', why: 'signature' };
    const text = body.toString('utf8');
    if (text === 'other') return { t: 'ignored', eventId: 'evt_other', why: 'not a payment' };
    const [, refundNo] = /^refund (\S+)$/.exec(text) ?? [];
    if (refundNo !== undefined) {
      const outcome = { t: 'succeeded', refundId: 'gw_1' } as const;
      return { t: 'refund', eventId: 'evt_refund', merchantNo: 'pay_1', refundNo, outcome };
    }
    const paid = { transactionId: 'tx_1', amount: { minor: 3998, currency: 'CNY' }, paidAt: PLACED_AT };
    return { t: 'paid', eventId: 'evt_1', merchantNo: text, paid };
  },
  notificationReply: (accepted, why = '') =>
    accepted
      ? { status: 200, contentType: 'application/json', body: '{"code":"SUCCESS"}' }
      : { status: 401, contentType: 'application/json', body: JSON.stringify({ code: 'FAIL', message: why }) },
};

export function page<T extends { readonly id: string }>(rows: readonly T[], limit: number): Page<T> {
  const items = rows.slice(0, limit);
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}
