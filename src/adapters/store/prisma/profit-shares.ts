import { type ProfitShare, type ProfitShares } from '../../../ports/consumer-profit-share';
import { once } from './consumers';
import { type Prisma, type PrismaClient } from './generated/client';

/** What was reported of referred orders, in PostgreSQL. */
export class PrismaProfitShares implements ProfitShares {
  constructor(
    private readonly prisma: PrismaClient,
    private readonly consumer: string,
  ) {}

  async record(eventId: string, { orderId, referrerId, amount, lines }: ProfitShare): Promise<boolean> {
    await once(this.prisma, this.consumer, eventId, async (tx) => {
      const { minor, currency } = amount;
      const data = { orderId, referrerId, amount: minor, currency, lines: lines as unknown as Prisma.InputJsonValue };
      await tx.profitShare.createMany({ data, skipDuplicates: true });
    });
    const { reportedAt } = await this.prisma.profitShare.findUniqueOrThrow({ where: { orderId } });
    return reportedAt === null;
  }

  async acknowledged(orderId: string): Promise<void> {
    await this.prisma.$executeRaw`
      UPDATE profit_shares SET reported_at = clock_timestamp() WHERE order_id = ${orderId} AND reported_at IS NULL`;
  }
}
