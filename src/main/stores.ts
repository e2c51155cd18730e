import { createNewId } from '../adapters/ids/ulid';
import { PrismaCatalogue } from '../adapters/store/prisma/catalogue';
import { createPrisma } from '../adapters/store/prisma/client';
import { PrismaOrderStore } from '../adapters/store/prisma/order-store';
import { PrismaPointsStore } from '../adapters/store/prisma/points-store';
import { PrismaRefundStore } from '../adapters/store/prisma/refund-store';
import { PrismaStartIntents } from '../adapters/store/prisma/start-intents';
import { PrismaWebhookInbox } from '../adapters/store/prisma/webhook-inbox';
import { type NewId } from '../domain/ids';
import { type Catalogue } from '../ports/catalogue';
import { type Clock } from '../ports/clock';
import { type OrderStore } from '../ports/order-store';
import { type PointsStore } from '../ports/points-store';
import { type RefundStore } from '../ports/refund-store';
import { type StartIntents } from '../ports/start-intents';
import { type WebhookInbox } from '../ports/webhook-inbox';

/** Everything that is kept in PostgreSQL, over one pool of connections. */
export interface Stores {
  readonly orders: OrderStore;
  readonly catalogue: Catalogue;
  readonly intents: StartIntents;
  readonly inbox: WebhookInbox;
  readonly refunds: RefundStore;
  readonly points: PointsStore;
  readonly newId: NewId;
  /** Rejects when the database can't be reached. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export function openStores(databaseUrl: string, now: Clock): Stores {
  const prisma = createPrisma(databaseUrl);
  const newId = createNewId(now);
  return {
    orders: new PrismaOrderStore(prisma, { newId, now }),
    catalogue: new PrismaCatalogue(prisma, newId),
    intents: new PrismaStartIntents(prisma),
    inbox: new PrismaWebhookInbox(prisma, newId),
    refunds: new PrismaRefundStore(prisma, newId),
    points: new PrismaPointsStore(prisma),
    newId,
    ping: async () => {
      await prisma.$queryRaw`SELECT 1`;
    },
    close: () => prisma.$disconnect(),
  };
}
