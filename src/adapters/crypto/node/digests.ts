import { createHmac, hkdfSync } from 'node:crypto';
import { type DataKey } from '../../../config/types';
import { KEY_BYTES } from './gcm';

/** Keeps these digests' keys apart from those that wrap, although both come of the same master key. */
const PURPOSE = 'holdfast idempotency fingerprint';

/**
 * Digests that nobody can test guesses against without a master key: HMAC-SHA-256 in hex, the current master key's first,
 * then one per earlier key, so that a fingerprint made before a rotation is still recognised.
 */
export function keyedDigests(masterKeys: readonly DataKey[]): (text: string) => readonly string[] {
  const keys = masterKeys.map(({ key }) => Buffer.from(hkdfSync('sha256', key, '', PURPOSE, KEY_BYTES)));
  return (text) => keys.map((key) => createHmac('sha256', key).update(text).digest('hex'));
}
