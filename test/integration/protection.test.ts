import { expectBooksBalance, untilStatus } from '../support/invariants';
import { until } from '../support/until';
import { openWorld, type World } from '../support/world';

/** More orders than a worker has calls under way at one gateway (50), so that all of those are taken. */
const CROWD = 60;
/** More than the circuit looks back on (20): the creates that went well can't outvote the closes that fail. */
const ORDERS_IN_OUTAGE = 24;
const MANY_TIMES = 100_000;
/** Longer than any of this takes: the faults end by being removed, which lets go what they hold. */
const HELD_MS = 60_000;
const WINDOW_SECONDS = 3_600;
/** A gateway that was down is asked again after 10 s at the earliest. */
const OUTAGE_TEST_MS = 120_000;
const AT_WECHAT = { gateway: 'wechat' };

describe('a gateway in trouble', () => {
  let world: World;
  beforeAll(async () => {
    // A call that is held lasts as long as the test, and nobody waits for its answer.
    world = await openWorld('protection', { timing: { gatewayTimeoutMs: 30_000, paymentWaitMs: 100 } });
  });
  afterAll(() => world.close());
  afterEach(() => expectBooksBalance(world));

  async function place(gateway: string, skuId: string): Promise<string> {
    const { body } = await world.api.place({
      payWith: gateway,
      lines: [{ skuId, quantity: 1 }],
      paymentWindowSeconds: WINDOW_SECONDS,
    });
    return body.id;
  }

  const placeMany = (count: number, skuId: string) =>
    Promise.all(Array.from({ length: count }, () => place('wechat', skuId)));

  /** The merchant number, once the buyer can pay. */
  function offered(orderId: string): Promise<string> {
    return until(`${orderId} can be paid`, async () => {
      const { payment } = await world.api.order(orderId);
      return payment?.status === 'pending' && payment.merchantNo;
    });
  }

  const statusOf = async (orderId: string) => (await world.api.order(orderId)).status;

  const openCircuits = async () => {
    const text = await (await fetch(`${world.api.url}/metrics`)).text();
    return /^holdfast_gateway_circuit_open\{gateway="wechat"\} (\d)$/m.exec(text)?.[1];
  };

  it(
    'that answers nothing holds up none of the others',
    async () => {
      const skuId = await world.api.addSku(1_000);
      const disarm = await world.sandbox.fault({
        op: 'create',
        fault: 'latency',
        match: AT_WECHAT,
        times: MANY_TIMES,
        ms: HELD_MS,
      });
      const slow = await placeMany(CROWD, skuId);
      const quick = await place('alipay', skuId);
      expect(await world.sandbox.pay(await offered(quick))).toMatchObject({ accepted: true });
      await untilStatus(world, quick, 'paid');
      const waiting = await Promise.all(slow.map(async (id) => (await world.api.order(id)).payment?.status));
      expect(waiting).toEqual(slow.map(() => 'creating'));
      await disarm();
      await Promise.all(slow.map(offered));
      expect(await world.api.stock(skuId)).toMatchObject({ reserved: CROWD, sold: 1 });
    },
    OUTAGE_TEST_MS,
  );

  it(
    'that is down is left alone, its orders held and visible; they converge when it is back',
    async () => {
      const skuId = await world.api.addSku(100);
      const orders = await placeMany(ORDERS_IN_OUTAGE, skuId);
      await Promise.all(orders.map(offered));
      expect(await openCircuits()).toBe('0');
      const outage = { fault: 'error_500_before', match: AT_WECHAT, times: MANY_TIMES };
      const disarm = [
        await world.sandbox.fault({ op: 'close', ...outage }),
        await world.sandbox.fault({ op: 'query', ...outage }),
      ];
      const answers = await Promise.all(orders.map((id) => world.api.cancel(id)));
      expect(answers.map(({ status }) => status)).toEqual(orders.map(() => 202));
      await until('the circuit is seen open', async () => (await openCircuits()) === '1');
      await until('orders show that the gateway is not asked', async () =>
        (await Promise.all(orders.map((id) => world.api.timeline(id)))).some((facts) =>
          JSON.stringify(facts).includes('circuitOpen'),
        ),
      );
      expect(await Promise.all(orders.map(statusOf))).toEqual(orders.map(() => 'closing'));
      expect(await world.api.stock(skuId)).toMatchObject({ available: 76, reserved: ORDERS_IN_OUTAGE, sold: 0 });
      await until('a person is told', () => world.logged.some((line) => line.includes('closing_takes_long')));
      await Promise.all(disarm.map((each) => each()));
      await Promise.all(orders.map((id) => untilStatus(world, id, 'cancelled')));
      expect(await world.api.stock(skuId)).toMatchObject({ available: 100, reserved: 0, sold: 0 });
      expect(await openCircuits()).toBe('0');
    },
    OUTAGE_TEST_MS,
  );
});
