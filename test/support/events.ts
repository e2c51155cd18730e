import { createNewId } from '../../src/adapters/ids/ulid';
import { createPrisma } from '../../src/adapters/store/prisma/client';
import { PrismaEventCursors } from '../../src/adapters/store/prisma/event-cursors';
import { PrismaEventFeed } from '../../src/adapters/store/prisma/event-feed';
import { announce } from '../../src/adapters/store/prisma/events';
import { type PrismaClient } from '../../src/adapters/store/prisma/generated/client';
import { type EventEnvelope } from '../../src/domain/events';
import { type FeedClaim } from '../../src/ports/event-feed';
import { createTestDatabase } from './database';

export const QUIET = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

export interface FeedUnderTest {
  readonly url: string;
  readonly prisma: PrismaClient;
  readonly feed: PrismaEventFeed;
  readonly cursors: PrismaEventCursors;
  /** Writes `OrderRefunded` of the order, `amount.minor` telling which of its events it is. */
  tell(orderId: string, count?: number): Promise<void>;
  /** Gives everything committed its place. */
  sequenceAll(): Promise<void>;
  close(): Promise<void>;
}

/** The feed on a database of its own. */
export async function openFeed(label: string): Promise<FeedUnderTest> {
  const database = await createTestDatabase(label);
  const prisma = createPrisma(database.url);
  const feed = new PrismaEventFeed(prisma);
  const newId = createNewId(Date.now);
  const told = new Map<string, number>();
  return {
    url: database.url,
    prisma,
    feed,
    cursors: new PrismaEventCursors(prisma),
    tell: async (orderId, count = 1) => {
      for (let each = 0; each < count; each += 1) {
        const minor = (told.get(orderId) ?? 0) + 1;
        told.set(orderId, minor);
        const amount = { minor, currency: 'CNY' };
        await announce(prisma, newId, 'OrderRefunded', orderId, { orderId, buyerId: 'buyer_1', amount });
      }
    },
    sequenceAll: async () => {
      while ((await feed.sequence()) > 0);
    },
    close: async () => {
      await prisma.$disconnect();
      await database.drop();
    },
  };
}

/** Which of its order's events it is, of those that `tell` wrote. */
export function turnOf(event: EventEnvelope): number {
  if (event.type !== 'OrderRefunded') throw new Error(`${event.type} was not written by tell()`);
  return event.data.amount.minor;
}

/** An envelope that is in no database, of the `turn`-th fact of an order. */
export function envelope(orderId: string, turn: number, id = `evt_${orderId}_${turn}`): EventEnvelope<'OrderRefunded'> {
  return {
    ...{ id, type: 'OrderRefunded', schemaVersion: 1, orderId, position: String(turn), at: '2026-01-01T00:00:00.000Z' },
    data: { orderId, buyerId: 'buyer_1', amount: { minor: turn, currency: 'CNY' } },
  };
}

/** The first delivery of each event, by order, as turns. What a consumer that de-duplicates sees. */
export function firstDeliveries(events: readonly EventEnvelope[]): Map<string, number[]> {
  const seen = new Set<string>();
  const orders = new Map<string, number[]>();
  for (const event of events) {
    if (seen.has(event.id)) continue;
    seen.add(event.id);
    const orderId = event.orderId ?? '';
    orders.set(orderId, [...(orders.get(orderId) ?? []), turnOf(event)]);
  }
  return orders;
}

export function turns(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

/** The claim, or the test has failed. */
export function got(claim: FeedClaim | null): FeedClaim {
  if (!claim) throw new Error('there was nothing to claim');
  return claim;
}
