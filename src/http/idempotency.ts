import { createHash } from 'node:crypto';
import { HoldfastError } from '../domain/errors';
import { type IdempotencyKey, type KeyRefusal } from '../ports/idempotency';
import { type RawCall } from './endpoint';

/**
 * What the call's Idempotency-Key stands for, or null where it has none. `action` is method and path, `body` the parsed
 * body. Throws `invalid_idempotency_key` unless there is exactly one, of 1 to 255 printable ASCII characters.
 */
export function idempotencyOf(
  call: Pick<RawCall, 'idempotencyKeys' | 'client'>,
  action: string,
  body: unknown,
): IdempotencyKey | null {
  const [key, ...others] = call.idempotencyKeys;
  if (key === undefined) return null;
  if (others.length > 0) throw new HoldfastError('invalid_idempotency_key', 'send one Idempotency-Key');
  if (!/^[\x20-\x7e]{1,255}$/.test(key)) throw new HoldfastError('invalid_idempotency_key');
  const fingerprint = createHash('sha256')
    .update(`${action}\n${canonicalJson(body)}`)
    .digest('hex');
  return { client: call.client.digest, key, fingerprint };
}

/** The error for a key that cannot be used. */
export function keyRefused({ t }: KeyRefusal): HoldfastError {
  return new HoldfastError(t === 'reused' ? 'idempotency_key_reused' : 'request_in_progress');
}

/** JSON with keys sorted: the same for bodies that say the same, in whatever order they say it. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
