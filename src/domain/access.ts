/** What an API key may do: place and cancel orders, keep the catalogue, act as an operator, look. */
export const SCOPES = ['orders', 'catalog', 'operate', 'read'] as const;
export type Scope = (typeof SCOPES)[number];

/** An API key as the service keeps it: its SHA-256 in hex, never the key itself. */
export interface ApiKey {
  readonly digest: string;
  readonly scopes: readonly Scope[];
}

/** What a person of the operations may do: look, act, be the second person who lets an action through. */
export const ROLES = ['viewer', 'operator', 'approver'] as const;
export type Role = (typeof ROLES)[number];

/** Who acts: a person, or an API key that operates. `name` is what colleagues read. */
export interface Actor {
  readonly id: string;
  readonly name: string;
  readonly roles: readonly Role[];
}

/** Digits of a key's digest that name whoever acts with it: enough to tell keys apart, and no way back to one. */
const DIGITS_OF_A_NAME = 12;

/** Who acts with an API key: `operate` may act and approve, `read` may look. Null for a key that may neither. */
export function actorOfKey({ digest, scopes }: ApiKey): Actor | null {
  const operates = scopes.includes('operate');
  if (!operates && !scopes.includes('read')) return null;
  const digits = digest.slice(0, DIGITS_OF_A_NAME);
  return { id: `key_${digits}`, name: `API key ${digits.slice(0, 6)}`, roles: operates ? ROLES : ['viewer'] };
}
