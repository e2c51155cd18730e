import { performance } from 'node:perf_hooks';
import { PrismaStockReadings } from '../../src/adapters/store/prisma/door-reads';
import { type Answer, type OrderJson } from '../support/api-client';
import { expectBooksBalance } from '../support/invariants';
import { describeWithRedis, openRedisKeys, REDIS_URL, type RedisKeys } from '../support/redis';
import { until } from '../support/until';
import { openWorld, type World } from '../support/world';

/** What is promised of a unit that comes back: on sale again after so long, whoever forgets to tell. */
const PROMISED_MS = 1_000;

/**
 * The whole service, whose door counts by a clock that stands until the test turns it, and can read no stock from when the SKU is
 * sold out: nothing but the end of what it read before lets anybody in.
 */
function suite(openKeys: () => RedisKeys | null): void {
  let world: World;
  let keys: RedisKeys | null;
  let now: number;
  beforeAll(async () => {
    keys = openKeys();
    world = await openWorld('back on sale', {
      config: { redis: keys && { url: REDIS_URL, prefix: keys.prefix } },
    });
    now = performance.now();
    jest.spyOn(performance, 'now').mockImplementation(() => now);
  });
  afterAll(async () => {
    jest.restoreAllMocks();
    await world.close();
    await keys?.close();
  });

  const buy = (skuId: string): Promise<Answer<OrderJson>> =>
    world.api.place({ lines: [{ skuId, quantity: 1 }], payWith: null, paymentWindowSeconds: 600 });

  /** Redis' clock can't be turned: a counter has no more than what is promised to live, and what would end it then ends it now. */
  async function endCounter({ redis, prefix }: RedisKeys, skuId: string): Promise<void> {
    const key = `${prefix}:gate:${skuId}`;
    const life = await redis.pttl(key);
    expect(life).not.toBe(-1); // without an end
    expect(life).toBeLessThanOrEqual(PROMISED_MS);
    await redis.pexpire(key, 0);
  }

  it('a second after it came back, to whoever asks then', async () => {
    const skuId = await world.api.addSku(1);
    const first = await buy(skuId);
    expect(first.status).toBe(201);
    await until('it is refused at the door', async () => (await buy(skuId)).body.code === 'sold_out');
    jest.spyOn(PrismaStockReadings.prototype, 'read').mockRejectedValue(new Error('nothing can be read'));
    await world.api.cancel(first.body.id);
    await until('its unit has come back', async () => {
      const stock = await world.prisma.stock.findUniqueOrThrow({ where: { skuId } });
      return stock.available === 1;
    });
    // The youngest reading that doesn't know of it was begun no later than now.
    expect((await buy(skuId)).body.code).toBe('sold_out');
    if (keys) await endCounter(keys, skuId);
    now += PROMISED_MS;
    expect((await buy(skuId)).status).toBe(201);
    expect(await world.prisma.stock.findUniqueOrThrow({ where: { skuId } })).toMatchObject({
      ...{ available: 0, reserved: 1, sold: 0 },
    });
    await expectBooksBalance(world);
  }, 120_000);
}

describe('what comes back is sold again, with the gate of one process', () => suite(() => null));
describeWithRedis('what comes back is sold again, with the gate of many processes', () => suite(openRedisKeys));
