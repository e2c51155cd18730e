import { type RequestHandler } from 'express';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { HoldfastError } from '../domain/errors';
import { SHOP_HEADER } from './contract';

const SAFE = new Set(['GET', 'HEAD']);

/** Refuses a change that no page of this shop asked for: another site's form or script can't set the header. */
export const fromOwnPages: RequestHandler = (request, _response, next) => {
  if (!SAFE.has(request.method) && request.get(SHOP_HEADER) === undefined) {
    throw new HoldfastError('forbidden', `a change needs the header ${SHOP_HEADER}`);
  }
  next();
};

/** So many calls (`points`) within so many seconds (`duration`). */
export interface Rate {
  readonly points: number;
  readonly duration: number;
}

/** A page asks once a second at most, beside the buyer's own clicks; ten times that is a script. */
export const PER_BROWSER: Rate = { points: 100, duration: 10 };
/** Browsers behind one address that turn up within a minute. */
const NEW_BUYERS: Rate = { points: 60, duration: 60 };

export type Limit = (key: string) => Promise<void>;

/** What this process takes of one browser, and of new ones from one address. Each throws `too_busy` beyond it. */
export function createLimits(perBrowser: Rate): { readonly calls: Limit; readonly newBuyers: Limit } {
  return {
    calls: limit(new RateLimiterMemory(perBrowser)),
    newBuyers: limit(new RateLimiterMemory(NEW_BUYERS)),
  };
}

function limit(limiter: RateLimiterMemory): Limit {
  return async (key) => {
    try {
      await limiter.consume(key);
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused;
      const retryAfterSeconds = Math.max(1, Math.ceil(refused.msBeforeNext / 1000));
      throw new HoldfastError('too_busy', 'too many calls from this browser', { retryAfterSeconds });
    }
  };
}
