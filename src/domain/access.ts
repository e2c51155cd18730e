/** What an API key may do: place and cancel orders, keep the catalogue, act as an operator, look. */
export const SCOPES = ['orders', 'catalog', 'operate', 'read'] as const;
export type Scope = (typeof SCOPES)[number];

/** An API key as the service keeps it: its SHA-256 in hex, never the key itself. */
export interface ApiKey {
  readonly digest: string;
  readonly scopes: readonly Scope[];
}
