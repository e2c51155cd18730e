import request from 'supertest';
import { HoldfastError } from '../../src/domain/errors';
import { type Order, type PaymentAttempt } from '../../src/domain/order';
import { paymentSchema } from '../../src/http/schemas/orders';
import { type SwitchAnswer } from '../../src/ports/order-process';
import { fakeGateway, stored } from './support/fakes';
import { type Harness, harness, processOf } from './support/harness';

const OFFERED: SwitchAnswer = { t: 'offered', paymentId: 'pay_2' };
const NEXT: PaymentAttempt = {
  id: 'pay_2',
  gateway: 'alipay',
  status: 'pending',
  merchantNo: 'no_2',
  amount: { minor: 3998, currency: 'CNY' },
  expiresAt: '2026-01-01T00:30:00.000Z',
  payUrl: 'https://cashier.example/no_2',
  codeUrl: 'https://qr.example/no_2',
  gatewayRef: 'ref of the gateway',
  transactionId: null,
};

/** The API over a process that answers a switch so; the order waits for WeChat Pay unless another one is given. */
async function switching(answer: () => Promise<SwitchAnswer>, order: Order = stored()) {
  const calls: unknown[][] = [];
  const waits: string[] = [];
  const built: Harness = await harness({
    gateways: new Map([
      ['wechat', fakeGateway],
      ['alipay', { ...fakeGateway, name: 'alipay' }],
    ]),
    process: processOf({
      switchPayment: (...call) => {
        calls.push(call);
        return answer();
      },
    }),
    // Only the wait brings the credential: an answer before it would say `creating`.
    paymentAnswered: (orderId) => {
      waits.push(orderId);
      built.orders.attempts.push(NEXT);
      return Promise.resolve();
    },
  });
  built.orders.orders.set(order.id, order);
  const choose = (gateway: string, id = 'ord_1') =>
    built.as('orders').post(`/v1/orders/${id}/payments`).send({ gateway });
  return { ...built, calls, waits, choose };
}
const answers = (answer: SwitchAnswer) => () => Promise.resolve(answer);

describe('POST /v1/orders/{id}/payments', () => {
  it('answers 201 with the new attempt, once its gateway was waited for', async () => {
    const { choose, waits } = await switching(answers(OFFERED));
    const answer = await choose('alipay');
    expect(answer.status).toBe(201);
    expect(paymentSchema.parse(answer.body)).toEqual({
      id: 'pay_2',
      gateway: 'alipay',
      status: 'pending',
      merchantNo: 'no_2',
      payUrl: 'https://cashier.example/no_2',
      codeUrl: 'https://qr.example/no_2',
    });
    expect(waits).toEqual(['ord_1']);
  });

  it('asks the process with what the order was placed with, and the gateway that was chosen', async () => {
    const { choose, calls } = await switching(answers(OFFERED));
    await choose('alipay');
    const draft = {
      buyerId: 'buyer_1',
      lines: [{ skuId: 'sku_tea', quantity: 2 }],
      payWith: 'wechat',
      payBy: '2026-01-01T00:30:00.000Z',
      asPlaced: false,
    };
    expect(calls).toEqual([['ord_1', draft, { gateway: 'alipay', paymentId: 'pay_0001' }]]);
  });

  it('chooses the first gateway of an order that was placed without one', async () => {
    const { choose, calls } = await switching(answers(OFFERED), stored({ payment: null }));
    expect((await choose('alipay')).status).toBe(201);
    expect(calls).toMatchObject([['ord_1', { payWith: null }, { gateway: 'alipay' }]]);
  });

  it.each([
    [0, '1'],
    [1, '1'],
    [1_000, '1'],
    [1_001, '2'],
    [60_000, '60'],
  ])(
    'says that the earlier attempt is open, why, and (after %d ms) to come back in %s s',
    async (retryAfterMs, seconds) => {
      const { choose, waits } = await switching(answers({ t: 'open', why: 'the buyer is paying', retryAfterMs }));
      const answer = await choose('alipay');
      expect([answer.status, answer.body.code]).toEqual([409, 'previous_payment_open']);
      expect(answer.headers['retry-after']).toBe(seconds);
      expect(answer.body.detail).toContain('the buyer is paying');
      expect(waits).toEqual([]);
    },
  );

  it.each([
    ['paid', 'already_paid'],
    ['closing', 'not_payable'],
    ['cancelled', 'not_payable'],
    ['rejected', 'not_payable'],
    ['refunding', 'not_payable'],
    ['refunded', 'not_payable'],
  ] as const)('refuses an order that is %s: 409 %s', async (status, code) => {
    const { choose, waits } = await switching(answers({ t: 'ended', status }));
    const answer = await choose('alipay');
    expect([answer.status, answer.body.code]).toEqual([409, code]);
    expect(waits).toEqual([]);
  });

  it('refuses a gateway that is not configured, and asks nobody', async () => {
    const { choose, calls } = await switching(answers(OFFERED));
    const answer = await choose('stripe');
    expect([answer.status, answer.body.code]).toEqual([422, 'gateway_not_available']);
    expect(calls).toEqual([]);
  });

  it.each(['ord_2', 'ord_%00', '__proto__'])('has nothing to pay at %s, and asks nobody', async (id) => {
    const { choose, calls } = await switching(answers(OFFERED));
    const answer = await choose('alipay', id);
    expect([answer.status, answer.body.code]).toEqual([404, 'order_not_found']);
    expect(calls).toEqual([]);
  });

  it.each([
    ['process_ended', 409],
    ['not_ready', 503],
  ] as const)('passes on that the process says %s: %d', async (code, status) => {
    const { choose } = await switching(() => Promise.reject(new HoldfastError(code)));
    const answer = await choose('alipay');
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it('answers 500 where the attempt that was offered is not there, and says no more', async () => {
    const { choose } = await switching(answers({ t: 'offered', paymentId: 'pay_3' }));
    const answer = await choose('alipay');
    expect([answer.status, answer.body.code]).toEqual([500, 'internal']);
    expect(answer.text).not.toContain('pay_3');
  });

  it.each([
    [{}, 'gateway'],
    [{ gateway: null }, 'gateway'],
    [{ gateway: 'cash' }, 'gateway'],
    [{ gateway: 'Alipay' }, 'gateway'],
    [{ gateway: 'alipay', amount: 1 }, 'amount'],
  ])('refuses the body %j, naming %s', async (body, path) => {
    const { as, calls } = await switching(answers(OFFERED));
    const answer = await as('orders').post('/v1/orders/ord_1/payments').send(body);
    expect([answer.status, answer.body.code]).toEqual([422, 'validation_failed']);
    expect(answer.body.errors).toMatchObject([{ path }]);
    expect(calls).toEqual([]);
  });

  it('is for keys with the scope orders alone', async () => {
    const { app, as, calls } = await switching(answers(OFFERED));
    for (const scope of ['read', 'operate', 'catalog'] as const) {
      const answer = await as(scope).post('/v1/orders/ord_1/payments').send({ gateway: 'alipay' });
      expect([scope, answer.status, answer.body.code]).toEqual([scope, 403, 'forbidden']);
    }
    expect((await request(app).post('/v1/orders/ord_1/payments').send({ gateway: 'alipay' })).status).toBe(401);
    expect(calls).toEqual([]);
  });
});
