import { type EventEnvelope } from '../../../domain/events';
import { type DeadEvents } from '../../../ports/dead-events';
import { EVENT_COLUMNS, type EventRow, toEnvelope } from './event-feed';
import { type PrismaClient } from './generated/client';

/** Dead events by their positions; what they tell stays in the outbox. */
export class PrismaDeadEvents implements DeadEvents {
  constructor(private readonly prisma: PrismaClient) {}

  async add(consumer: string, position: string): Promise<void> {
    await this.prisma.$executeRaw`
      INSERT INTO dead_events (consumer, position) VALUES (${consumer}, ${position}::bigint)
      ON CONFLICT (consumer, position) DO UPDATE SET due = false`;
  }

  async due(consumer: string): Promise<EventEnvelope | null> {
    const [row] = await this.prisma.$queryRaw<EventRow[]>`
      SELECT ${EVENT_COLUMNS} FROM dead_events d JOIN outbox o ON o.position = d.position
      WHERE d.consumer = ${consumer} AND d.due ORDER BY d.position LIMIT 1`;
    return row ? toEnvelope(row) : null;
  }

  async remove(consumer: string, position: string): Promise<void> {
    await this.prisma.deadEvent.deleteMany({ where: { consumer, position: BigInt(position) } });
  }

  count(consumer: string): Promise<number> {
    return this.prisma.deadEvent.count({ where: { consumer } });
  }

  async replay(consumer: string): Promise<number> {
    const { count } = await this.prisma.deadEvent.updateMany({ where: { consumer }, data: { due: true } });
    return count;
  }
}
