import { type Actor, type Role } from '../domain/access';

/** How a session came about. */
export const SIGN_IN_WAYS = ['key', 'oidc'] as const;
export type SignInWay = (typeof SIGN_IN_WAYS)[number];

/** What a session is kept of: who, never what they proved it with. */
export interface SessionIdentity {
  /** The actor's id. */
  readonly subject: string;
  readonly via: SignInWay;
  /** As they were at the sign-in: all there is to go by where somebody else keeps the people. */
  readonly name: string;
  readonly roles: readonly Role[];
  /** Names the credential that was shown, without saying it: a session ends with its key. */
  readonly credential: string;
}

/** Who has a key. */
export interface Identified {
  readonly actor: Actor;
  readonly credential: string;
}

/**
 * Where operators are known from. A sign-in of another kind answers the same identities under its own `via`; the session is
 * made and checked the same way.
 */
export interface OperatorIdentity {
  /** Who has this key; null where nobody has. Takes the same time for every key that it does not know. */
  ofKey(key: string): Identified | null;
  /** The person as configured now: asked at every call of a session. Null: no longer somebody who may be here, or another credential by now. */
  current(identity: SessionIdentity): Promise<Actor | null>;
}
