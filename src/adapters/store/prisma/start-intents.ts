import { type OrderDraft } from '../../../domain/order';
import { type GatewayName } from '../../../domain/payment';
import { type StartIntent, type StartIntents } from '../../../ports/start-intents';
import { type PrismaClient } from './generated/client';

interface Row {
  readonly kind: StartIntent['kind'];
  readonly id: string;
  readonly buyer_id: string | null;
  readonly pay_with: GatewayName | null;
  readonly pay_by: Date | null;
  readonly lines: OrderDraft['lines'] | null;
  readonly gateway: GatewayName | null;
}

/** Start intents in PostgreSQL: several starters share them by lease, each row to one at a time. */
export class PrismaStartIntents implements StartIntents {
  constructor(private readonly prisma: PrismaClient) {}

  async claim(limit: number, leaseMs: number): Promise<StartIntent[]> {
    const rows = await this.prisma.$queryRaw<Row[]>`
      WITH claimed AS (
        UPDATE start_intents SET leased_until = clock_timestamp() + make_interval(secs => ${leaseMs / 1000}), tries = tries + 1
        WHERE (kind, subject_id) IN (
          SELECT kind, subject_id FROM start_intents WHERE leased_until IS NULL OR leased_until < clock_timestamp()
          ORDER BY created_at LIMIT ${limit} FOR UPDATE SKIP LOCKED)
        RETURNING kind, subject_id, created_at)
      SELECT c.kind, c.subject_id AS id, o.buyer_id, o.pay_with, o.pay_by, r.gateway,
             (SELECT jsonb_agg(jsonb_build_object('skuId', l.sku_id, 'quantity', l.quantity) ORDER BY l.position)
              FROM order_lines l WHERE l.order_id = o.id) AS lines
      FROM claimed c
      LEFT JOIN orders o ON c.kind = 'order' AND o.id = c.subject_id
      LEFT JOIN refunds r ON c.kind = 'refund' AND r.id = c.subject_id
      ORDER BY c.created_at`;
    return rows.flatMap(toIntent);
  }

  async done(intents: readonly StartIntent[]): Promise<void> {
    const keys = intents.map(({ kind, id }) => ({ kind, subject_id: id }));
    await this.prisma.$executeRaw`
      DELETE FROM start_intents i USING jsonb_to_recordset(${JSON.stringify(keys)}::jsonb) AS r(kind text, subject_id text)
      WHERE i.kind = r.kind AND i.subject_id = r.subject_id`;
  }

  pending(): Promise<number> {
    return this.prisma.startIntent.count();
  }
}

/** An intent whose subject is not there cannot have been committed with it: nothing to start. */
function toIntent(row: Row): StartIntent[] {
  const { kind, id } = row;
  if (kind === 'late_payment') return [{ kind, id }];
  if (kind === 'refund') return row.gateway ? [{ kind, id, gateway: row.gateway }] : [];
  if (row.buyer_id === null || row.pay_by === null || row.lines === null) return [];
  const draft = { buyerId: row.buyer_id, lines: row.lines, payWith: row.pay_with, payBy: row.pay_by.toISOString() };
  return [{ kind, id, draft }];
}
