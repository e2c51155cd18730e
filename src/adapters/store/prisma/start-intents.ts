import { type OrderDraft } from '../../../domain/order';
import { type GatewayName } from '../../../domain/payment';
import { type StartIntent, type StartIntents } from '../../../ports/start-intents';
import { type PrismaClient } from './generated/client';

interface Row {
  readonly id: string;
  readonly buyer_id: string;
  readonly pay_with: GatewayName | null;
  readonly pay_by: Date;
  readonly lines: OrderDraft['lines'];
}

/** Start intents in PostgreSQL: several starters share them by lease, each row to one at a time. */
export class PrismaStartIntents implements StartIntents {
  constructor(private readonly prisma: PrismaClient) {}

  async claim(limit: number, leaseMs: number): Promise<StartIntent[]> {
    const rows = await this.prisma.$queryRaw<Row[]>`
      WITH claimed AS (
        UPDATE start_intents SET leased_until = clock_timestamp() + make_interval(secs => ${leaseMs / 1000}), tries = tries + 1
        WHERE order_id IN (
          SELECT order_id FROM start_intents WHERE leased_until IS NULL OR leased_until < clock_timestamp()
          ORDER BY created_at LIMIT ${limit} FOR UPDATE SKIP LOCKED)
        RETURNING order_id)
      SELECT o.id, o.buyer_id, o.pay_with, o.pay_by,
             (SELECT jsonb_agg(jsonb_build_object('skuId', l.sku_id, 'quantity', l.quantity) ORDER BY l.position)
              FROM order_lines l WHERE l.order_id = o.id) AS lines
      FROM claimed c JOIN orders o ON o.id = c.order_id ORDER BY o.created_at`;
    return rows.map((row) => ({
      orderId: row.id,
      draft: {
        buyerId: row.buyer_id,
        lines: row.lines,
        payWith: row.pay_with,
        payBy: row.pay_by.toISOString(),
      },
    }));
  }

  async done(orderIds: readonly string[]): Promise<void> {
    await this.prisma.startIntent.deleteMany({ where: { orderId: { in: [...orderIds] } } });
  }

  pending(): Promise<number> {
    return this.prisma.startIntent.count();
  }
}
