import { type Request, type Response } from 'express';
import { getIronSession, type SessionOptions } from 'iron-session';
import { type Actor } from '../domain/access';
import { HoldfastError } from '../domain/errors';
import { type Clock } from '../ports/clock';
import { type Identified, type OperatorIdentity, type SessionIdentity } from '../ports/operator-identity';
import { type ConsoleSettings } from './deps';

/** A shift: whoever works longer signs in once more. */
const LONGEST_SECONDS = 8 * 3_600;
/** A desk that was left. */
const IDLE_SECONDS = 30 * 60;
/** The cookie is written anew this often at most: a page asks every few seconds. */
const TOUCH_SECONDS = 60;

export const COOKIE = 'holdfast-console';

/** What the sealed cookie holds: who, by which sign-in, since when. Never the key. */
interface Kept extends SessionIdentity {
  /** Epoch seconds. */
  readonly issuedAt: number;
  readonly seenAt: number;
}

/** Who is signed in, as configured now. */
export interface SignedIn {
  readonly actor: Actor;
  readonly until: string;
}

/** Sessions in a sealed cookie: nothing is kept on the server, so any process serves them. */
export interface Sessions {
  readonly idleSeconds: number;
  begin(request: Request, response: Response, who: Identified, via: SessionIdentity['via']): Promise<SignedIn>;
  /** Throws `unauthenticated` where there is no session, it is over, or its person is no longer configured. */
  read(request: Request, response: Response): Promise<SignedIn>;
  end(request: Request, response: Response): Promise<void>;
}

export interface SessionParts {
  readonly identity: OperatorIdentity;
  readonly now: Clock;
  readonly settings: ConsoleSettings;
}

export function createSessions({ identity, now, settings }: SessionParts): Sessions {
  const idleSeconds = settings.idleSeconds ?? IDLE_SECONDS;
  const open = (request: Request, response: Response) =>
    getIronSession<Partial<Kept>>(request, response, optionsOf(settings));
  const seconds = (): number => Math.floor(now() / 1000);
  return {
    idleSeconds,
    begin: async (request, response, { actor, credential }, via) => {
      const session = await open(request, response);
      const at = seconds();
      Object.assign(session, {
        subject: actor.id,
        name: actor.name,
        roles: actor.roles,
        via,
        credential,
        issuedAt: at,
        seenAt: at,
      });
      await session.save();
      return { actor, until: untilOf(at) };
    },
    read: async (request, response) => {
      const session = await open(request, response);
      const kept = keptOf(session);
      const at = seconds();
      if (!kept || at >= kept.issuedAt + LONGEST_SECONDS || at >= kept.seenAt + idleSeconds) throw signInFirst();
      const actor = await identity.current(kept);
      if (!actor) throw signInFirst();
      if (at >= kept.seenAt + TOUCH_SECONDS) {
        Object.assign(session, { seenAt: at });
        await session.save();
      }
      return { actor, until: untilOf(kept.issuedAt) };
    },
    end: async (request, response) => (await open(request, response)).destroy(),
  };
}

function optionsOf({ secret, secure }: ConsoleSettings): SessionOptions {
  return {
    cookieName: COOKIE,
    password: secret,
    ttl: LONGEST_SECONDS,
    cookieOptions: { httpOnly: true, sameSite: 'strict', secure, path: '/console' },
  };
}

function keptOf({ subject, name, roles, via, credential, issuedAt, seenAt }: Partial<Kept>): Kept | null {
  if (subject === undefined || name === undefined || roles === undefined || via === undefined) return null;
  if (credential === undefined || issuedAt === undefined || seenAt === undefined) return null;
  return { subject, name, roles, via, credential, issuedAt, seenAt };
}

const untilOf = (issuedAt: number): string => new Date((issuedAt + LONGEST_SECONDS) * 1000).toISOString();

const signInFirst = (): HoldfastError => new HoldfastError('unauthenticated', 'sign in first');
