import { expectBooksBalance, expectInvariants } from '../support/invariants';
import { until } from '../support/until';
import { openWorld, type World } from '../support/world';

const BUYERS = 500;
const UNITS = 100;
const ROUNDS = 3;
/**
 * A burst of 500 takes seconds, on a machine busy with other tests many: no window may be over before the burst's last
 * answer, or its units would rightly be sold again to those who ask later.
 */
const WINDOW_SECONDS = 60;

describe('500 buyers at once for 100 units', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld('flash', { timing: { gatewayTimeoutMs: 5_000 } });
  });
  afterAll(() => world.close());

  /** What a buyer is told in the end: a shop's client repeats a 503, under its key, when it was told to. */
  async function bought(skuId: string, buyer: number) {
    const order = { lines: [{ skuId, quantity: 1 }], paymentWindowSeconds: WINDOW_SECONDS };
    for (;;) {
      const answer = await world.api.place({ buyerId: `buyer_${buyer}`, ...order }, `${skuId}-${buyer}`);
      if (answer.status !== 503) return answer;
      const seconds = Number(answer.headers.get('retry-after'));
      expect(seconds).toBeGreaterThan(0);
      await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
    }
  }

  /** One burst on a SKU of its own; a quarter of those who hold a unit pay. Answers how many. */
  async function burst(skuId: string): Promise<number> {
    const answers = await Promise.all(Array.from({ length: BUYERS }, (_, n) => bought(skuId, n)));
    const placed = answers.filter(({ status }) => status === 201).map(({ body }) => body);
    const refused = answers.filter(({ status }) => status !== 201);
    const firstOver = Math.min(...placed.map(({ payBy }) => Date.parse(payBy)));
    expect(firstOver).toBeGreaterThan(Date.now());
    expect(placed).toHaveLength(UNITS);
    for (const { status, body } of refused) {
      expect([status, body.code]).toEqual([409, expect.stringMatching(/^(out_of_stock|sold_out)$/)]);
    }
    expect(await world.api.stock(skuId)).toMatchObject({ available: 0, reserved: UNITS, sold: 0 });
    await expectBooksBalance(world);
    const buyers = placed.filter((_, n) => n % 4 === 0).map(({ payment }) => payment?.merchantNo ?? '');
    for (const merchantNo of buyers) {
      await until('the payment is offered', async () => (await world.sandbox.story(merchantNo)).includes('created'));
      expect(await world.sandbox.pay(merchantNo)).toMatchObject({ accepted: true });
    }
    return buyers.length;
  }

  it(`exactly 100 hold, 400 are told so, what is not paid comes back (${ROUNDS} rounds)`, async () => {
    const rounds: { skuId: string; paid: number }[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const skuId = await world.api.addSku(UNITS);
      rounds.push({ skuId, paid: await burst(skuId) });
    }
    for (const { skuId, paid } of rounds) {
      await until('every order has ended', async () => (await world.api.stock(skuId)).reserved === 0, 150_000);
      expect(await world.api.stock(skuId)).toMatchObject({ available: UNITS - paid, reserved: 0, sold: paid });
      expect(await world.prisma.order.count({ where: { lines: { some: { skuId } } } })).toBe(UNITS);
    }
    await expectInvariants(world);
  }, 300_000);
});
