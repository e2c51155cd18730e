import { createOrderActivities } from '../../../activities';
import { type PaymentAttempt } from '../../../src/domain/order';
import { type CreateOutcome } from '../../../src/domain/payment';
import { type PaymentGateway } from '../../../src/ports/payment-gateway';
import { type OrderProgress } from '../../../src/ports/order-store';
import { ATTEMPT, fakeGateway, fakePorts, ORDER_ID, PAID, progressOf } from './support/activity-fakes';

const CREATING: PaymentAttempt = { ...ATTEMPT, status: 'creating' };
const CREATED: CreateOutcome = { t: 'created', payUrl: null, codeUrl: 'weixin://1', gatewayRef: null };

/** Activities over one order per id, each with an attempt of its own. */
function underTest(gateway: PaymentGateway, order: (orderId: string) => OrderProgress = creating) {
  const created: string[] = [];
  const fakes = fakePorts({
    orders: {
      progress: (orderId) => Promise.resolve(order(orderId)),
      paymentCreated: ({ paymentId }) => {
        created.push(paymentId);
        return Promise.resolve();
      },
    },
    gateways: [gateway],
  });
  const activities = createOrderActivities(fakes.ports);
  return { ...activities, created, hold: (orderId = ORDER_ID) => activities.holdStock({ orderId, input: {} }) };
}

const creating = (orderId: string): OrderProgress => progressOf({ payment: { ...CREATING, id: `pay of ${orderId}` } });

/** A gateway whose answers are given by hand. */
function heldBack() {
  const answers: (() => void)[] = [];
  const { gateway, asked } = fakeGateway({ create: CREATED });
  const slow: PaymentGateway = {
    ...gateway,
    createPayment: async (ref) => {
      const answer = gateway.createPayment(ref);
      await new Promise<void>((resolve) => answers.push(resolve));
      return answer;
    },
  };
  return { gateway: slow, asked, answerAll: () => answers.splice(0).forEach((answer) => answer()) };
}

describe('holdStock, where the order has an attempt', () => {
  test('offers it within the same step', async () => {
    const { gateway, asked } = fakeGateway({ create: CREATED });
    const { hold, created } = underTest(gateway);
    await expect(hold()).resolves.toMatchObject({ offered: true, payment: { gateway: 'wechat' } });
    expect(asked).toHaveLength(1);
    expect(created).toEqual([`pay of ${ORDER_ID}`]);
  });

  test('tells the payment where asking for it was paying', async () => {
    const { gateway } = fakeGateway({ create: { t: 'paid', paid: PAID } });
    await expect(underTest(gateway).hold()).resolves.toMatchObject({
      offered: true,
      paid: { paymentId: `pay of ${ORDER_ID}`, paid: PAID },
    });
  });

  test('asks for none that was answered before', async () => {
    const { gateway, asked } = fakeGateway({});
    await expect(underTest(gateway, () => progressOf()).hold()).resolves.toMatchObject({ offered: true });
    expect(asked).toEqual([]);
  });

  test.each(['closing', 'paid', 'cancelled'] as const)('asks for none of an order that is %s', async (status) => {
    const { gateway, asked } = fakeGateway({});
    const held = await underTest(gateway, () => progressOf({ status, payment: CREATING })).hold();
    expect(held).not.toHaveProperty('offered');
    expect(asked).toEqual([]);
  });

  test('leaves an unknown answer to the activity, and holds the stock all the same', async () => {
    const { gateway } = fakeGateway({ create: { t: 'unknown', cause: '5xx', retryAfterMs: 0 } });
    const held = await underTest(gateway).hold();
    expect(held).toMatchObject({ status: 'awaiting_payment' });
    expect(held).not.toHaveProperty('offered');
  });

  test('waits a second at most; the activity joins the call instead of making another', async () => {
    jest.useFakeTimers();
    try {
      const { gateway, asked, answerAll } = heldBack();
      const { hold, createPayment, created } = underTest(gateway);
      const held = hold();
      await jest.advanceTimersByTimeAsync(1_000);
      expect(await held).not.toHaveProperty('offered');
      const joined = createPayment({ orderId: ORDER_ID, paymentId: `pay of ${ORDER_ID}` });
      answerAll();
      await expect(joined).resolves.toBeNull();
      expect(asked).toHaveLength(1);
      expect(created).toHaveLength(1);
    } finally {
      jest.useRealTimers();
    }
  });

  test('a gateway that answers nobody holds up 40 orders at once, and no more', async () => {
    jest.useFakeTimers();
    try {
      const { gateway, answerAll } = heldBack();
      const { hold } = underTest(gateway);
      const waiting = Array.from({ length: 40 }, (_, number) => hold(`ord_${number}`));
      await jest.advanceTimersByTimeAsync(1);
      expect(await hold('ord_next')).not.toHaveProperty('offered');
      answerAll();
      for (const held of await Promise.all(waiting)) expect(held).toMatchObject({ offered: true });
      const freed = hold('ord_after');
      await jest.advanceTimersByTimeAsync(1);
      answerAll();
      expect(await freed).toMatchObject({ offered: true });
    } finally {
      jest.useRealTimers();
    }
  });
});
