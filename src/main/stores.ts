import { randomUUID } from 'node:crypto';
import { createSealer } from '../adapters/crypto/node/sealer';
import { createFormCheck } from '../adapters/forms/ajv/form-check';
import { createNewId } from '../adapters/ids/ulid';
import { PrismaBuyerData } from '../adapters/store/prisma/buyer-data';
import { PrismaCarts } from '../adapters/store/prisma/carts';
import { PrismaCatalogue } from '../adapters/store/prisma/catalogue';
import { createPrisma } from '../adapters/store/prisma/client';
import { PrismaConsoleReads } from '../adapters/store/prisma/console-reads';
import { PrismaKnownKeys, PrismaStockReadings } from '../adapters/store/prisma/door-reads';
import { PrismaDeadEvents } from '../adapters/store/prisma/dead-events';
import { PrismaEventCursors } from '../adapters/store/prisma/event-cursors';
import { PrismaEventFeed } from '../adapters/store/prisma/event-feed';
import { PrismaOperatorActions } from '../adapters/store/prisma/operator-actions';
import { PrismaOrderStore } from '../adapters/store/prisma/order-store';
import { PrismaOutages } from '../adapters/store/prisma/outages';
import { PrismaPointsAwards } from '../adapters/store/prisma/points-awards';
import { PrismaPointsStore } from '../adapters/store/prisma/points-store';
import { PrismaProducts } from '../adapters/store/prisma/products';
import { PrismaProfitShares } from '../adapters/store/prisma/profit-shares';
import { PrismaPromotionStore } from '../adapters/store/prisma/promotion-store';
import { PrismaReconcileReads } from '../adapters/store/prisma/reconcile-reads';
import { PrismaReconcileBooks } from '../adapters/store/prisma/reconcile-books';
import { PrismaReconciliationCases } from '../adapters/store/prisma/reconcile-cases';
import { PrismaRefundStore } from '../adapters/store/prisma/refund-store';
import { PrismaShippingNotices } from '../adapters/store/prisma/shipping-notices';
import { PrismaSkuReader } from '../adapters/store/prisma/sku-reader';
import { PrismaStandings } from '../adapters/store/prisma/standings';
import { PrismaStartIntents } from '../adapters/store/prisma/start-intents';
import { PrismaStockImports } from '../adapters/store/prisma/stock-import';
import { PrismaWebhookEndpoints } from '../adapters/store/prisma/webhook-endpoints';
import { type AroundStatement } from '../adapters/store/prisma/watched-adapter';
import { PrismaWebhookInbox } from '../adapters/store/prisma/webhook-inbox';
import { type DataKey, type ReconcileConfig } from '../config/types';
import { POINTS_AWARD } from '../consumers/points-award';
import { PROFIT_SHARE } from '../consumers/profit-share';
import { SHIPPING_NOTICE } from '../consumers/shipping-notice';
import { type NewId } from '../domain/ids';
import { type KnownKeys, type StockReadings } from '../ports/admission-gate';
import { type BatchObserver } from '../ports/batch-observer';
import { type BuyerData } from '../ports/buyer-data';
import { type CartStore } from '../ports/cart-store';
import { type Catalogue, type Products } from '../ports/catalogue';
import { type Clock } from '../ports/clock';
import { type PointsAwards } from '../ports/consumer-points';
import { type ConsoleReads } from '../ports/console-reads';
import { type ProfitShares } from '../ports/consumer-profit-share';
import { type ShippingNotices } from '../ports/consumer-shipping';
import { type DeadEvents } from '../ports/dead-events';
import { type EventCursors, type EventFeed } from '../ports/event-feed';
import { type OperatorActions } from '../ports/operator-actions';
import { type OrderStore, type Placing } from '../ports/order-store';
import { type Outages } from '../ports/outages';
import { type PointsStore } from '../ports/points-store';
import { type PromotionStore } from '../ports/promotion-store';
import { type ReconcileBooks, type ReconciliationCases } from '../ports/reconciliation';
import { type ReconcileReads } from '../ports/reconcile-reads';
import { type RefundStore } from '../ports/refund-store';
import { type SkuReader } from '../ports/sku-cache';
import { type Standings } from '../ports/standings';
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
  readonly actions: OperatorActions;
  readonly outages: Outages;
  readonly cases: ReconciliationCases;
  readonly reconcileBooks: ReconcileBooks;
  readonly reconcileReads: (times: Pick<ReconcileConfig, 'underWayMs' | 'overdueMs'>) => ReconcileReads;
  readonly webhookEndpoints: WebhookEndpoints & WebhookDeliveries;
  readonly stockReadings: StockReadings;
  readonly knownKeys: KnownKeys;
  readonly standings: Standings;
  readonly consoleReads: ConsoleReads;
  readonly newId: NewId;
  /** Rejects when the database can't be reached. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface StoresOptions {
  readonly now: Clock;
  /** Master keys; the first one wraps new keys of buyers. */
  readonly dataKeys: readonly DataKey[];
  /** Led through every statement. */
  readonly statement?: AroundStatement | undefined;
  /** Watches the placings that share transactions. */
  readonly placings?: BatchObserver<Placing> | undefined;
}

export function openStores(databaseUrl: string, { now, dataKeys, statement, placings }: StoresOptions): Stores {
  const prisma = createPrisma(databaseUrl, statement);
  const newId = createNewId(now);
  const sealer = createSealer(dataKeys);
  const self = randomUUID();
  const forms = createFormCheck();
  return {
    orders: new PrismaOrderStore(prisma, { newId, now, forms, sealer, self, ...(placings && { placings }) }),
    catalogue: new PrismaCatalogue(prisma, newId),
    products: new PrismaProducts(prisma, newId),
    stockImports: new PrismaStockImports(prisma, newId),
    carts: new PrismaCarts(prisma),
    buyerData: new PrismaBuyerData(prisma, newId, sealer),
    intents: new PrismaStartIntents(prisma, self),
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
    actions: new PrismaOperatorActions(prisma, newId),
    outages: new PrismaOutages(prisma),
    cases: new PrismaReconciliationCases(prisma),
    reconcileBooks: new PrismaReconcileBooks(prisma, newId),
    reconcileReads: (times) => new PrismaReconcileReads(prisma, { newId, now, ...times }),
    webhookEndpoints: new PrismaWebhookEndpoints(prisma, { newId, now }),
    stockReadings: new PrismaStockReadings(prisma),
    knownKeys: new PrismaKnownKeys(prisma),
    standings: new PrismaStandings(prisma),
    consoleReads: new PrismaConsoleReads(prisma),
    newId,
    ping: async () => {
      await prisma.$queryRaw`SELECT 1`;
    },
    close: () => prisma.$disconnect(),
  };
}
