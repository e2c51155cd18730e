import { timingSafeEqual } from 'node:crypto';
import { digestOf } from '../config/api-keys';
import { type Actor, actorOfKey, type ApiKey } from '../domain/access';
import { type Identified, type OperatorIdentity } from '../ports/operator-identity';

/** Of a digest, so much that another key has it by chance one time in 2^64; no key can be found by it. */
const CREDENTIAL_HEX = 16;

/** A key by its SHA-256 in hex, and who has it. */
interface Holder {
  readonly actor: Actor;
  readonly digest: string;
}

/**
 * People by the keys that are configured: operators by name, and API keys with the scope `operate`. An API key that only
 * reads belongs to a machine.
 */
export function configuredIdentity(operators: readonly Holder[], apiKeys: readonly ApiKey[]): OperatorIdentity {
  const holders = [...operators, ...apiKeys.flatMap(ofApiKey)];
  const known = holders.map(({ digest }) => Buffer.from(digest, 'hex'));
  const identified = holders.map(({ actor, digest }): Identified => ({
    actor,
    credential: digest.slice(0, CREDENTIAL_HEX),
  }));
  return {
    ofKey: (key) => {
      const presented = Buffer.from(digestOf(key), 'hex');
      // Every one is compared, so that timing tells nothing of them.
      const matching = known.map((digest) => timingSafeEqual(digest, presented));
      return identified[matching.indexOf(true)] ?? null;
    },
    current: ({ subject, via, credential }) => {
      const same = identified.find(({ actor, credential: own }) => actor.id === subject && own === credential);
      return Promise.resolve(via === 'key' && same ? same.actor : null);
    },
  };
}

function ofApiKey(key: ApiKey): Holder[] {
  const actor = key.scopes.includes('operate') ? actorOfKey(key) : null;
  return actor ? [{ actor, digest: key.digest }] : [];
}
