import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** AES-256. */
export const KEY_BYTES = 32;
/** What GCM takes without hashing it first (NIST SP 800-38D). Random: the keys here encrypt far fewer than 2^32 texts. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** First byte of every box, so that another format can be told apart one day. */
const FORMAT = 1;

/** Encrypts and authenticates, together with `context`, which is not in the box: `1 | nonce | ciphertext | tag`. */
export function encrypt(key: Uint8Array, plain: Uint8Array, context: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(context));
  return Buffer.concat([Buffer.of(FORMAT), nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** Opens a box. Throws unless key, context and every bit of it are what they were. */
export function decrypt(key: Uint8Array, sealed: Uint8Array, context: string): Buffer {
  const box = Buffer.from(sealed);
  if (box[0] !== FORMAT || box.length < 1 + NONCE_BYTES + TAG_BYTES)
    throw new Error('not a sealed box of this version');
  const nonce = box.subarray(1, 1 + NONCE_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
    .setAAD(Buffer.from(context))
    .setAuthTag(box.subarray(-TAG_BYTES));
  return Buffer.concat([decipher.update(box.subarray(1 + NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
}
