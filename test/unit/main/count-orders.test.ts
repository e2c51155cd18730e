import { countOrders } from '../../../src/main/observe/orders';
import { type MoveOutcome, type OrderStore } from '../../../src/ports/order-store';

const paid = { transactionId: 'tx', amount: { minor: 1, currency: 'CNY' }, paidAt: '2026-01-01T00:00:00Z' };

describe('countOrders', () => {
  it.each<[MoveOutcome, number]>([
    [{ t: 'done' }, 1],
    [{ t: 'already' }, 0],
    [{ t: 'refused', status: 'cancelled' }, 0],
  ])('a confirmation that is %j counts %d', async (outcome, expected) => {
    let counted = 0;
    const orders = countOrders({ confirm: () => Promise.resolve(outcome) } as unknown as OrderStore, {
      counterPer: () => () => (counted += 1),
      histogramPer: () => () => undefined,
    });
    await orders.confirm({ orderId: 'ord_01ARZ3NDEKTSV4RRFFQ69G5FAV', paymentId: 'pay_1', paid });
    expect(counted).toBe(expected);
  });
});
