import { randomInt } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** `count` random letters and digits. */
export function token(count: number): string {
  return Array.from({ length: count }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}

/** An id in Stripe's form: a prefix that tells the kind, then 24 letters and digits. */
export function newId(prefix: 'pi' | 'ch' | 're' | 'we' | 'evt' | 'req'): string {
  return `${prefix}_3${token(23)}`;
}

/** Sessions have longer ids, with the mode in them. */
export function newSessionId(): string {
  return `cs_test_a1${token(56)}`;
}
