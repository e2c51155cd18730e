import { circuitBreaker, CircuitState, ConsecutiveBreaker, handleAll } from 'cockatiel';
import { Redis } from 'ioredis';
import { type Logger } from '../../../ports/logger';
import { type ScriptRunner } from '../../../ports/script-runner';

const CONNECT_TIMEOUT_MS = 2_000;
/** A server that says nothing for that long is gone, though its connection may look alive for minutes. */
const SILENCE_TIMEOUT_MS = 2_000;
const LONGEST_RECONNECT_MS = 2_000;
/** One or two may be a reconnect; five in a row is an outage. */
const FAILURES_TO_OPEN = 5;
const OPEN_FOR_MS = 1_000;

export interface RedisScriptsOptions {
  /** `redis://` or `rediss://`; one server or a primary, no cluster: scripts touch several keys. */
  readonly url: string;
  /** Milliseconds that a command may take. */
  readonly timeoutMs: number;
  /** Who asks, for the log. */
  readonly component: string;
  readonly log: Logger;
}

/** Lua scripts in Redis behind a time limit and a circuit. Connects by itself, again and again; until then every call rejects. */
export function openRedisScripts({ url, timeoutMs, component, log }: RedisScriptsOptions): ScriptRunner {
  const redis = new Redis(url, {
    commandTimeout: timeoutMs,
    connectTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: SILENCE_TIMEOUT_MS,
    // What can't be sent now is not worth waiting for: whoever asks does without.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    retryStrategy: (times) => Math.min(times * 100, LONGEST_RECONNECT_MS),
  });
  redis.on('ready', () => log.info({ component }, 'connected to Redis'));
  redis.on('error', ({ message }: Error) => {
    log.debug({ component, message }, 'no connection to Redis; trying again');
  });
  const circuit = circuitBreaker(handleAll, {
    halfOpenAfter: OPEN_FOR_MS,
    breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN),
  });
  circuit.onBreak(() => log.warn({ component }, 'Redis is not asked for a while: circuit open'));
  circuit.onReset(() => log.info({ component }, 'Redis answers again: circuit closed'));
  return {
    run: (script, keys, args) =>
      circuit
        .execute(() => redis.eval(script, keys.length, ...keys, ...args))
        .catch((error: unknown) => {
          // The driver's own error carries the command with all of its arguments, a password among them.
          throw new Error(`Redis: ${(error as Error).message}`);
        }),
    asking: () => circuit.state !== CircuitState.Open,
    close: () => redis.disconnect(),
  };
}
