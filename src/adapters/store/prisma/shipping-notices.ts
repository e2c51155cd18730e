import { type ShippingNotice, type ShippingNotices } from '../../../ports/consumer-shipping';
import { once } from './consumers';
import { type Prisma, type PrismaClient } from './generated/client';

/** Notices in PostgreSQL, for the warehouse to read. */
export class PrismaShippingNotices implements ShippingNotices {
  constructor(
    private readonly prisma: PrismaClient,
    private readonly consumer: string,
  ) {}

  file(eventId: string, { orderId, children }: ShippingNotice): Promise<void> {
    return once(this.prisma, this.consumer, eventId, async (tx) => {
      const data = { orderId, children: children as unknown as Prisma.InputJsonValue };
      await tx.shippingNotice.createMany({ data, skipDuplicates: true });
    });
  }
}
