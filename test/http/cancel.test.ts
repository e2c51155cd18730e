import { type Order } from '../../src/domain/order';
import { type CancelAnswer } from '../../src/ports/order-process';
import { stored } from './support/fakes';
import { type Harness, harness, processOf } from './support/harness';

describe('POST /v1/orders/{id}/cancel', () => {
  async function cancelling(status: CancelAnswer['status'], order: Order = stored()) {
    const calls: unknown[][] = [];
    const built: Harness = await harness({
      process: processOf({
        cancel: (...call) => {
          calls.push(call);
          built.orders.orders.set(order.id, { ...order, status });
          return Promise.resolve({ status });
        },
      }),
    });
    built.orders.orders.set(order.id, order);
    return { ...built, calls };
  }

  it('asks the process with what the order was placed with, for the buyer', async () => {
    const { as, calls } = await cancelling('cancelled');
    const answer = await as('orders').post('/v1/orders/ord_1/cancel').send({ reason: 'changed my mind' });
    expect(answer.status).toBe(200);
    const draft = {
      buyerId: 'buyer_1',
      lines: [{ skuId: 'sku_tea', quantity: 2 }],
      payWith: 'wechat',
      payBy: '2026-01-01T00:30:00.000Z',
      asPlaced: false,
    };
    expect(calls).toEqual([['ord_1', draft, 'buyer_cancelled', 'changed my mind']]);
  });

  it('speaks for the operator with a key that only operates, and needs no body', async () => {
    const { as, calls } = await cancelling('cancelled');
    expect((await as('operate').post('/v1/orders/ord_1/cancel')).status).toBe(200);
    expect(calls[0]?.slice(2)).toEqual(['operator_cancelled', null]);
  });

  it.each([
    ['cancelled', 200, undefined],
    ['closing', 202, undefined],
    ['paid', 409, 'already_paid'],
    ['refunding', 409, 'already_paid'],
    ['refunded', 409, 'already_paid'],
    ['rejected', 409, 'not_cancellable'],
  ] as const)('answers %s with %d %s', async (status, expected, code) => {
    const { as } = await cancelling(status);
    const answer = await as('orders').post('/v1/orders/ord_1/cancel');
    expect([answer.status, answer.body.code]).toEqual([expected, code]);
  });

  it.each([
    ['cancelled', 200, undefined],
    ['paid', 409, 'already_paid'],
    ['refunding', 409, 'already_paid'],
    ['refunded', 409, 'already_paid'],
    ['rejected', 409, 'not_cancellable'],
  ] as const)('answers for an order that is %s without asking: %d %s', async (status, expected, code) => {
    const { as, calls } = await cancelling('closing', stored({ status }));
    const answer = await as('orders').post('/v1/orders/ord_1/cancel');
    expect([answer.status, answer.body.code]).toEqual([expected, code]);
    expect(calls).toEqual([]);
  });

  it('answers with the order as it is after the gateway was asked', async () => {
    const built: Harness = await harness({
      process: processOf({
        cancel: () => {
          built.orders.orders.set('ord_1', stored({ status: 'cancelled', closeReason: 'buyer_cancelled' }));
          return Promise.resolve({ status: 'cancelled' });
        },
      }),
    });
    built.orders.orders.set('ord_1', stored());
    const answer = await built.as('orders').post('/v1/orders/ord_1/cancel');
    expect(answer.body).toMatchObject({ status: 'cancelled', closeReason: 'buyer_cancelled' });
  });

  it.each([
    ['closing', 'cancelled', 200, undefined],
    ['closing', 'paid', 409, 'already_paid'],
    ['cancelled', 'closing', 202, undefined],
  ] as const)('told %s, but reading %s, answers what is read: %d %s', async (told, read, expected, code) => {
    const built: Harness = await harness({
      process: processOf({
        cancel: () => {
          built.orders.orders.set('ord_1', stored({ status: read }));
          return Promise.resolve({ status: told });
        },
      }),
    });
    built.orders.orders.set('ord_1', stored());
    const answer = await built.as('orders').post('/v1/orders/ord_1/cancel');
    expect([answer.status, answer.body.code]).toEqual([expected, code]);
    if (code === undefined) expect(answer.body.status).toBe(read);
  });
});
