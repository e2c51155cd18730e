import { timingSafeEqual } from 'node:crypto';
import { digestOf } from '../config/api-keys';
import { type ApiKey, type Scope } from '../domain/access';
import { HoldfastError } from '../domain/errors';

/** Whoever calls what needs no key. */
export const ANONYMOUS: ApiKey = { digest: '', scopes: [] };

export type Authenticate = (authorization: string | undefined, scopes: readonly Scope[]) => ApiKey;

/**
 * Makes the check of `Authorization: Bearer <key>`: answers the key's record when it has one of `scopes`, else throws
 * `unauthenticated` or `forbidden`. Every record is compared in constant time, so timing tells nothing about them.
 */
export function authenticator(keys: readonly ApiKey[]): Authenticate {
  const known = keys.map((key) => ({ key, digest: Buffer.from(key.digest, 'hex') }));
  return (authorization, scopes) => {
    const token = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) throw new HoldfastError('unauthenticated', 'send Authorization: Bearer <key>');
    const presented = Buffer.from(digestOf(token), 'hex');
    const match = known.filter(
      ({ digest }) => digest.length === presented.length && timingSafeEqual(digest, presented),
    )[0];
    if (!match) throw new HoldfastError('unauthenticated', 'no such API key');
    if (!scopes.some((scope) => match.key.scopes.includes(scope))) {
      throw new HoldfastError('forbidden', `this call needs the scope ${scopes.join(' or ')}`);
    }
    return match.key;
  };
}
