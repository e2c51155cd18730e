import { createDecipheriv } from 'node:crypto';

/** The encrypted part of a notification. */
export interface Sealed {
  /** Base64; the last 16 bytes are the GCM tag. */
  readonly ciphertext: string;
  /** 12 characters. */
  readonly nonce: string;
  readonly associatedData: string;
}

/** GCM's full tag: a shorter one would be easier to forge. */
const TAG_BYTES = 16;
/** The nonce length of AEAD_AES_256_GCM (RFC 5116). */
const NONCE_BYTES = 12;

/** Opens AEAD_AES_256_GCM; null where the tag doesn't vouch for ciphertext, nonce and associated data together. */
export function open(sealed: Sealed, key: Buffer): Buffer | null {
  const bytes = Buffer.from(sealed.ciphertext, 'base64');
  const nonce = Buffer.from(sealed.nonce, 'utf8');
  if (bytes.length < TAG_BYTES || nonce.length !== NONCE_BYTES) return null;
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(sealed.associatedData, 'utf8'));
  decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
  const start = decipher.update(bytes.subarray(0, bytes.length - TAG_BYTES));
  try {
    return Buffer.concat([start, decipher.final()]);
  } catch {
    return null;
  }
}
