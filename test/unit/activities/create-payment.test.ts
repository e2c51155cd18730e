import { createOrderActivities } from '../../../activities';
import { type Order, type PaymentAttempt } from '../../../src/domain/order';
import { type CreateOutcome, type PaymentChoice } from '../../../src/domain/payment';
import { type GatewayAnswer, type PaymentUpdate } from '../../../src/ports/order-store';
import { ATTEMPT, fakeGateway, fakePorts, ORDER_ID, orderWith, PAID, REF } from './support/activity-fakes';

const CREATING: PaymentAttempt = { ...ATTEMPT, status: 'creating' };
const UNKNOWN: CreateOutcome = { t: 'unknown', cause: '5xx', retryAfterMs: 1_000 };

function underTest(create: CreateOutcome | undefined, order: Order | null = orderWith({ payment: CREATING })) {
  const updates: { answer: GatewayAnswer; update: PaymentUpdate }[] = [];
  const { gateway, asked } = fakeGateway({ create });
  const fakes = fakePorts({
    orders: {
      find: () => Promise.resolve(order),
      findPayment: (orderId, paymentId) =>
        Promise.resolve(orderId === ORDER_ID && order?.payment?.id === paymentId ? order.payment : null),
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

  test('creates the attempt that is asked for, though the order shows another', async () => {
    const other: PaymentAttempt = { ...CREATING, id: 'pay_2', merchantNo: 'no_2', gatewayRef: null };
    const { gateway, asked } = fakeGateway({ create: { t: 'created', payUrl: null, codeUrl: null, gatewayRef: null } });
    const { ports } = fakePorts({
      orders: {
        find: () => Promise.resolve(orderWith()),
        findPayment: () => Promise.resolve(other),
        paymentCreated: () => Promise.resolve(),
      },
      gateways: [gateway],
    });
    await createOrderActivities(ports).createPayment({ orderId: ORDER_ID, paymentId: 'pay_2' });
    expect(asked).toEqual([{ op: 'create', request: { ...REF, merchantNo: 'no_2', gatewayRef: null } }]);
  });

  test.each<[PaymentChoice, object]>([
    [
      { method: 'jsapi', payerId: 'oPayer1' },
      { method: 'jsapi', payer: { openid: 'oPayer1' } },
    ],
    [{ method: 'native', payerId: null }, { method: 'native' }],
  ])('asks for it as the buyer chose: %j', async (choice, way) => {
    const { ports, create, asked } = underTest({ t: 'created', payUrl: null, codeUrl: null, gatewayRef: null });
    ports.orders.choiceOf = (id) => Promise.resolve(id === 'pay_1' ? choice : null);
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
    const { create, updates, asked } = underTest(undefined, orderWith({ payment: { ...CREATING, gateway: 'stripe' } }));
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
    const { create, asked, updates } = underTest(undefined, orderWith({ payment }));
    await create();
    expect([asked, updates]).toEqual([[], []]);
  });

  test('of an order that is not there is a failure that no repeat mends', async () => {
    const { create } = underTest(undefined, null);
    await expect(create()).rejects.toMatchObject({ type: 'ORDER_NOT_FOUND', nonRetryable: true });
  });

  test('describes the order by the titles of its lines', async () => {
    const [line] = orderWith().lines;
    if (!line) throw new Error('the order has a line');
    const lines = [line, { ...line, title: 'Cup' }, { ...line, title: 'Tray' }];
    const { create, asked } = underTest(UNKNOWN, orderWith({ payment: CREATING, lines }));
    await create().catch(() => undefined);
    expect(asked[0]?.request).toMatchObject({ description: 'Green tea and 2 more' });
  });
});
