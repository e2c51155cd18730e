import { type NewId } from '../../../domain/ids';

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
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** A row of the outbox. The payload holds ids and amounts, no personal data. */
export function eventRow(newId: NewId, type: EventType, orderId: string | null, payload: object) {
  return { id: newId('event'), type, order_id: orderId, payload };
}
