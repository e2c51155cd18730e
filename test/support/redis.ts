import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { describeWith } from './reachable';

export const REDIS_URL = process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379';

export const describeWithRedis = describeWith('Redis', REDIS_URL, 6379);

/** Keys of one test, beside those of others on the same server. */
export interface RedisKeys {
  readonly prefix: string;
  readonly redis: Redis;
  /** As FLUSHALL would, for these keys alone. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

export function openRedisKeys(): RedisKeys {
  const prefix = `holdfast-test-${randomBytes(6).toString('hex')}`;
  const redis = new Redis(REDIS_URL);
  const flush = async (): Promise<void> => {
    const keys = await redis.keys(`${prefix}:*`);
    if (keys.length > 0) await redis.del(...keys);
  };
  return {
    prefix,
    redis,
    flush,
    close: async () => {
      await flush();
      await redis.quit();
    },
  };
}
