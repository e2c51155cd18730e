import Redis from 'ioredis';
import { Connection } from 'rabbitmq-client';

/** Servers that some of the peers need and that no benchmark starts: where they are, unless the environment says. */
const LOCAL = { REDIS_URL: 'redis://127.0.0.1:6379', AMQP_URL: 'amqp://guest:guest@127.0.0.1:5672' } as const;
/** A server on this machine answers at once or is not there. */
const PATIENCE_MS = 3_000;

export const redisUrl = (): string => process.env['REDIS_URL'] ?? LOCAL.REDIS_URL;
export const amqpUrl = (): string => process.env['AMQP_URL'] ?? LOCAL.AMQP_URL;

/** Why Redis can't be used; null when it can. */
export async function redisMissing(): Promise<string | null> {
  const redis = new Redis(redisUrl(), {
    lazyConnect: true,
    connectTimeout: PATIENCE_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  redis.on('error', () => undefined); // said by connect() as well
  try {
    await redis.connect();
    return null;
  } catch {
    return 'Redis cannot be reached (REDIS_URL)';
  } finally {
    redis.disconnect();
  }
}

/** Why RabbitMQ can't be used; null when it can. */
export async function rabbitMissing(): Promise<string | null> {
  const connection = new Connection({ url: amqpUrl(), connectionTimeout: PATIENCE_MS });
  connection.on('error', () => undefined); // said by onConnect() as well
  try {
    await connection.onConnect(PATIENCE_MS, true);
    return null;
  } catch {
    return 'RabbitMQ cannot be reached (AMQP_URL)';
  } finally {
    await connection.close();
  }
}
