import { orderStart } from '../../../src/adapters/process/temporal/order-start';
import { processDraft } from '../../../src/ports/process-draft';
import { ORDER_ID, orderWith } from '../activities/support/activity-fakes';

const untouched = orderWith({ payment: null });

test('an order that waits for its payment, and has none, is started as it was placed', () => {
  const [input] = orderStart(ORDER_ID, processDraft(untouched)).args;
  expect(input.placed).toEqual({ orderId: ORDER_ID, payBy: untouched.payBy });
});

test.each([
  ['one that has an attempt', orderWith({})],
  ['one that is closing', orderWith({ payment: null, status: 'closing' })],
  ['one that is over', orderWith({ payment: null, status: 'cancelled' })],
])('the process of %s looks at its record', (_what, order) => {
  expect(orderStart(ORDER_ID, processDraft(order)).args).not.toEqual([
    expect.objectContaining({ placed: expect.anything() }),
  ]);
});
