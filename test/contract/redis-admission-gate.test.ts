import { EmbeddedGate } from '../../src/adapters/admission/embedded/gate';
import { openRedisScripts } from '../../src/adapters/scripts/redis/runner';
import { type ScriptRunner } from '../../src/ports/script-runner';
import { DOOR_TIMEOUT_MS, RedisGate } from '../../src/adapters/admission/redis/gate';
import { Refresher } from '../../src/adapters/admission/redis/refresher';
import { CLOCK, GIVE_BACK, KEEP, TAKE } from '../../src/adapters/admission/redis/scripts';
import { READING_LIFE_MS } from '../../src/ports/admission-gate';
import { createLogger } from '../../src/telemetry/logger';
import { describeWithRedis, openRedisKeys, REDIS_URL, type RedisKeys } from '../support/redis';
import { startTcpProxy } from '../support/tcp-proxy';
import { until } from '../support/until';
import { admissionGateSuite, FakeStock, passes, turnedBack } from './admission-gate.suite';

const log = createLogger('silent');
/** No reading of a test is ever this old, in microseconds: none is to be renewed. */
const NEVER = 60_000_000;
/** Where a test counts who is let in, a busy machine must not count as a Redis that is away. */
const PATIENT_MS = 10_000;
/** A life that outlasts any test. */
const LONG_MS = 60_000;

let keys: RedisKeys;
let closing: (() => void)[];
beforeEach(() => {
  keys = openRedisKeys();
  closing = [];
});
afterEach(async () => {
  closing.forEach((close) => close());
  await keys.close();
});

/** One process: its own gate, its own connection, over a truth that it may share with others. */
async function openProcess(stock = new FakeStock(), { url = REDIS_URL, timeoutMs = PATIENT_MS } = {}) {
  const redis = openRedisScripts({ url, timeoutMs, component: 'test', log });
  const clock = { ahead: 0 };
  const own = new EmbeddedGate({ stock, elapsed: () => performance.now() + clock.ahead, log });
  const refresher = new Refresher({ redis, stock, prefix: keys.prefix, log });
  closing.push(() => {
    // Readings that never answer are not waited for.
    void own.stop();
    void refresher.stop();
    redis.close();
  });
  await until('Redis is connected', () => works(redis));
  return { gate: new RedisGate({ redis, refresher, own, log }), redis, stock, refresher, clock };
}

type Process = Awaited<ReturnType<typeof openProcess>>;

const works = (redis: ScriptRunner): Promise<boolean> =>
  redis.run(CLOCK, [], []).then(
    () => true,
    () => false,
  );

/** Redis' clock can't be turned: what it would do to each counter at the end of its life is done at once. */
const expireAll = async (): Promise<void> => {
  for (const key of await keys.redis.keys(`${keys.prefix}:gate:*`)) await keys.redis.pexpire(key, 0);
};

describeWithRedis('on the real Redis', () => {
  admissionGateSuite('Redis', async () => {
    const { gate, stock, clock } = await openProcess();
    return {
      gate,
      stock,
      outlive: async () => {
        clock.ahead += READING_LIFE_MS;
        await expireAll();
      },
      close: () => Promise.resolve(),
    };
  });

  describe('RedisGate', () => {
    /** Takes a unit for good, as a placing that PostgreSQL has not committed yet. */
    const take = async (gate: RedisGate): Promise<boolean> =>
      (await gate.admit([{ skuId: 'sku_tea', quantity: 1 }])).t === 'admitted';
    const key = (): string => `${keys.prefix}:gate:sku_tea`;
    const leftOf = () => keys.redis.hget(key(), 'left');
    /** So many units are counted from now on, as after a reading; it outlasts the test unless a process reads anew. */
    async function counted({ redis }: Process, units: number): Promise<void> {
      await redis.run(KEEP, [key()], [(await redis.run(CLOCK, [], [])) as string, LONG_MS, units]);
    }
    /** A process that never reads anew: what it does to a counter can be seen in peace. */
    async function openCounting(units: number, stock?: FakeStock): Promise<Process> {
      const process = await openProcess(stock);
      await process.refresher.stop();
      await counted(process, units);
      return process;
    }

    it('lets in no more than there is among all processes', async () => {
      const one = await openCounting(3);
      const two = await openCounting(3, one.stock);
      const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => take(n % 2 ? one.gate : two.gate)));
      expect(answers.filter(Boolean)).toHaveLength(3);
    });

    it('gives back what a placing took that held nothing', async () => {
      const { gate } = await openCounting(1);
      expect(await passes(gate, 'sku_tea')).toBe(true);
      await until('it is given back', async () => (await leftOf()) === '1');
      expect(await take(gate)).toBe(true);
      expect(await take(gate)).toBe(false);
    });

    it('keeps what a placing holds', async () => {
      const { gate } = await openCounting(2);
      const admission = await gate.admit([{ skuId: 'sku_tea', quantity: 2 }]);
      if (admission.t === 'admitted') admission.told({ t: 'held' });
      expect(await take(gate)).toBe(false);
      expect(await leftOf()).toBe('0');
    });

    it('counts anew where PostgreSQL was short of what it had counted on', async () => {
      const process = await openProcess();
      const { gate, stock } = process;
      await counted(process, 5);
      stock.units.set('sku_tea', 0);
      expect((await turnedBack(gate, 'sku_tea')).t).toBe('admitted');
      await until('it is counted anew', async () => (await leftOf()) === '0');
    });

    it('sells what a process took that died before it placed', async () => {
      const dying = await openCounting(1);
      const other = await openProcess(dying.stock);
      dying.stock.units.set('sku_tea', 1);
      expect(await take(dying.gate)).toBe(true);
      expect(await leftOf()).toBe('0');
      await until('it is on sale again', () => passes(other.gate, 'sku_tea'));
    });

    it('counts again after Redis has lost everything', async () => {
      const process = await openProcess();
      process.stock.units.set('sku_tea', 1);
      await counted(process, 1);
      await keys.flush();
      expect(await passes(process.gate, 'sku_tea')).toBe(true);
      await until('it is counted', () => keys.redis.exists(key()).then((there) => there === 1));
    });

    it.each(['cut', 'swallowAnswers'] as const)(
      'goes by what it knows itself while Redis is away: %s',
      async (fault) => {
        const { hostname, port } = new URL(REDIS_URL);
        const proxy = await startTcpProxy({ host: hostname, port: Number(port || 6379) });
        const { gate, stock, redis } = await openProcess(new FakeStock(), {
          url: `redis://127.0.0.1:${proxy.port}`,
          timeoutMs: DOOR_TIMEOUT_MS,
        });
        try {
          stock.units.set('sku_tea', 0).set('sku_pot', 1);
          proxy[fault]();
          expect(await passes(gate, 'sku_pot')).toBe(true);
          await until('sku_tea is refused', async () => (await turnedBack(gate, 'sku_tea')).t === 'soldOut');
          await until('Redis is spared', async () => (await passes(gate, 'sku_pot')) && !redis.asking());
          proxy.mend();
          await until('the door counts again', async () => {
            expect(await passes(gate, 'sku_pot')).toBe(true);
            return (await keys.redis.exists(`${keys.prefix}:gate:sku_pot`)) === 1;
          });
        } finally {
          await proxy.close();
        }
      },
    );
  });

  describe('the scripts', () => {
    const at = (skuId: string): string => `${keys.prefix}:gate:${skuId}`;
    async function running() {
      const { redis } = await openProcess();
      const clock = async (): Promise<number> => Number(await redis.run(CLOCK, [], []));
      const keep = (begunAt: number, left: Readonly<Record<string, number | string>>, lifeMs = LONG_MS) =>
        redis.run(KEEP, Object.keys(left).map(at), [begunAt, lifeMs, ...Object.values(left)]);
      const take = (units: Readonly<Record<string, number>>, renewFrom = NEVER) =>
        redis.run(TAKE, Object.keys(units).map(at), [...Object.values(units), renewFrom]) as Promise<
          [number, number, string, number][]
        >;
      return { redis, clock, keep, take };
    }
    it('answer -3 not initialised, -2 short, -1 unlimited, else what is left', async () => {
      const { clock, keep, take } = await running();
      await keep(await clock(), { tea: 3, pot: 0, air: 'unlimited' });
      const codes = async (units: Record<string, number>) => (await take(units)).map(([code]) => code);
      expect(await codes({ none: 1 })).toEqual([-3]);
      expect(await codes({ pot: 1 })).toEqual([-2]);
      expect(await codes({ air: 9_999 })).toEqual([-1]);
      expect(await codes({ tea: 2 })).toEqual([1]);
      expect(await codes({ tea: 1, air: 1, none: 1 })).toEqual([0, -1, -3]);
      expect(await codes({ tea: 1 })).toEqual([-2]);
    });

    it('take all lines or none', async () => {
      const { clock, keep, take } = await running();
      await keep(await clock(), { tea: 3, pot: 1 });
      expect((await take({ tea: 2, pot: 2 })).map(([code, left]) => [code, left])).toEqual([
        [3, 3],
        [-2, 1],
      ]);
      expect((await take({ tea: 3, pot: 1 })).map(([code]) => code)).toEqual([0, 0]);
    });

    it('give back to the reading that it was taken from, and to no other', async () => {
      const { redis, clock, keep, take } = await running();
      const first = await clock();
      await keep(first, { tea: 3 });
      await take({ tea: 2 });
      await redis.run(GIVE_BACK, [at('tea')], [2, first]);
      expect(await keys.redis.hget(at('tea'), 'left')).toBe('3');
      await keep(await clock(), { tea: 1 });
      await redis.run(GIVE_BACK, [at('tea')], [2, first]);
      expect(await keys.redis.hget(at('tea'), 'left')).toBe('1');
      await redis.run(GIVE_BACK, [at('none')], [2, first]);
      expect(await keys.redis.exists(at('none'))).toBe(0);
    });

    it('keep the later reading, whichever comes last', async () => {
      const { clock, keep } = await running();
      const earlier = await clock();
      await keep(await clock(), { tea: 5 });
      await keep(earlier, { tea: 0 });
      expect(await keys.redis.hget(at('tea'), 'left')).toBe('5');
    });

    it('keep no reading beyond its life, counted from its beginning', async () => {
      const { clock, keep } = await running();
      await keep((await clock()) - READING_LIFE_MS * 1_000, { tea: 0 }, READING_LIFE_MS);
      expect(await keys.redis.exists(at('tea'))).toBe(0);
      // Redis' clock has gone back an hour since.
      await keep((await clock()) + 3_600_000_000, { pot: 0 }, READING_LIFE_MS);
      const life = await keys.redis.pttl(at('pot'));
      expect(life).not.toBe(-1);
      expect(life).toBeLessThanOrEqual(READING_LIFE_MS);
    });

    it('tell one asker, and no second, to read anew', async () => {
      const { clock, keep, take } = await running();
      await keep(await clock(), { tea: 0 });
      const renews = async (from: number) => (await take({ tea: 1 }, from)).map(([, , , renew]) => renew);
      expect(await renews(NEVER)).toEqual([0]);
      expect(await renews(0)).toEqual([1]);
      expect(await renews(0)).toEqual([0]);
    });
  });
});
