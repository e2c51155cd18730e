import { createSealer } from '../../src/adapters/crypto/node/sealer';
import { createFormCheck } from '../../src/adapters/forms/ajv/form-check';
import { createNewId } from '../../src/adapters/ids/ulid';
import { PrismaCatalogue } from '../../src/adapters/store/prisma/catalogue';
import { createPrisma } from '../../src/adapters/store/prisma/client';
import { type PrismaClient } from '../../src/adapters/store/prisma/generated/client';
import { PrismaOrderStore } from '../../src/adapters/store/prisma/order-store';
import { PrismaProducts } from '../../src/adapters/store/prisma/products';
import { HoldfastError } from '../../src/domain/errors';
import { type NewId } from '../../src/domain/ids';
import { type Order } from '../../src/domain/order';
import { type NewSku, type SkuChange } from '../../src/ports/catalogue';
import { type Placing, type PlaceResult } from '../../src/ports/order-store';
import { createTestDatabase, type TestDatabase } from '../support/database';

export const PRICE = { minor: 1000, currency: 'CNY' };
/** Orders are placed at this time, so that what two of them leave behind can be compared. */
export const PLACED_AT = Date.parse('2026-03-01T08:00:00.000Z');

/** A placing's answer; what the catalogue, a form or a limit refuses is one too, and anything else that failed. */
export type Answer = PlaceResult | { readonly t: 'refused'; readonly code: string };

/** What a test says of a placing; the rest is as it mostly is. */
export type Asked = Partial<Omit<Placing, 'draft'>> & { readonly draft?: Partial<Placing['draft']> };

/** Two replicas of the service over one database. */
export interface PlacingUnderTest {
  readonly database: TestDatabase;
  /** Of the first replica. */
  readonly prisma: PrismaClient;
  /** Statements of the first replica, BEGIN and COMMIT among them. */
  readonly sent: string[];
  readonly orders: PrismaOrderStore;
  readonly replica: PrismaOrderStore;
  readonly catalogue: PrismaCatalogue;
  readonly products: PrismaProducts;
  readonly newId: NewId;
  /** A SKU of a product of its own that each replica has sold once already; `initialStock` is what is left after that. */
  soldBefore(sku?: Partial<NewSku>): Promise<NewSku>;
  /** Changes a SKU as the API does; what is not named stays as it was made. */
  change(sku: NewSku, change: Partial<SkuChange>): Promise<void>;
  placing(skuIds: string | readonly string[], asked?: Asked): Placing;
  /** One unit of each SKU, at the first replica. */
  place(skuIds: string | readonly string[], asked?: Asked): Promise<Answer>;
  close(): Promise<void>;
}

export async function placingUnderTest(label: string): Promise<PlacingUnderTest> {
  const database = await createTestDatabase(label);
  const sent: string[] = [];
  const prisma = createPrisma(database.url, (sql, run) => {
    sent.push(sql);
    return run();
  });
  const other = createPrisma(database.url);
  const newId = createNewId(Date.now);
  const storeOver = (client: PrismaClient) =>
    new PrismaOrderStore(client, {
      ...{ newId, now: () => PLACED_AT, forms: createFormCheck(), sealer: createSealer([]), self: 'test' },
    });
  const [orders, replica] = [storeOver(prisma), storeOver(other)];
  const catalogue = new PrismaCatalogue(prisma, newId);
  const placing = (skuIds: string | readonly string[], { draft, ...asked }: Asked = {}): Placing => ({
    orderId: newId('order'),
    startIntent: true,
    ...asked,
    draft: {
      ...{ buyerId: 'buyer_1', payWith: 'wechat', paymentWindowSeconds: 600 },
      lines: [skuIds].flat().map((skuId) => ({ skuId, quantity: 1 })),
      ...draft,
    },
  });
  return {
    ...{
      database,
      prisma,
      sent,
      orders,
      replica,
      catalogue,
      products: new PrismaProducts(prisma, newId),
      newId,
      placing,
    },
    soldBefore: async (given = {}) => {
      const made = { id: newId('sku'), productId: newId('product'), title: 'Tea', price: PRICE, ...given };
      const sku = { onShelf: true, unlimited: false, initialStock: 1_000, ...made };
      const sales = sku.unlimited ? 0 : 2;
      await catalogue.create({ ...sku, initialStock: sku.initialStock + sales });
      for (const store of [orders, replica]) placed(await answerOf(store.place(placing(sku.id))));
      return sku;
    },
    change: async ({ id, productId, title, price, onShelf }, change) => {
      await catalogue.update(id, { productId, title, price, onShelf, ...change });
    },
    place: (skuIds, asked) => answerOf(orders.place(placing(skuIds, asked))),
    close: async () => {
      await Promise.all([prisma.$disconnect(), other.$disconnect()]);
      await database.drop();
    },
  };
}

/** Waits for an answer that may be a refusal; never rejects, so that many can be waited for one after the other. */
export function answerOf(placing: Promise<PlaceResult>): Promise<Answer> {
  return placing.catch((error: unknown) => ({
    t: 'refused' as const,
    code: error instanceof HoldfastError ? error.code : String(error),
  }));
}

/** The order of an answer that must be one. */
export function placed(answer: Answer): Order {
  if (answer.t !== 'placed') throw new Error(`not placed: ${JSON.stringify(answer)}`);
  return answer.order;
}

/** Every row that the placing of an order left, without what the database counts and times, the order's own ids renamed. */
export async function traces(prisma: PrismaClient, order: Order) {
  const { id: orderId } = order;
  const rows = {
    order: await prisma.order.findUnique({ where: { id: orderId } }),
    lines: await prisma.orderLine.findMany({ where: { orderId }, orderBy: { position: 'asc' } }),
    payments: await prisma.payment.findMany({ where: { orderId }, omit: { createdAt: true } }),
    ledger: await prisma.stockLedger.findMany({
      ...{ where: { reference: orderId }, orderBy: { skuId: 'asc' }, omit: { id: true, createdAt: true } },
    }),
    facts: await prisma.orderFact.findMany({
      where: { orderId },
      orderBy: { id: 'asc' },
      omit: { id: true, at: true },
    }),
    events: await prisma.outbox.findMany({
      ...{ where: { orderId }, orderBy: { seq: 'asc' }, omit: { seq: true, id: true, createdAt: true } },
    }),
    intents: await prisma.startIntent.findMany({
      ...{ where: { subjectId: orderId }, omit: { createdAt: true, leasedUntil: true } },
    }),
    keys: await prisma.idempotencyRecord.findMany({
      ...{ where: { resourceId: orderId }, omit: { createdAt: true, answerDue: true } },
    }),
  };
  const names = new Map([
    [orderId, 'ORDER'],
    ...(order.payment ? [[order.payment.id, 'PAYMENT'] as const] : []),
    ...[...new Set(order.lines.map(({ childId }) => childId))].map((id, index) => [id, `CHILD ${index}`] as const),
  ]);
  const plain = JSON.stringify(rows, (_, value: unknown) => (typeof value === 'bigint' ? Number(value) : value));
  const renamed = [...names].reduce((text, [id, name]) => text.replaceAll(id, name), plain);
  return JSON.parse(renamed) as Record<keyof typeof rows, Record<string, unknown>[]>;
}
