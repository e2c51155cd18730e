import { EVENTS, type EventEnvelope, type EventPayloads, type EventType } from '../../src/domain/events';

let told = 0;

/** An event with an id of its own, as a source hands it out. */
export function eventOf<T extends EventType>(type: T, data: EventPayloads[T]): EventEnvelope<T> {
  told += 1;
  return {
    id: `evt_${String(told).padStart(26, '0')}`,
    type,
    schemaVersion: EVENTS[type],
    orderId: 'orderId' in data ? data.orderId : null,
    position: String(told),
    at: '2026-01-01T00:00:00.000Z',
    data,
  };
}

const cny = (minor: number) => ({ minor, currency: 'CNY' });

/** A paid order of two products in three lines. */
export function orderPaid(changes: Partial<EventPayloads['OrderPaid']> = {}): EventEnvelope<'OrderPaid'> {
  const line = (childId: string, skuId: string, productId: string, quantity: number) => {
    return { childId, skuId, productId, quantity, amount: cny(1_000 * quantity) };
  };
  return eventOf('OrderPaid', {
    orderId: 'ord_1',
    buyerId: 'buyer_1',
    storeId: null,
    referrerId: null,
    gateway: 'wechat',
    paymentId: 'pay_1',
    transactionId: '4200',
    amount: cny(6_000),
    paidAt: '2026-01-01T00:00:00.000Z',
    revived: false,
    lines: [
      line('chd_a', 'sku_a1', 'prod_a', 1),
      line('chd_b', 'sku_b1', 'prod_b', 2),
      line('chd_a', 'sku_a2', 'prod_a', 3),
    ],
    ...changes,
  });
}

/** A part of that order's money, on its way back. */
export function refundSucceeded(
  refundId: string,
  amount: number,
  refundedTotal: number,
  changes: Partial<EventPayloads['RefundSucceeded']> = {},
): EventEnvelope<'RefundSucceeded'> {
  return eventOf('RefundSucceeded', {
    orderId: 'ord_1',
    buyerId: 'buyer_1',
    refundId,
    cause: 'requested',
    amount: cny(amount),
    paidAmount: cny(6_000),
    refundedTotal: cny(refundedTotal),
    ...changes,
  });
}
