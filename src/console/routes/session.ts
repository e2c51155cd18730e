import { type RequestHandler, Router } from 'express';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { HoldfastError } from '../../domain/errors';
import { bodyReader, parseJson } from '../../http/body';
import { validate } from '../../http/validation';
import { type Me } from '../contract';
import { type ConsoleDeps } from '../deps';
import { signInSchema } from '../schemas';
import { type Sessions, type SignedIn } from '../session';

/** A key fits many times over; whoever is not signed in may make us read no more. */
const BODY_BYTES = 2 * 1024;
/** Attempts of one address: a person mistypes a few times, a program is slowed to nothing. */
const ATTEMPTS = { points: 10, duration: 5 * 60 };

/** Signing in, out, and who one is. */
export function sessionRoutes(deps: ConsoleDeps, sessions: Sessions): RequestHandler {
  const router = Router({ caseSensitive: true, strict: true });
  const limiter = new RateLimiterMemory(ATTEMPTS);
  const read = bodyReader(BODY_BYTES, { inflate: false });
  const me = (signedIn: SignedIn): Me => present(deps, sessions, signedIn);
  router.post('/session', async (request, response) => {
    const address = request.ip ?? '';
    await countAttempt(limiter, address);
    const { key } = validate(signInSchema, parseJson(await read(request, response), request.get('content-type')) ?? {});
    const who = deps.identity.ofKey(key);
    if (!who) {
      request.log.warn({}, 'a sign-in to the console was refused');
      throw new HoldfastError('unauthenticated', 'nobody has this key');
    }
    await limiter.delete(address);
    const signedIn = await sessions.begin(request, response, who, 'key');
    request.log.info({ actor: who.actor.id }, 'signed in to the console');
    response.json(me(signedIn));
  });
  router.delete('/session', async (request, response) => {
    await sessions.end(request, response);
    response.status(204).end();
  });
  router.get('/me', async (request, response) => {
    response.json(me(await sessions.read(request, response)));
  });
  return router;
}

/** Throws `too_many_attempts` with the seconds after which the address may try again. */
async function countAttempt(limiter: RateLimiterMemory, address: string): Promise<void> {
  try {
    await limiter.consume(address);
  } catch (refused) {
    if (!(refused instanceof RateLimiterRes)) throw refused;
    const retryAfterSeconds = Math.ceil(refused.msBeforeNext / 1000);
    throw new HoldfastError('too_many_attempts', `try again in ${retryAfterSeconds} s`, { retryAfterSeconds });
  }
}

function present({ gateways, settings }: ConsoleDeps, { idleSeconds }: Sessions, { actor, until }: SignedIn): Me {
  return {
    actor,
    may: { act: actor.roles.includes('operator'), approve: actor.roles.includes('approver') },
    signedInUntil: until,
    idleSeconds,
    gateways: [...gateways.keys()],
    twoPersonAboveMinor: settings.twoPersonAboveMinor,
    temporalUi: settings.temporalUi?.url ?? null,
  };
}
