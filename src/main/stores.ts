import { createSealer } from '../adapters/crypto/node/sealer';
import { createFormCheck } from '../adapters/forms/ajv/form-check';
import { createNewId } from '../adapters/ids/ulid';
import { PrismaBuyerData } from '../adapters/store/prisma/buyer-data';
import { PrismaCarts } from '../adapters/store/prisma/carts';
import { PrismaCatalogue } from '../adapters/store/prisma/catalogue';
import { createPrisma } from '../adapters/store/prisma/client';
import { PrismaKnownKeys, PrismaStockReadings } from '../adapters/store/prisma/door-reads';
import { PrismaDeadEvents } from '../adapters/store/prisma/dead-events';
import { PrismaEventCursors } from '../adapters/store/prisma/event-cursors';
import { PrismaEventFeed } from '../adapters/store/prisma/event-feed';
import { PrismaOrderStore } from '../adapters/store/prisma/order-store';
import { PrismaPointsAwards } from '../adapters/store/prisma/points-awards';
import { PrismaPointsStore } from '../adapters/store/prisma/points-store';
import { PrismaProducts } from '../adapters/store/prisma/products';
import { PrismaProfitShares } from '../adapters/store/prisma/profit-shares';
import { PrismaPromotionStore } from '../adapters/store/prisma/promotion-store';
import { PrismaRefundStore } from '../adapters/store/prisma/refund-store';
import { PrismaShippingNotices } from '../adapters/store/prisma/shipping-notices';
import { PrismaSkuReader } from '../adapters/store/prisma/sku-reader';
import { PrismaStartIntents } from '../adapters/store/prisma/start-intents';
import { PrismaStockImports } from '../adapters/store/prisma/stock-import';
import { PrismaWebhookEndpoints } from '../adapters/store/prisma/webhook-endpoints';
import { PrismaWebhookInbox } from '../adapters/store/prisma/webhook-inbox';
import { type DataKey } from '../config/types';
import { POINTS_AWARD } from '../consumers/points-award';
import { PROFIT_SHARE } from '../consumers/profit-share';
import { SHIPPING_NOTICE } from '../consumers/shipping-notice';
import { type NewId } from '../domain/ids';
import { type KnownKeys, type StockReadings } from '../ports/admission-gate';
import { type BuyerData } from '../ports/buyer-data';
import { type CartStore } from '../ports/cart-store';
import { type Catalogue, type Products } from '../ports/catalogue';
import { type Clock } from '../ports/clock';
import { type PointsAwards } from '../ports/consumer-points';
import { type ProfitShares } from '../ports/consumer-profit-share';
import { type ShippingNotices } from '../ports/consumer-shipping';
import { type DeadEvents } from '../ports/dead-events';
import { type EventCursors, type EventFeed } from '../ports/event-feed';
import { type OrderStore } from '../ports/order-store';
import { type PointsStore } from '../ports/points-store';
import { type PromotionStore } from '../ports/promotion-store';
import { type RefundStore } from '../ports/refund-store';
import { type SkuReader } from '../ports/sku-cache';
import { type StartIntents } from '../ports/start-intents';
import { type StockImports } from '../ports/stock-import';
import { type WebhookDeliveries, type WebhookEndpoints } from '../ports/webhook-endpoints';
import { type WebhookInbox } from '../ports/webhook-inbox';

/** Everything that is kept in PostgreSQL, over one pool of connections. */
export interface Stores {
  readonly orders: OrderStore;
  readonly catalogue: Catalogue;
  readonly products: Products;
  readonly stockImports: StockImports;
  readonly carts: CartStore;
  readonly buyerData: BuyerData;
  readonly intents: StartIntents;
  readonly inbox: WebhookInbox;
  readonly refunds: RefundStore;
  readonly points: PointsStore;
  readonly promotions: PromotionStore;
  readonly pointsAwards: PointsAwards;
  readonly profitShares: ProfitShares;
  readonly shippingNotices: ShippingNotices;
  readonly skuReader: SkuReader;
  readonly events: EventFeed;
  readonly cursors: EventCursors;
  readonly deadEvents: DeadEvents;
  readonly webhookEndpoints: WebhookEndpoints & WebhookDeliveries;
  readonly stockReadings: StockReadings;
  readonly knownKeys: KnownKeys;
  readonly newId: NewId;
  /** Rejects when the database can't be reached. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface StoresOptions {
  readonly now: Clock;
  /** Master keys; the first one wraps new keys of buyers. */
  readonly dataKeys: readonly DataKey[];
}

export function openStores(databaseUrl: string, { now, dataKeys }: StoresOptions): Stores {
  const prisma = createPrisma(databaseUrl);
  const newId = createNewId(now);
  const sealer = createSealer(dataKeys);
  const forms = createFormCheck();
  return {
    orders: new PrismaOrderStore(prisma, { newId, now, forms, sealer }),
    catalogue: new PrismaCatalogue(prisma, newId),
    products: new PrismaProducts(prisma, newId),
    stockImports: new PrismaStockImports(prisma, newId),
    carts: new PrismaCarts(prisma),
    buyerData: new PrismaBuyerData(prisma, newId, sealer),
    intents: new PrismaStartIntents(prisma),
    inbox: new PrismaWebhookInbox(prisma, newId),
    refunds: new PrismaRefundStore(prisma, newId),
    points: new PrismaPointsStore(prisma, newId),
    promotions: new PrismaPromotionStore(prisma),
    pointsAwards: new PrismaPointsAwards(prisma, POINTS_AWARD),
    profitShares: new PrismaProfitShares(prisma, PROFIT_SHARE),
    shippingNotices: new PrismaShippingNotices(prisma, SHIPPING_NOTICE),
    skuReader: new PrismaSkuReader(prisma),
    events: new PrismaEventFeed(prisma),
    cursors: new PrismaEventCursors(prisma),
    deadEvents: new PrismaDeadEvents(prisma),
    webhookEndpoints: new PrismaWebhookEndpoints(prisma, { newId, now }),
    stockReadings: new PrismaStockReadings(prisma),
    knownKeys: new PrismaKnownKeys(prisma),
    newId,
    ping: async () => {
      await prisma.$queryRaw`SELECT 1`;
    },
    close: () => prisma.$disconnect(),
  };
}
