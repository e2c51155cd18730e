import { type NewId } from '../../../domain/ids';
import { normaliseLines, type StockLine } from '../../../domain/stock';
import { type RestockCommand, type RestockResult } from '../../../ports/operator-actions';
import { type Sql } from './client';
import { announce } from './events';
import { restockIn, soldUnits } from './stock-store';

/**
 * Units of a sold order go back on sale by an operator's word, in the caller's transaction. What a refund under way will
 * give back is not given back twice; the order's lock keeps further refunds away meanwhile.
 */
export async function restockByAction(
  tx: Sql,
  newId: NewId,
  { actionId, orderId, lines: asked }: RestockCommand,
): Promise<RestockResult> {
  await tx.$queryRaw`SELECT 1 FROM orders WHERE id = ${orderId} FOR UPDATE`;
  const lines = normaliseLines(asked);
  const entered = await tx.stockLedger.findFirst({ where: { reference: actionId }, select: { id: true } });
  if (entered) return 'already';
  const promised = await promisedByRefunds(tx, orderId);
  // The store's own judgement counts what has been given back; what is only promised is asked for as well.
  const reserved = lines.map(({ skuId, quantity }) => ({ skuId, quantity: quantity + (promised.get(skuId) ?? 0) }));
  const sold = await soldUnits(tx, orderId);
  if (reserved.some(({ skuId, quantity }) => quantity > (sold.get(skuId) ?? 0)))
    return sold.size > 0 ? 'tooMany' : 'notSold';
  const outcome = await restockIn(tx, { reference: actionId, orderId, lines });
  if (outcome === 'notHeld') return 'notSold';
  if (outcome !== 'done') return outcome === 'already' ? 'already' : 'tooMany';
  await announce(tx, newId, 'StockReturned', orderId, { orderId, lines, reason: 'restocked' });
  return 'done';
}

/** Units that refunds which are not settled will give back, per SKU. */
async function promisedByRefunds(tx: Sql, orderId: string): Promise<Map<string, number>> {
  const refunds = await tx.refund.findMany({
    where: { orderId, cause: 'requested', status: { not: 'succeeded' } },
    select: { restock: true },
  });
  const lines = normaliseLines(refunds.flatMap(({ restock }) => restock as unknown as StockLine[]));
  return new Map(lines.map(({ skuId, quantity }) => [skuId, quantity]));
}
