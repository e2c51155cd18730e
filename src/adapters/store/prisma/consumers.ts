import { type Sql, TRANSACTION_LIMITS } from './client';
import { type PrismaClient } from './generated/client';

/**
 * Does `work` with the note that the consumer has acted on the event, in one transaction; does nothing where the note is
 * there. Of two deliveries at once the second waits for the first, and works only if that one failed.
 */
export function once(
  prisma: PrismaClient,
  consumer: string,
  eventId: string,
  work: (tx: Sql) => Promise<void>,
): Promise<void> {
  return prisma.$transaction(async (tx) => {
    const noted = await tx.$executeRaw`
      INSERT INTO consumer_events (consumer, event_id) VALUES (${consumer}, ${eventId}) ON CONFLICT DO NOTHING`;
    if (noted > 0) await work(tx);
  }, TRANSACTION_LIMITS);
}
