import { type Answer, type OrderJson } from '../support/api-client';
import { refundWorkflowId } from '../../workflows/refund/contract';
import { recordWorkflow } from '../support/histories';
import { expectBooksBalance, untilStatus } from '../support/invariants';
import { until } from '../support/until';
import { openWorld, type World } from '../support/world';

interface RefundJson {
  readonly id: string;
  readonly status: string;
  readonly amount: { readonly minor: number };
}

describe('money on its way back', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld('refunds');
  });
  afterAll(() => world.close());
  afterEach(() => expectBooksBalance(world));

  /** A paid order of 4 × 1000. */
  async function paidOrder() {
    const skuId = await world.api.addSku(10, 1000);
    const { body: order } = await world.api.place({ lines: [{ skuId, quantity: 4 }] });
    const merchantNo = order.payment?.merchantNo ?? '';
    await world.sandbox.pay(merchantNo);
    await untilStatus(world, order.id, 'paid');
    return { id: order.id, skuId, merchantNo };
  }

  let keys = 0;
  const refund = (id: string, body: object, key = `refund-${(keys += 1)}`): Promise<Answer<RefundJson>> =>
    world.api.call('POST', `/v1/orders/${id}/refunds`, body, { 'idempotency-key': key });

  const refunded = async (merchantNo: string): Promise<number[]> =>
    (await world.sandbox.ledger(merchantNo))
      .filter(({ kind }) => kind === 'refunded')
      .map(({ amount }) => amount.minor);

  const untilRefunded = (id: string, minor: number): Promise<OrderJson & { refundedAmount: { minor: number } }> =>
    until(`${minor} of ${id} are refunded`, async () => {
      const order = (await world.api.order(id)) as OrderJson & { refundedAmount: { minor: number } };
      return order.refundedAmount.minor === minor && order;
    });

  it('in full, with restock: refunded, on sale again', async () => {
    const order = await paidOrder();
    const answer = await refund(order.id, { reason: 'faulty', restock: true });
    expect(answer).toMatchObject({
      status: 201,
      body: { amount: { minor: 4000, currency: 'CNY' }, status: 'pending' },
    });
    expect((await world.api.order(order.id)).status).toMatch(/refunding|refunded/);
    await untilStatus(world, order.id, 'refunded');
    expect(await refunded(order.merchantNo)).toEqual([4000]);
    expect(await world.api.stock(order.skuId)).toMatchObject({ available: 10, reserved: 0, sold: 0 });
    expect((await world.api.order(order.id)).payment?.status).toBe('refunded');
    expect((await refund(order.id, { reason: 'again' })).body.code).toBe('not_refundable');
    await recordWorkflow(world, refundWorkflowId(answer.body.id), 'refund');
  });

  it('in parts, up to what was paid; stock stays sold unless asked', async () => {
    const order = await paidOrder();
    await refund(order.id, { amount: 1000, reason: 'a cup was broken' });
    await untilRefunded(order.id, 1000);
    await untilStatus(world, order.id, 'paid');
    expect((await refund(order.id, { amount: { minor: 3001, currency: 'CNY' }, reason: 'too much' })).body.code).toBe(
      'amount_exceeds_refundable',
    );
    await refund(order.id, { amount: { minor: 3000, currency: 'CNY' }, reason: 'the rest' });
    await untilStatus(world, order.id, 'refunded');
    expect(await refunded(order.merchantNo)).toEqual([1000, 3000]);
    expect(await world.api.stock(order.skuId)).toMatchObject({ available: 6, sold: 4 });
  });

  it('ten at once for what is left: never more than was paid', async () => {
    const order = await paidOrder();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => refund(order.id, { amount: 1000, reason: 'at once' })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(4);
    await untilStatus(world, order.id, 'refunded');
    expect(await refunded(order.merchantNo)).toEqual([1000, 1000, 1000, 1000]);
  });

  it('the same key: one refund, the same answer; another body: refused', async () => {
    const order = await paidOrder();
    const first = await refund(order.id, { amount: 500, reason: 'once' }, 'once');
    const again = await refund(order.id, { amount: 500, reason: 'once' }, 'once');
    expect(again.body).toEqual(first.body);
    expect((await refund(order.id, { amount: 501, reason: 'once' }, 'once')).body.code).toBe('idempotency_key_reused');
    expect((await world.api.call('POST', `/v1/orders/${order.id}/refunds`, { reason: 'no key' })).body.code).toBe(
      'idempotency_key_required',
    );
    await untilRefunded(order.id, 500);
    expect(await refunded(order.merchantNo)).toEqual([500]);
  });

  it('an order that is not paid has nothing to refund', async () => {
    const skuId = await world.api.addSku(10);
    const { body: order } = await world.api.place({ lines: [{ skuId, quantity: 1 }] });
    expect(await refund(order.id, { reason: 'early' })).toMatchObject({
      status: 409,
      body: { code: 'not_refundable' },
    });
    await world.api.cancel(order.id);
  });

  describe('money that came too late', () => {
    /** A cancelled order whose gateway broke its word: it acknowledged the close, and the payment stayed payable. */
    async function cancelledButPayable(target = world) {
      const skuId = await target.api.addSku(3, 1000);
      const { body: order } = await target.api.place({ lines: [{ skuId, quantity: 1 }], paymentWindowSeconds: 600 });
      const merchantNo = order.payment?.merchantNo ?? '';
      await target.sandbox.fault({ op: 'close', fault: 'broken_close', match: { merchantNo } });
      expect((await target.api.cancel(order.id)).body.status).toBe('cancelled');
      return { id: order.id, skuId, merchantNo };
    }

    it('money for a number that nobody knows goes back in full', async () => {
      const order = await cancelledButPayable();
      // What a restored database looks like: the gateway knows a payment that we do not.
      await world.prisma.payment.updateMany({
        where: { orderId: order.id },
        data: { merchantNo: `lost_${order.id.slice(4)}` },
      });
      await world.sandbox.pay(order.merchantNo);
      await until('it goes back', async () => (await refunded(order.merchantNo)).length === 1);
    });
  });
});

describe('money that came too late, with the policy to revive', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld('revive', { latePaymentPolicy: 'revive' });
  });
  afterAll(() => world.close());

  async function late(units: number, alsoSold: number) {
    const skuId = await world.api.addSku(units, 1000);
    const { body: order } = await world.api.place({ lines: [{ skuId, quantity: 1 }], paymentWindowSeconds: 600 });
    const merchantNo = order.payment?.merchantNo ?? '';
    await world.sandbox.fault({ op: 'close', fault: 'broken_close', match: { merchantNo } });
    await world.api.cancel(order.id);
    if (alsoSold > 0)
      await world.api.place({ payWith: null, lines: [{ skuId, quantity: alsoSold }], paymentWindowSeconds: 600 });
    await world.sandbox.pay(merchantNo);
    return { id: order.id, skuId, merchantNo };
  }

  it('its stock can be taken again → paid, sold', async () => {
    const order = await late(2, 0);
    await untilStatus(world, order.id, 'paid');
    expect(await world.api.stock(order.skuId)).toMatchObject({ available: 1, reserved: 0, sold: 1 });
    expect(await world.sandbox.story(order.merchantNo)).toEqual(['created', 'paid']);
  });

  it('its stock is gone → refunded in full', async () => {
    const order = await late(1, 1);
    await until('it goes back', async () => (await world.sandbox.story(order.merchantNo)).includes('refunded'));
    expect((await world.api.order(order.id)).status).toBe('cancelled');
  });
});
