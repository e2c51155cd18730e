import { RateLimiterMemory, RateLimiterQueue, RateLimiterQueueError } from 'rate-limiter-flexible';

/** Waits for a call's turn, a second at the most; false: too many wait for theirs. */
export type Turn = () => Promise<boolean>;

const AT_ONCE: Turn = () => Promise.resolve(true);

/**
 * The pace at which one process asks one gateway: so many calls in each second, and as many waiting for the next. Null:
 * as it comes.
 */
export function createPace(perSecond: number | null): Turn {
  if (perSecond === null) return AT_ONCE;
  const limiter = new RateLimiterMemory({ points: perSecond, duration: 1 });
  const queue = new RateLimiterQueue(limiter, { maxQueueSize: perSecond });
  return async () => {
    try {
      await queue.removeTokens(1);
      return true;
    } catch (error) {
      if (error instanceof RateLimiterQueueError) return false;
      throw error;
    }
  };
}
