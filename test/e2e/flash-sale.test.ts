import { expectBooksBalance, expectInvariants } from '../support/invariants';
import { until } from '../support/until';
import { openWorld, type World } from '../support/world';

const BUYERS = 500;
const UNITS = 100;
/** Placing 500 orders takes seconds on a busy machine: the first window must not be over before the last answer. */
const WINDOW_SECONDS = 15;

describe('500 buyers at once for 100 units', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld('flash', { timing: { gatewayTimeoutMs: 5_000 } });
  });
  afterAll(() => world.close());

  it.each([1, 2, 3])(
    'exactly 100 hold, 400 are told so, what is not paid comes back (round %i)',
    async () => {
      const skuId = await world.api.addSku(UNITS);
      const order = { lines: [{ skuId, quantity: 1 }], paymentWindowSeconds: WINDOW_SECONDS };
      const answers = await Promise.all(
        Array.from({ length: BUYERS }, (_, n) => world.api.place({ buyerId: `buyer_${n}`, ...order })),
      );
      const placed = answers.filter(({ status }) => status === 201).map(({ body }) => body);
      const refused = answers.filter(({ status }) => status !== 201);
      expect(placed).toHaveLength(UNITS);
      expect(refused.map(({ status, body }) => [status, body.code])).toEqual(refused.map(() => [409, 'out_of_stock']));
      expect(await world.api.stock(skuId)).toMatchObject({ available: 0, reserved: UNITS, sold: 0 });
      await expectBooksBalance(world);

      const buyers = placed.filter((_, n) => n % 4 === 0);
      for (const { payment } of buyers) {
        const offered = await until('the payment is offered', async () =>
          (await world.sandbox.story(payment?.merchantNo ?? '')).includes('created'),
        );
        expect(offered).toBe(true);
        expect(await world.sandbox.pay(payment?.merchantNo ?? '')).toMatchObject({ accepted: true });
      }
      await until('every order has ended', async () => (await world.api.stock(skuId)).reserved === 0, 60_000);
      expect(await world.api.stock(skuId)).toMatchObject({
        available: UNITS - buyers.length,
        reserved: 0,
        sold: buyers.length,
      });
      await expectInvariants(world);
      const losers = await world.prisma.order.count({ where: { lines: { some: { skuId } } } });
      expect(losers).toBe(UNITS);
    },
    120_000,
  );
});
