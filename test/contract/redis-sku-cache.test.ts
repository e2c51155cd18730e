import { createRedisSkuCache } from '../../src/adapters/cache/redis/sku-cache';
import { DEFAULT_TIMING } from '../../src/config/types';
import { openRedisScripts } from '../../src/adapters/scripts/redis/runner';
import { freePort } from '../../src/main/local/ports';
import { type Logger } from '../../src/ports/logger';
import { type ScriptRunner } from '../../src/ports/script-runner';
import { type SkuCache } from '../../src/ports/sku-cache';
import { createLogger } from '../../src/telemetry/logger';
import { describeWithRedis, openRedisKeys, REDIS_URL, type RedisKeys } from '../support/redis';
import { startTcpProxy } from '../support/tcp-proxy';
import { until } from '../support/until';
import { skuCacheSuite, someSku, withAvailable } from './sku-cache.suite';

const quiet = createLogger('silent');

type RedisSkuCache = SkuCache & Pick<ScriptRunner, 'asking' | 'close'>;

interface Options {
  readonly url: string;
  readonly prefix: string;
  readonly log: Logger;
}

let opened: ScriptRunner[] = [];
afterEach(() => {
  opened.forEach((redis) => redis.close());
  opened = [];
});

function opening(options: Partial<Options>): RedisSkuCache {
  const { url, prefix, log } = { url: REDIS_URL, prefix: 'holdfast-test', log: quiet, ...options };
  const redis = openRedisScripts({ url, timeoutMs: DEFAULT_TIMING.skuCacheTimeoutMs, component: 'test', log });
  opened.push(redis);
  return { ...createRedisSkuCache({ redis, prefix, lifeMs: 60_000 }), asking: redis.asking, close: redis.close };
}

async function connected(options: Partial<Options>): Promise<RedisSkuCache> {
  const cache = opening(options);
  await until('Redis is connected', () => works(cache));
  return cache;
}

const works = (cache: RedisSkuCache): Promise<boolean> =>
  cache.find([]).then(
    () => true,
    () => false,
  );

describeWithRedis('on the real Redis', () => {
  skuCacheSuite('Redis', async () => {
    const keys = openRedisKeys();
    const cache = await connected({ prefix: keys.prefix });
    return {
      cache,
      // Redis' clock can't be turned: what the server would do to each hash when its time has come is done at once.
      outlive: async () => {
        for (const key of await keys.redis.keys(`${keys.prefix}:sku:*`)) await keys.redis.pexpire(key, 0);
      },
      close: () => keys.close(),
    };
  });

  describe('RedisSkuCache', () => {
    let keys: RedisKeys;
    beforeEach(() => {
      keys = openRedisKeys();
    });
    afterEach(() => keys.close());

    it('gives every hash a time to live, counted anew only by what is kept', async () => {
      const cache = await connected({ prefix: keys.prefix });
      const sku = someSku();
      await cache.keep({ ticket: 5, skus: [sku] });
      const [key = ''] = await keys.redis.keys(`${keys.prefix}:sku:*${sku.id}`);
      expect(new Set(await keys.redis.hkeys(key))).toEqual(new Set(['ticket', 'sku']));
      const left = await keys.redis.pttl(key);
      expect(left > 0 && left <= 60_000).toBe(true);
      await keys.redis.pexpire(key, 40_000);
      await cache.find([sku.id]);
      await cache.keep({ ticket: 5, skus: [withAvailable(sku, 7)] });
      expect(await keys.redis.pttl(key)).toBeLessThanOrEqual(40_000);
    });

    it('a doubt ends, but not before whatever is kept within a life of it', async () => {
      const cache = await connected({ prefix: keys.prefix });
      await cache.doubt(1_000);
      const left = await keys.redis.pttl(`${keys.prefix}:sku-floor`);
      expect(left > 60_000 && left <= 120_000).toBe(true);
    });

    it('flushed → finds nothing, and keeps again', async () => {
      const cache = await connected({ prefix: keys.prefix });
      const sku = someSku();
      await cache.doubt(50);
      await cache.keep({ ticket: 50, skus: [sku] });
      await keys.flush();
      expect((await cache.find([sku.id])).size).toBe(0);
      await cache.keep({ ticket: 51, skus: [sku] });
      expect((await cache.find([sku.id])).get(sku.id)).toEqual(sku);
    });

    it('20 readings kept at once, in any order → the latest stays', async () => {
      const cache = await connected({ prefix: keys.prefix });
      const sku = someSku();
      const tickets = Array.from({ length: 20 }, (_, index) => ((index * 7) % 20) + 1);
      await Promise.all(tickets.map((ticket) => cache.keep({ ticket, skus: [withAvailable(sku, ticket)] })));
      expect((await cache.find([sku.id])).get(sku.id)?.stock.available).toBe(20);
    });
  });

  describe('a Redis that goes away', () => {
    it('silent in the middle of it → calls reject, it is spared, and asked again when it is back', async () => {
      const { hostname, port } = new URL(REDIS_URL);
      const proxy = await startTcpProxy({ host: hostname, port: Number(port || 6379) });
      const cache = await connected({ url: `redis://127.0.0.1:${proxy.port}` });
      proxy.swallowAnswers();
      await expect(cache.find(['sku_x'])).rejects.toThrow('Redis: Command timed out');
      await until('it is spared', async () => !(await works(cache)) && !cache.asking());
      proxy.mend();
      await until('it is asked again', () => works(cache));
      expect(cache.asking()).toBe(true);
      cache.close();
      await proxy.close();
    });

    it('a wrong password → rejected, and nothing that is logged or thrown repeats it', async () => {
      const lines: string[] = [];
      const log = createLogger('trace', { write: (line) => lines.push(line) });
      const url = new URL(REDIS_URL);
      url.password = 'hunter2-of-the-tests';
      const cache = opening({ url: url.href, log });
      await until('the connection was refused', () => lines.some((line) => line.includes('"component":"test"')));
      const error = await cache.find(['sku_x']).catch((thrown: unknown) => thrown);
      expect(JSON.stringify([lines, String(error), error])).not.toContain('hunter2');
    });
  });
});

describe('RedisSkuCache without a Redis', () => {
  it('nobody listens → every call rejects, and after some it is not even tried', async () => {
    const cache = opening({ url: `redis://127.0.0.1:${await freePort()}` });
    for (let call = 0; call < 6; call += 1) await expect(cache.find(['sku_x'])).rejects.toThrow('Redis: ');
    expect(cache.asking()).toBe(false);
    await expect(cache.keep({ ticket: 1, skus: [] })).rejects.toThrow('Redis: ');
    await expect(cache.doubt(1)).rejects.toThrow('Redis: ');
  });
});
