import { createOrderActivities } from '../../../activities';
import { type PaymentAttempt } from '../../../src/domain/order';
import { type CreateOutcome, type PaymentChoice } from '../../../src/domain/payment';
import { type GatewayAnswer, type OrderProgress, type PaymentUpdate } from '../../../src/ports/order-store';
import { ATTEMPT, fakeGateway, fakePorts, ORDER_ID, PAID, progressOf, REF } from './support/activity-fakes';

const CREATING: PaymentAttempt = { ...ATTEMPT, status: 'creating' };
const UNKNOWN: CreateOutcome = { t: 'unknown', cause: '5xx', retryAfterMs: 1_000 };

function underTest(create: CreateOutcome | undefined, order: OrderProgress | null = progressOf({ payment: CREATING })) {
  const updates: { answer: GatewayAnswer; update: PaymentUpdate }[] = [];
  const { gateway, asked } = fakeGateway({ create });
  const fakes = fakePorts({
    orders: {
      progress: (orderId, paymentId) =>
        Promise.resolve(orderId === ORDER_ID && order ? { ...order, payment: idIs(order.payment, paymentId) } : null),
      paymentCreated: (answer, update) => {
        updates.push({ answer, update });
        return Promise.resolve();
      },
    },
    gateways: [gateway],
  });
  const { createPayment } = createOrderActivities(fakes.ports);
  return { ...fakes, asked, updates, create: () => createPayment({ orderId: ORDER_ID, paymentId: 'pay_1' }) };
}

function idIs(payment: PaymentAttempt | null, id: string | undefined): PaymentAttempt | null {
  return payment?.id === id ? payment : null;
}

describe('createPayment', () => {
  test('asks under the number, amount and expiry of the attempt, and keeps what the buyer needs', async () => {
    const outcome: CreateOutcome = {
      t: 'created',
      payUrl: 'https://pay.example/1',
      codeUrl: 'weixin://1',
      gatewayRef: 'cs_1',
    };
    const { create, asked, updates, alerts } = underTest(outcome);
    await expect(create()).resolves.toBeNull();
    expect(asked).toEqual([{ op: 'create', request: REF }]);
    expect(updates).toEqual([
      {
        answer: { orderId: ORDER_ID, paymentId: 'pay_1', op: 'create', outcome },
        update: { status: 'pending', payUrl: 'https://pay.example/1', codeUrl: 'weixin://1', gatewayRef: 'cs_1' },
      },
    ]);
    expect(alerts).toEqual([]);
  });

  test('answers the payment where asking was paying, and again when its answer got lost: the workflow makes it paid', async () => {
    const outcome: CreateOutcome = { t: 'paid', paid: PAID };
    const { create, asked, answers, updates, alerts } = underTest(outcome);
    await expect(create()).resolves.toEqual({ paymentId: 'pay_1', paid: PAID });
    expect(answers).toEqual([{ orderId: ORDER_ID, paymentId: 'pay_1', op: 'create', outcome }]);
    // What would keep a repeat from asking: an attempt that is taken for offered.
    expect(updates).toEqual([]);
    await expect(create()).resolves.toEqual({ paymentId: 'pay_1', paid: PAID });
    expect(asked).toHaveLength(2);
    expect(alerts).toEqual([]);
  });

  test.each<[PaymentChoice, object]>([
    [
      { method: 'jsapi', payerId: 'oPayer1' },
      { method: 'jsapi', payer: { openid: 'oPayer1' } },
    ],
    [{ method: 'native', payerId: null }, { method: 'native' }],
  ])('asks for it as the buyer chose: %j', async (choice, way) => {
    const created: CreateOutcome = { t: 'created', payUrl: null, codeUrl: null, gatewayRef: null };
    const { create, asked } = underTest(created, progressOf({ payment: CREATING, choice }));
    await create();
    expect(asked).toEqual([{ op: 'create', request: { ...REF, ...way } }]);
  });

  test.each<[string, CreateOutcome]>([
    ['a spent number', { t: 'spent', code: 'ORDER_CLOSED' }],
    ['a refusal', { t: 'rejected', code: 'SIGN_ERROR' }],
  ])('takes %s as failed for good and alerts', async (_what, outcome) => {
    const { create, updates, alerts } = underTest(outcome);
    await expect(create()).resolves.toBeNull();
    expect(updates).toEqual([
      { answer: { orderId: ORDER_ID, paymentId: 'pay_1', op: 'create', outcome }, update: { status: 'failed' } },
    ]);
    const code = 'code' in outcome ? outcome.code : '';
    expect(alerts).toEqual([{ what: 'payment_not_created', context: { orderId: ORDER_ID, paymentId: 'pay_1', code } }]);
  });

  test('has no verdict on an unknown answer: records it and fails so that it is repeated', async () => {
    const { create, updates, answers, alerts } = underTest(UNKNOWN);
    const failure = await create().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Error);
    expect(failure).not.toHaveProperty('nonRetryable', true);
    expect(answers).toEqual([{ orderId: ORDER_ID, paymentId: 'pay_1', op: 'create', outcome: UNKNOWN }]);
    expect(updates).toEqual([]);
    expect(alerts).toEqual([]);
  });

  test('at a gateway that is not configured fails for good', async () => {
    const { create, updates, asked } = underTest(
      undefined,
      progressOf({ payment: { ...CREATING, gateway: 'stripe' } }),
    );
    await create();
    expect(asked).toEqual([]);
    expect(updates).toMatchObject([
      { answer: { outcome: { t: 'rejected', code: 'GATEWAY_NOT_CONFIGURED' } }, update: { status: 'failed' } },
    ]);
  });

  test.each<[string, PaymentAttempt | null]>([
    ['has another attempt by now', { ...CREATING, id: 'pay_2' }],
    ['has none', null],
    ...(['pending', 'paid', 'closed', 'failed', 'refunded'] as const).map((status): [string, PaymentAttempt] => [
      `has its answer (${status})`,
      { ...ATTEMPT, status },
    ]),
  ])('does nothing where the order %s', async (_what, payment) => {
    const { create, asked, updates } = underTest(undefined, progressOf({ payment }));
    await create();
    expect([asked, updates]).toEqual([[], []]);
  });

  test('of an order that is not there is a failure that no repeat mends', async () => {
    const { create } = underTest(undefined, null);
    await expect(create()).rejects.toMatchObject({ type: 'ORDER_NOT_FOUND', nonRetryable: true });
  });

  test('describes the order by the titles of its lines', async () => {
    const { create, asked } = underTest(
      UNKNOWN,
      progressOf({ payment: CREATING, titles: ['Green tea', 'Cup', 'Tray'] }),
    );
    await create().catch(() => undefined);
    expect(asked[0]?.request).toMatchObject({ description: 'Green tea and 2 more' });
  });
});
