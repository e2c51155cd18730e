import { latePaymentWorkflowId } from '../../workflows/late-payment/contract';
import { refundChanged, refundWorkflowId } from '../../workflows/refund/contract';
import { recordHistory, recordWorkflow } from '../support/histories';
import { expectBooksBalance, untilStatus } from '../support/invariants';
import {
  AMOUNT,
  askRefund,
  CANCELLED,
  expectEnd,
  NUMBERING,
  paidOrder,
  placed,
  type Provider,
  PROVIDERS,
  type RacingOrder,
  refundsOf,
  untilAlert,
  untilFact,
  untilHit,
} from '../support/races';
import { until } from '../support/until';
import { openWorld, type World } from '../support/world';

/** Longer than any of this takes: what is held so long is let go by the test. */
const HELD_MS = 600_000;
const NEXT: Record<Provider, Provider> = { wechat: 'alipay', alipay: 'stripe', stripe: 'wechat' };
const REFUNDED = {
  order: 'refunded',
  payment: 'refunded',
  stock: 'sold',
  gateway: ['created', 'paid', 'refunded'],
  refunds: [AMOUNT],
} as const;

describe('races in which money goes back (numbers as in docs/races.md)', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld('late-money');
  });
  afterAll(() => world.close());
  afterEach(() => expectBooksBalance(world));

  /** The provider breaks its word: it acknowledges the close, and the payment stays payable. */
  const breaksItsWord = ({ merchantNo }: RacingOrder) =>
    world.sandbox.fault({ op: 'close', fault: 'broken_close', match: { merchantNo } });

  it.each(PROVIDERS)(
    'race 12 (%s): proven after the cancellation → cancelled, refunded in full once, stock not retaken',
    async (gateway) => {
      const order = await placed(world, gateway);
      await breaksItsWord(order);
      expect((await world.api.cancel(order.id)).body.status).toBe('cancelled');
      await world.sandbox.fault({
        op: 'notify',
        fault: 'duplicate',
        copies: 5,
        match: { merchantNo: order.merchantNo },
      });
      expect(await world.sandbox.pay(order.merchantNo)).toMatchObject({ accepted: true });
      await untilFact(world, order, 'refund: succeeded');
      await expectEnd(world, order, { ...CANCELLED, gateway: ['created', 'paid', 'refunded'], refunds: [AMOUNT] });
      const { id } = await world.prisma.webhookInbox.findFirstOrThrow({ where: { orderId: order.id } });
      if (gateway === 'wechat') await recordWorkflow(world, latePaymentWorkflowId(id), 'late-payment-refunded');
    },
  );

  /** Both attempts of an order, the second at another provider, and both payable. */
  async function twoAttempts(gateway: Provider): Promise<[RacingOrder, RacingOrder]> {
    const first = await placed(world, gateway);
    await breaksItsWord(first);
    const next = NEXT[gateway];
    const path = `/v1/orders/${first.id}/payments`;
    const switched = await world.api.call<{ merchantNo: string; status: string }>('POST', path, { gateway: next });
    expect(switched).toMatchObject({ status: 201, body: { status: 'pending' } });
    const { merchantNo } = switched.body;
    if (next === 'alipay') await world.sandbox.scan(merchantNo);
    return [first, { ...first, gateway: next, merchantNo }];
  }

  /** The order is paid once and sold once; the one attempt keeps its money, the other gave it back. */
  async function expectOneKept(attempts: readonly [RacingOrder, RacingOrder]): Promise<void> {
    const [{ id }] = attempts;
    await untilStatus(world, id, 'paid');
    const { payment } = await world.api.order(id);
    const kept = attempts.find(({ merchantNo }) => merchantNo === payment?.merchantNo);
    const other = attempts.find((attempt) => attempt !== kept);
    if (!kept || !other) throw new Error(`the order ${id} keeps a payment of neither attempt`);
    await until('the other one is back', async () => (await refundsOf(world, other.merchantNo)).length > 0);
    expect(await refundsOf(world, other.merchantNo)).toEqual([AMOUNT]);
    await expectEnd(world, kept, { order: 'paid', payment: 'paid', stock: 'sold', gateway: ['created', 'paid'] });
  }

  it.each(PROVIDERS)(
    'race 16 (%s): two attempts at two gateways both paid at once → one kept, the other refunded',
    async (gateway) => {
      const attempts = await twoAttempts(gateway);
      const answers = await Promise.all(attempts.map(({ merchantNo }) => world.sandbox.pay(merchantNo)));
      expect(answers).toMatchObject([{ accepted: true }, { accepted: true }]);
      await expectOneKept(attempts);
      if (gateway === 'wechat') await recordHistory(world, attempts[0].id, 'two-attempts-paid');
    },
  );

  it.each(PROVIDERS)(
    'race 16 (%s): the second is found by the close as the first has just been told → one kept, the other refunded',
    async (gateway) => {
      const attempts = await twoAttempts(gateway);
      const [first, second] = attempts;
      const match = { merchantNo: second.merchantNo };
      await world.sandbox.fault({ op: 'notify', fault: 'lost', match });
      await world.sandbox.pay(second.merchantNo);
      // The close of the second, which will find it paid, is held on its way while the first is paid and told.
      const letGo = await world.sandbox.fault({ op: 'close', fault: 'latency', ms: HELD_MS, match });
      const cancelling = world.api.cancel(second.id);
      await untilHit(world, second);
      await world.sandbox.pay(first.merchantNo);
      await until('the first is told', () =>
        world.prisma.webhookInbox.findFirst({ where: { merchantNo: first.merchantNo } }),
      );
      await letGo();
      await cancelling;
      await expectOneKept(attempts);
    },
  );

  it.each(PROVIDERS)(
    'race 17 (%s): the refund times out after it took effect, asked again under the same number → exactly one',
    async (gateway) => {
      const order = await paidOrder(world, gateway);
      const match = { merchantNo: order.merchantNo };
      await world.sandbox.fault({ op: 'refund', fault: 'timeout_after_effect', match });
      await askRefund(world, order);
      await expectEnd(world, order, REFUNDED);
    },
  );

  it.each(PROVIDERS)(
    'race 17 (%s): the refund never reached the gateway, sent again under the same number → exactly one',
    async (gateway) => {
      const order = await paidOrder(world, gateway);
      const match = { merchantNo: order.merchantNo };
      await world.sandbox.fault({ op: 'refund', fault: 'drop_before_effect', match });
      await askRefund(world, order);
      await expectEnd(world, order, REFUNDED);
    },
  );

  /** A refund that the provider answers with the fault; held, where it takes time. */
  async function refundUnder(fault: string, gateway: Provider) {
    const order = await paidOrder(world, gateway);
    const match = { merchantNo: order.merchantNo };
    const letGo = await world.sandbox.fault({ op: 'refund', fault, ms: HELD_MS, match });
    const refundId = await askRefund(world, order);
    await untilHit(world, order);
    return { order, refundId, letGo };
  }

  /** Money on its way back is neither kept nor given back yet. */
  const expectPending = (order: RacingOrder) =>
    expectEnd(world, order, { order: 'refunding', payment: 'paid', stock: 'sold', gateway: ['created', 'paid'] });

  it.each(PROVIDERS)('race 18 (%s): PROCESSING → pending until it is through', async (gateway) => {
    const { order, letGo } = await refundUnder('refund_processing', gateway);
    await expectPending(order);
    await letGo();
    await expectEnd(world, order, REFUNDED);
  });

  it.each(PROVIDERS)('race 18 (%s): ABNORMAL → pending, a person is told and has to act', async (gateway) => {
    const { order, refundId, letGo } = await refundUnder('refund_abnormal', gateway);
    await expectPending(order);
    await letGo();
    await untilAlert(world, 'refund_manual', refundId);
    expect(await refundRow(refundId)).toMatchObject({ status: 'manual', number: refundId });
    await expectPending(order);
  });

  it.each(NUMBERING)('race 18 (%s): CLOSED → sent once more, under another number', async (gateway) => {
    const { order, refundId, letGo } = await refundUnder('refund_closed', gateway);
    await expectPending(order);
    await letGo();
    await expectEnd(world, order, REFUNDED);
    expect((await refundRow(refundId)).number).not.toBe(refundId);
    await untilFact(world, order, 'refund: another number');
    if (gateway === 'wechat') await recordWorkflow(world, refundWorkflowId(refundId), 'refund-under-another-number');
  });

  it('race 18 (alipay): taken on without effect (no fund change, none found) → sent once more, under its number', async () => {
    const { order, refundId } = await refundUnder('refund_closed', 'alipay');
    await expectPending(order);
    // Nobody tells of such a failure; the refund's process asks again, here at once instead of after its back-off.
    await untilFact(world, order, 'refund: processing');
    await world.temporal.client.workflow.getHandle(refundWorkflowId(refundId)).signal(refundChanged);
    await expectEnd(world, order, REFUNDED);
    expect((await refundRow(refundId)).number).toBe(refundId);
  });

  const refundRow = (id: string) => world.prisma.refund.findUniqueOrThrow({ where: { id } });
});
