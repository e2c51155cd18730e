import { createHash, randomBytes } from 'node:crypto';
import { type ApiKey, type Scope, SCOPES } from '../domain/access';

/** Shorter keys could be guessed; development and tests use readable ones. */
const SHORTEST_PRODUCTION_KEY = 24;

/** The digest under which a key is kept, compared and told apart from other clients' keys. */
export function digestOf(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

/** Reads `key=scope+scope;key=…`. What is wrong goes to `faults`, an entry each, and never repeats a key. */
export function parseApiKeys(value: string, production: boolean, faults: string[]): ApiKey[] {
  const entries = value.split(';').map((entry) => entry.trim());
  return entries
    .filter((entry) => entry !== '')
    .flatMap((entry, index) => {
      try {
        return [parseEntry(entry, `API_KEYS: entry ${index + 1}`, production)];
      } catch (error) {
        faults.push((error as Error).message);
        return [];
      }
    });
}

function parseEntry(entry: string, where: string, production: boolean): ApiKey {
  const [key = '', scopes = '', ...rest] = entry.split('=').map((part) => part.trim());
  if (key === '' || scopes === '' || rest.length > 0) throw new Error(`${where} is not of the form key=scope+scope`);
  if (production && key.length < SHORTEST_PRODUCTION_KEY) {
    throw new Error(`${where}: a key has at least ${SHORTEST_PRODUCTION_KEY} characters in production`);
  }
  const named = scopes.split('+').map((scope) => scope.trim());
  const unknown = named.filter((scope) => !(SCOPES as readonly string[]).includes(scope));
  // The scope is not repeated: written the wrong way round, it is the key.
  if (unknown.length > 0) throw new Error(`${where}: a scope is not one of ${SCOPES.join(', ')}`);
  return { digest: digestOf(key), scopes: named as Scope[] };
}

/** A key with every scope for development, where none is configured. Refused in production. */
export function developmentKey(production: boolean): { key: string; apiKey: ApiKey } {
  if (production) throw new Error('API_KEYS: must be set when NODE_ENV=production; no development key is made there');
  const key = `dev_${randomBytes(12).toString('base64url')}`;
  return { key, apiKey: { digest: digestOf(key), scopes: [...SCOPES] } };
}
