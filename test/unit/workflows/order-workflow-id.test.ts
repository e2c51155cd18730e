import fc from 'fast-check';
import { createNewId } from '../../../src/adapters/ids/ulid';
import { ID_PREFIXES, type IdKind } from '../../../src/domain/ids';
import { orderIdOf, orderWorkflowId } from '../../../workflows/order/contract';

const ORDER = 'ord_01J9ZZZZZZ0123456789ABCDEF';
const time = fc.integer({ min: 0, max: 2 ** 48 - 1 });
const OTHERS = (Object.keys(ID_PREFIXES) as IdKind[]).filter((kind) => kind !== 'order');

describe("the order workflow's id", () => {
  test('leads back to the order it was made of', () => {
    fc.assert(
      fc.property(time, (now) => {
        const orderId = createNewId(() => now)('order');
        expect(orderIdOf(orderWorkflowId(orderId))).toBe(orderId);
      }),
    );
  });

  test('is the order id behind a prefix', () => {
    expect(orderWorkflowId(ORDER)).toBe(`order:${ORDER}`);
  });

  test('is of an order only where it is what that order would be given', () => {
    const anything = fc.oneof(
      fc.string(),
      fc.string().map(orderWorkflowId),
      fc.mixedCase(fc.constant(`order:${ORDER}`)),
    );
    fc.assert(
      fc.property(anything, (workflowId) => {
        const orderId = orderIdOf(workflowId);
        if (orderId !== null) expect(orderWorkflowId(orderId)).toBe(workflowId);
      }),
    );
  });

  test.each(OTHERS)('is not that of a %s', (kind) => {
    fc.assert(fc.property(time, (now) => expect(orderIdOf(orderWorkflowId(createNewId(() => now)(kind)))).toBeNull()));
  });

  test.each([
    '',
    'order:',
    ORDER,
    `orders:${ORDER}`,
    `ORDER:${ORDER}`,
    `xorder:${ORDER}`,
    `order: ${ORDER}`,
    `order:order:${ORDER}`,
    `order:${ORDER}:1`,
    `order:${ORDER}\n`,
    `order:${ORDER.slice(0, -1)}`,
    `order:${ORDER.toLowerCase()}`,
    `refund${ORDER}`,
    `123456${ORDER}`,
  ])('is not %j', (workflowId) => {
    expect(orderIdOf(workflowId)).toBeNull();
  });
});
