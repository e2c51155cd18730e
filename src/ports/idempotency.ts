/** What a client's Idempotency-Key stands for. */
export interface IdempotencyKey {
  /** Whose key it is (a digest of the API key): two clients may use the same key. */
  readonly client: string;
  readonly key: string;
  /** Digest of the call and its canonical body: the same key with another one is refused. */
  readonly fingerprint: string;
  /** The same by master keys that were in use earlier: a record made then is still recognised. */
  readonly earlierFingerprints?: readonly string[];
}

/** A key that cannot be used: for another body, or while its first request is still being answered. */
export type KeyRefusal = { readonly t: 'reused' } | { readonly t: 'inProgress' };
