import { type Answer, type OrderJson } from '../support/api-client';
import { expectInvariants } from '../support/invariants';
import { holdLock, untilLockWaits } from '../support/lock';
import { openWorld, type World } from '../support/world';

/** Transactions of placings under way at once: so many that wait for a lock hold up all the others. */
const LANES = 2;
const OTHERS = 5;
describe('placings that share transactions, stalled behind counters that somebody holds', () => {
  let world: World;
  let keys = 0;
  beforeAll(async () => {
    world = await openWorld('stalled');
  });
  afterAll(() => world.close());
  afterEach(() => expectInvariants(world));

  type Request = () => Promise<Answer<OrderJson>>;

  /** A request that can be repeated under its key. */
  function placing(skuId: string): Request {
    const key = `stalled-${(keys += 1)}`;
    return () => world.api.place({ lines: [{ skuId, quantity: 1 }], payWith: null }, key);
  }

  /** Both lanes wait for the one SKU's counters, and others for the lanes. */
  async function stall() {
    const [held, free] = [await world.api.addSku(10), await world.api.addSku(10)];
    const unlock = await holdLock(world.config.databaseUrl, held);
    const requests: Request[] = [];
    const answers: Promise<Answer<OrderJson>>[] = [];
    const send = (skuId: string): void => {
      const request = placing(skuId);
      requests.push(request);
      answers.push(request());
    };
    for (let lane = 1; lane <= LANES; lane += 1) {
      send(held);
      await untilLockWaits(world.prisma, lane);
    }
    for (let other = 1; other <= OTHERS; other += 1) send(free);
    return { held, free, unlock, requests, answers };
  }

  async function expectReserved(held: string, free: string): Promise<void> {
    expect(await world.api.stock(held)).toMatchObject({ available: 10 - LANES, reserved: LANES });
    expect(await world.api.stock(free)).toMatchObject({ available: 10 - OTHERS, reserved: OTHERS });
  }

  it('let go in time → each is placed, with its first answer', async () => {
    const { held, free, unlock, answers } = await stall();
    await unlock();
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(answers.map(() => 201));
    await expectReserved(held, free);
  });

  it('not let go → told to come back; the others are served; repeated, each is placed once', async () => {
    const { held, free, unlock, requests, answers } = await stall();
    const answered = await Promise.all(answers);
    expect(answered.map(({ status }) => status)).toEqual(answers.map((_, index) => (index < LANES ? 503 : 201)));
    expect(answered[0]).toMatchObject({ body: { code: 'too_busy' } });
    expect(answered[0]?.headers.get('retry-after')).toBe('1');
    expect(await world.api.stock(held)).toMatchObject({ available: 10, reserved: 0 });
    await unlock();
    const repeated = await Promise.all(requests.map((request) => request()));
    expect(repeated.map(({ status }) => status)).toEqual(answers.map(() => 201));
    await expectReserved(held, free);
  });
});
