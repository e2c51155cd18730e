import { type TimelineFact } from '../../../domain/order';
import { type PrismaClient } from './generated/client';
import { ledgerOf } from './stock-statements';

interface Row {
  readonly at: Date;
  readonly kind: TimelineFact['kind'];
  readonly what: string;
  readonly data: Record<string, unknown>;
}

/** Every fact of an order in the order in which it was written: what was told, and the rows of the ledgers. */
export async function readTimeline(prisma: PrismaClient, orderId: string): Promise<TimelineFact[]> {
  const rows = await prisma.$queryRaw<Row[]>`
    SELECT at, kind, what, data FROM (
      SELECT at, kind, what, data, 0 AS rank, id FROM order_facts WHERE order_id = ${orderId}
      UNION ALL
      SELECT created_at, 'stock', kind,
             jsonb_build_object('skuId', sku_id, 'quantity', quantity, 'availableDelta', available_delta,
                                'reservedDelta', reserved_delta, 'soldDelta', sold_delta), 1, id
      FROM stock_ledger WHERE ${ledgerOf(orderId)}
      UNION ALL
      SELECT created_at, 'promotion', kind, jsonb_build_object('promotionId', promotion_id, 'quantity', quantity), 1, id
      FROM promotion_ledger WHERE order_id = ${orderId}
      UNION ALL
      SELECT l.created_at, 'points', l.kind, jsonb_build_object('paymentId', p.id, 'delta', l.delta), 1, l.id
      FROM points_ledger l JOIN payments p ON p.merchant_no = l.merchant_no AND p.gateway = 'points'
      WHERE p.order_id = ${orderId}
      UNION ALL
      SELECT created_at, 'points', kind, jsonb_build_object('delta', delta), 1, id FROM points_ledger
      WHERE kind IN ('earn', 'take_back')
        AND (reference = ${orderId} OR reference IN (SELECT id FROM refunds WHERE order_id = ${orderId}))) facts
    ORDER BY at, rank, id`;
  return rows.map(({ at, ...fact }) => ({ at: at.toISOString(), ...fact }));
}
