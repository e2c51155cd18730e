import { createPrisma } from '../../src/adapters/store/prisma/client';
import { type PrismaClient } from '../../src/adapters/store/prisma/generated/client';
import { EVENT_TYPES, type EventEnvelope, type EventPayloads, type EventType } from '../../src/domain/events';
import { type ORDER_TRANSITIONS, type OrderStatus, REVIVAL } from '../../src/domain/order-status';
import { type Order, type OrderDraft } from '../../src/domain/order';
import { type Paid } from '../../src/domain/payment';
import { envelopeOf } from '../../src/http/schemas/events';
import { openStores, type Stores } from '../../src/main/stores';
import { createTestDatabase, type TestDatabase } from '../support/database';

/** The event of every arrow of the state table: what is left out, or too much, does not compile. */
const EVENT_OF: {
  readonly [F in OrderStatus]: { readonly [T in (typeof ORDER_TRANSITIONS)[F][number]]: EventType };
} = {
  placing: { awaiting_payment: 'OrderPlaced', rejected: 'OrderRejected' },
  awaiting_payment: { paid: 'OrderPaid', closing: 'OrderClosing' },
  closing: { paid: 'OrderPaid', cancelled: 'OrderCancelled' },
  paid: { refunding: 'RefundRequested' },
  refunding: { paid: 'RefundSucceeded', refunded: 'OrderRefunded' },
  refunded: {},
  cancelled: {},
  rejected: {},
};
const ARROWS = [
  ...Object.entries(EVENT_OF).flatMap(([from, tos]) => Object.entries(tos).map(([to, type]) => ({ from, to, type }))),
  { ...REVIVAL, type: 'OrderPaid' as const },
];

const PRICE = { minor: 1000, currency: 'CNY' };

/** A life of a shop in which everything happens once, told through the stores that tell it in production. */
class Shop {
  private numbers = 0;
  constructor(private readonly stores: Stores) {}

  async open(): Promise<void> {
    const { catalogue, products, promotions, points } = this.stores;
    const sku = { title: 'Tea', price: PRICE, onShelf: true, productId: 'prod_tea' };
    for (const id of ['sku_tea', 'sku_cup'])
      await catalogue.create({ ...sku, id, initialStock: 100, unlimited: false });
    await catalogue.update('sku_tea', { ...sku, title: 'Green tea' });
    await products.update('prod_tea', { title: 'Tea', onShelf: true });
    await catalogue.adjustStock({ reference: 'adj_1', skuId: 'sku_tea', delta: 5, reason: 'count' }, null);
    await promotions.create({
      ...{ id: 'promo_1', name: 'June', startsAt: '2020-01-01T00:00:00Z', endsAt: '2099-01-01T00:00:00Z' },
      ...{
        discountBasisPoints: 1000,
        skuIds: [],
        storeIds: [],
        perBuyerLimit: null,
        totalQuota: null,
        counts: 'orders',
      },
    });
    await points.adjust({ reference: 'adj_2', buyerId: 'buyer_points', delta: 100_000, reason: 'welcome' }, null);
  }

  async place(change: Partial<OrderDraft> = {}): Promise<Order> {
    const draft: OrderDraft = {
      ...{
        buyerId: 'buyer_1',
        payWith: 'wechat',
        paymentWindowSeconds: 600,
        storeId: 'store_1',
        referrerId: 'buyer_9',
      },
      lines: [
        { skuId: 'sku_tea', quantity: 2 },
        { skuId: 'sku_cup', quantity: 1 },
      ],
      ...change,
    };
    const placed = await this.stores.orders.place({ orderId: this.stores.newId('order'), draft, startIntent: true });
    if (placed.t !== 'placed') throw new Error(`not placed: ${placed.t}`);
    return placed.order;
  }

  paid({ amount }: Order): Paid {
    return { transactionId: `t_${(this.numbers += 1)}`, amount, paidAt: '2026-01-01T08:00:00+08:00' };
  }

  async confirm(order: Order, paid = this.paid(order)): Promise<void> {
    await this.stores.orders.confirm({ orderId: order.id, paymentId: order.payment?.id ?? '', paid });
  }

  async close(order: Order): Promise<void> {
    await this.stores.orders.beginClosing(order.id, 'buyer_cancelled', null);
  }

  async cancel(order: Order): Promise<void> {
    await this.close(order);
    await this.stores.orders.release({ orderId: order.id, proof: 'ack' });
  }

  async refund(order: Order, minor: number | null, restock: boolean): Promise<void> {
    const refundId = this.stores.newId('refund');
    const amount = minor === null ? null : { minor, currency: 'CNY' };
    const idempotency = { client: 'shop', key: refundId, fingerprint: refundId };
    await this.stores.refunds.request({ refundId, orderId: order.id, amount, reason: 'faulty', restock, idempotency });
    await this.stores.refunds.succeeded(refundId, 'at-the-gateway');
  }

  async late(order: Order, policy: 'refund' | 'revive'): Promise<void> {
    const { inbox, refunds } = this.stores;
    const paid = this.paid(order);
    await inbox.late({ orderId: order.id, paymentId: order.payment?.id ?? '', paid });
    const inboxId = await this.inboxId(paid.transactionId);
    const decision = await refunds.settleLate(inboxId, policy);
    if (decision.t === 'refund') await refunds.succeeded(decision.refundId, 'at-the-gateway');
  }

  /** Money under a number that nobody knows. */
  async strange(): Promise<void> {
    const { inbox, refunds } = this.stores;
    const paid = { transactionId: 'stranger', amount: PRICE, paidAt: '2026-01-01T00:00:00Z' };
    await inbox.store({ gateway: 'wechat', eventId: 'evt_stranger', merchantNo: 'nobody', paid });
    const decision = await refunds.settleLate(await this.inboxId('stranger'), 'refund');
    if (decision.t === 'refund') await refunds.succeeded(decision.refundId, 'at-the-gateway');
  }

  inboxId: (transactionId: string) => Promise<string> = () => Promise.reject(new Error('not connected'));
}

let database: TestDatabase;
let prisma: PrismaClient;
let stores: Stores;
let events: EventEnvelope[];

beforeAll(async () => {
  database = await createTestDatabase('event-contract');
  prisma = createPrisma(database.url);
  stores = openStores(database.url, { now: Date.now, dataKeys: [{ id: 'tests', key: Buffer.alloc(32, 7) }] });
  const shop = new Shop(stores);
  shop.inboxId = async (transactionId) => (await prisma.webhookInbox.findFirstOrThrow({ where: { transactionId } })).id;
  await live(shop);
  while ((await stores.events.sequence()) > 0);
  events = [...(await stores.events.read({ after: '0', types: null, limit: 500 })).events];
});

afterAll(async () => {
  await stores.close();
  await prisma.$disconnect();
  await database.drop();
});

async function live(shop: Shop): Promise<void> {
  await shop.open();
  const address = {
    recipient: 'Li',
    phone: '13800138000',
    province: 'Zhejiang',
    city: 'Hangzhou',
    street: 'West Lake 1',
  };
  const bought = await shop.place({ promotionId: 'promo_1', buyerId: 'buyer_known', shippingAddress: address });
  await shop.confirm(bought);
  await shop.refund(bought, 1000, false);
  await shop.refund(bought, null, true);
  const cancelled = await shop.place({ promotionId: 'promo_1' });
  await shop.cancel(cancelled);
  await shop.late(cancelled, 'refund');
  await shop.late(cancelled, 'revive');
  const closing = await shop.place();
  await shop.close(closing);
  await shop.confirm(closing);
  await shop.strange();
  const draft = {
    buyerId: 'buyer_1',
    lines: [{ skuId: 'sku_gone', quantity: 1 }],
    payWith: null,
    paymentWindowSeconds: 60,
  };
  await stores.orders.reject(stores.newId('order'), draft, { code: 'sku_not_found', context: {} });
  await withPoints(shop);
  await stores.buyerData.forget('buyer_known');
}

async function withPoints(shop: Shop): Promise<void> {
  const points = { payWith: 'points', buyerId: 'buyer_points' } as const;
  const spent = await shop.place(points);
  const merchantNo = spent.payment?.merchantNo ?? '';
  await stores.points.spend(merchantNo, spent.amount);
  await shop.confirm(spent);
  await stores.points.refund({ refundNo: 'ref_points', merchantNo, amount: { minor: 500, currency: 'CNY' } }, 'faulty');
  const unspent = await shop.place(points);
  await shop.close(unspent);
  await stores.points.close(unspent.payment?.merchantNo ?? '');
  await stores.orders.release({ orderId: unspent.id, proof: 'ack' });
}

const of = <T extends EventType>(type: T): EventEnvelope<T>[] =>
  events.filter((event) => event.type === type) as EventEnvelope<T>[];
const sorted = (list: readonly object[]): string[] => list.map((each) => JSON.stringify(each)).sort();

describe('every event', () => {
  it('is of a type that happened here, and every type happened', () => {
    expect([...new Set(events.map(({ type }) => type))].sort()).toEqual([...EVENT_TYPES].sort());
  });

  it('is what its schema says, and not a field more', () => {
    const faults = events.flatMap((event) => {
      const { error } = envelopeOf(event.type).safeParse(event);
      return error ? [{ type: event.type, issues: error.issues }] : [];
    });
    expect(faults).toEqual([]);
  });
});

describe('every change', () => {
  it('of an order’s state has its event, as often as it happened', async () => {
    const facts = await prisma.orderFact.findMany({ where: { kind: 'state' }, orderBy: { id: 'asc' } });
    const told = ARROWS.map(({ from, to, type }) => ({
      arrow: `${from} → ${to}`,
      type,
      orders: facts
        .filter(({ what, data }) => what === to && (data as { from: string }).from === from)
        .map(({ orderId }) => orderId),
    }));

    expect(told.filter(({ orders }) => orders.length === 0)).toEqual([]);
    const expected = new Map<EventType, string[]>();
    for (const { type, orders } of told) expected.set(type, [...(expected.get(type) ?? []), ...orders]);
    // A refund that settles while others are under way, or late money that goes back, is no change of the order's state.
    const succeeded = await prisma.refund.findMany({ where: { status: 'succeeded' } });
    expected.set(
      'RefundSucceeded',
      succeeded.map(({ orderId }) => orderId ?? ''),
    );
    for (const [type, orders] of expected)
      expect([
        type,
        of(type)
          .map(({ orderId }) => orderId ?? '')
          .sort(),
      ]).toEqual([type, orders.sort()]);
  });

  it('of stock has its event: the ledger and the events tell the same', async () => {
    const rows = await prisma.stockLedger.findMany({ orderBy: { id: 'asc' } });
    const entered = (kind: string) =>
      rows
        .filter((row) => row.kind === kind)
        .map(({ orderId, skuId, quantity }) => ({ ...(orderId && { orderId }), skuId, quantity }));
    const told = (list: readonly { data: EventPayloads['StockHeld'] }[]) =>
      list.flatMap(({ data: { orderId, lines } }) =>
        lines.map(({ skuId, quantity }) => ({ orderId, skuId, quantity })),
      );
    const returned = (why: string) => of('StockReturned').filter(({ data: { reason } }) => reason === why);

    expect(sorted(told(of('StockHeld')))).toEqual(sorted(entered('hold')));
    expect(sorted(told(of('StockSold')))).toEqual(sorted(entered('confirm')));
    expect(sorted(told(returned('released')))).toEqual(sorted(entered('release')));
    expect(sorted(told(returned('restocked')))).toEqual(sorted(entered('restock')));
    const adjusted = of('StockAdjusted').map(({ data: { skuId, delta } }) => ({ skuId, quantity: delta }));
    expect(sorted(adjusted)).toEqual(sorted(entered('adjust')));
    const created = of('SkuCreated').map(({ data: { skuId, initialStock } }) => ({ skuId, quantity: initialStock }));
    expect(sorted(created)).toEqual(sorted(entered('initial')));
    expect(entered('restock').length).toBeGreaterThan(0);
  });

  it('of a promotion has its event', async () => {
    const rows = await prisma.promotionLedger.findMany();
    const entered = (wanted: string) =>
      rows
        .filter(({ kind }) => kind === wanted)
        .map(({ orderId, buyerId, promotionId, quantity }) => ({ orderId, buyerId, promotionId, quantity }));
    const told = (list: readonly { data: EventPayloads['PromotionHeld'] }[]) =>
      list.map(({ data: { orderId, buyerId, promotionId, quantity } }) => ({
        orderId,
        buyerId,
        promotionId,
        quantity,
      }));

    expect(sorted(told(of('PromotionHeld')))).toEqual(sorted(entered('hold')));
    expect(sorted(told(of('PromotionConfirmed')))).toEqual(sorted(entered('confirm')));
    expect(sorted(told(of('PromotionReleased')))).toEqual(sorted(entered('release')));
  });

  it('of an order’s points has its event', async () => {
    const rows = await prisma.pointsEntry.findMany();
    const moved = (wanted: string) =>
      rows.filter(({ kind }) => kind === wanted).map(({ delta }) => Math.abs(Number(delta)));
    const told = (list: readonly { data: EventPayloads['PointsHeld'] }[]) => list.map(({ data }) => data.points);
    const spentOnes = new Set(rows.filter(({ kind }) => kind === 'spend').map(({ reference }) => reference));
    const givenBack = rows.filter(({ kind, reference }) => kind === 'release' && !spentOnes.has(reference));

    expect(told(of('PointsHeld')).sort()).toEqual(moved('hold').sort());
    expect(told(of('PointsSpent')).sort()).toEqual(moved('spend').sort());
    expect(told(of('PointsReturned')).sort()).toEqual(
      [...moved('refund'), ...givenBack.map(({ delta }) => Number(delta))].sort(),
    );
  });
});

describe('what consumers need', () => {
  it('is in the events of a paid order', () => {
    const [first] = of('OrderPaid');
    expect(first?.data).toMatchObject({
      ...{ buyerId: 'buyer_known', storeId: 'store_1', referrerId: 'buyer_9', gateway: 'wechat', revived: false },
      ...{ amount: { minor: 2700, currency: 'CNY' }, paidAt: '2026-01-01T00:00:00.000Z' },
    });
    expect(
      first?.data.lines.map(({ skuId, productId, quantity, amount }) => ({ skuId, productId, quantity, amount })),
    ).toEqual([
      { skuId: 'sku_tea', productId: 'prod_tea', quantity: 2, amount: { minor: 1800, currency: 'CNY' } },
      { skuId: 'sku_cup', productId: 'prod_tea', quantity: 1, amount: { minor: 900, currency: 'CNY' } },
    ]);
    expect(of('OrderPaid').filter(({ data }) => data.revived)).toHaveLength(1);
    const placed = of('OrderPlaced').find(({ orderId }) => orderId === first?.orderId);
    expect(placed?.data).toMatchObject({
      promotionId: 'promo_1',
      amount: first?.data.amount,
      lines: first?.data.lines,
    });
  });

  it('says how much of a payment has gone back so far', () => {
    const paid = of('OrderPaid')[0]?.orderId;
    const refunds = of('RefundSucceeded').filter(({ orderId }) => orderId === paid);
    expect(refunds.map(({ data }) => [data.amount.minor, data.refundedTotal.minor, data.paidAmount.minor])).toEqual([
      [1000, 1000, 2700],
      [1700, 2700, 2700],
    ]);
  });

  it('holds nothing personal', () => {
    const all = JSON.stringify(events);
    for (const secret of ['13800138000', 'Hangzhou', 'West Lake', '"Li"']) expect(all).not.toContain(secret);
  });
});
