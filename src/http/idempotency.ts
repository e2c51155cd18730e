import { createHash } from 'node:crypto';
import { type BuyerForms, personalDataOf, type ShippingAddress } from '../domain/buyer-fields';
import { HoldfastError } from '../domain/errors';
import { type IdempotencyKey, type KeyRefusal } from '../ports/idempotency';
import { type RawCall } from './endpoint';

/** Digests of a text by which a repeat is recognised: the one to keep first, then those that were kept earlier. */
export type Digests = (text: string) => readonly string[];

const plainDigest: Digests = (text) => [createHash('sha256').update(text).digest('hex')];

/**
 * What the call's Idempotency-Key stands for, or null where it has none. `action` is method and path, `body` the parsed
 * body. Throws `invalid_idempotency_key` unless there is exactly one, of 1 to 255 printable ASCII characters.
 */
export function idempotencyOf(
  call: Pick<RawCall, 'idempotencyKeys' | 'client'>,
  action: string,
  body: unknown,
  digests: Digests = plainDigest,
): IdempotencyKey | null {
  const key = theKey(call.idempotencyKeys);
  if (key === null) return null;
  const [fingerprint = '', ...earlier] = digests(`${action}\n${canonicalJson(body)}`);
  const found = { client: call.client.digest, key, fingerprint };
  return earlier.length > 0 ? { ...found, earlierFingerprints: earlier } : found;
}

/** The one key of a request, or null; throws `invalid_idempotency_key` for more than one and for what is none. */
export function theKey([key, ...others]: readonly string[]): string | null {
  if (key === undefined) return null;
  if (others.length > 0) throw new HoldfastError('invalid_idempotency_key', 'send one Idempotency-Key');
  if (!/^[\x20-\x7e]{1,255}$/.test(key)) throw new HoldfastError('invalid_idempotency_key');
  return key;
}

/**
 * The same for a placing. The fingerprint of a body with personal data is a keyed digest: a plain one would tell whoever
 * has the database which of his guesses at a phone number is right.
 */
export function placingKey(
  call: Pick<RawCall, 'idempotencyKeys' | 'client'>,
  action: string,
  body: {
    readonly form?: BuyerForms | null | undefined;
    readonly shippingAddress?: ShippingAddress | null | undefined;
    readonly payment?: { readonly payerId?: string | null | undefined } | null | undefined;
  },
  personalDigests: Digests,
): IdempotencyKey | null {
  const sealed = personalDataOf({ form: body.form ?? null, shippingAddress: body.shippingAddress ?? null });
  const personal = sealed !== null || body.payment?.payerId != null;
  return idempotencyOf(call, action, body, personal ? personalDigests : plainDigest);
}

/** How the contract tells of a repeat, for the endpoints that say so. */
export const REPLAYED = { 'Idempotent-Replayed': '`true` on the answer of an earlier request with the same key.' };

/** The header itself, on a repeat only. */
export function replayedHeader(replayed: boolean): Partial<Record<keyof typeof REPLAYED, string>> {
  return replayed ? { 'Idempotent-Replayed': 'true' } : {};
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
