import { type NewId } from '../../../domain/ids';
import { type Sql } from './client';

/** Events of an order's life, written to the outbox in the transaction of the fact they tell. */
export const EVENT_TYPES = [
  'OrderPlaced',
  'StockHeld',
  'OrderClosing',
  'OrderPaid',
  'StockSold',
  'OrderCancelled',
  'StockReturned',
  'OrderRejected',
  'StockAdjusted',
  'RefundRequested',
  'RefundSucceeded',
  'OrderRefunded',
  'LatePaymentRefunded',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** A row of the outbox. The payload holds ids and amounts, no personal data. */
export function eventRow(newId: NewId, type: EventType, orderId: string | null, payload: object) {
  return { id: newId('event'), type, order_id: orderId, payload };
}

/** Writes one event within the caller's transaction. */
export async function announce(
  tx: Sql,
  newId: NewId,
  type: EventType,
  orderId: string | null,
  payload: object,
): Promise<void> {
  await tx.outbox.create({ data: { id: newId('event'), type, orderId, payload } });
}
