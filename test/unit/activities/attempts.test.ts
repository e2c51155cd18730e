import { createOrderActivities } from '../../../activities';
import { type PaymentAttempt } from '../../../src/domain/order';
import { type AddAttemptOutcome } from '../../../src/ports/order-store';
import { ATTEMPT, fakePorts, ORDER_ID } from './support/activity-fakes';

const NEXT: PaymentAttempt = { ...ATTEMPT, id: 'pay_2', gateway: 'alipay', status: 'creating' };

describe('addAttempt', () => {
  function adding(answer: AddAttemptOutcome | null) {
    const asked: unknown[] = [];
    const { ports } = fakePorts({
      orders: {
        addAttempt: (request) => {
          asked.push(request);
          return Promise.resolve(answer);
        },
      },
    });
    const { addAttempt } = createOrderActivities(ports);
    const command = { orderId: ORDER_ID, paymentId: 'pay_2', gateway: 'alipay', closed: 'pay_1' } as const;
    return { command, asked, add: () => addAttempt(command) };
  }

  test('adds the attempt under the id that the workflow made, and answers what to offer', async () => {
    const { add, asked, command } = adding({ t: 'added', attempt: NEXT });
    await expect(add()).resolves.toEqual({ id: 'pay_2', gateway: 'alipay' });
    expect(asked).toEqual([command]);
  });

  test('answers the one that has to be closed first, where the record has one that nobody proved closed', async () => {
    const { add } = adding({ t: 'standing', attempt: ATTEMPT });
    await expect(add()).resolves.toEqual({ id: 'pay_1', gateway: 'wechat', standing: true });
  });

  test('answers null when the order no longer waits', async () => {
    await expect(adding(null).add()).resolves.toBeNull();
  });
});

describe('attempts beside the paid one', () => {
  test('are named with their gateways', async () => {
    const { ports } = fakePorts({
      orders: { openAttempts: (orderId) => Promise.resolve(orderId === ORDER_ID ? [ATTEMPT, NEXT] : []) },
    });
    const { openAttempts } = createOrderActivities(ports);
    await expect(openAttempts({ orderId: ORDER_ID })).resolves.toEqual([
      { id: 'pay_1', gateway: 'wechat' },
      { id: 'pay_2', gateway: 'alipay' },
    ]);
  });

  test('are marked closed', async () => {
    const closed: string[] = [];
    const { ports } = fakePorts({
      orders: {
        attemptClosed: (paymentId) => {
          closed.push(paymentId);
          return Promise.resolve();
        },
      },
    });
    await createOrderActivities(ports).attemptClosed({ paymentId: 'pay_2' });
    expect(closed).toEqual(['pay_2']);
  });
});
