import { createPublicKey, randomBytes, sign } from 'node:crypto';

/**
 * A minimal self-signed X.509 v3 certificate (RFC 5280), encoded by hand because node:crypto reads certificates but
 * makes none and `openssl` may be absent. Only what a WeChat client looks at: serial, validity, public key.
 */

const TAG = {
  integer: 0x02,
  bitString: 0x03,
  null: 0x05,
  oid: 0x06,
  utf8: 0x0c,
  utcTime: 0x17,
  sequence: 0x30,
  set: 0x31,
};
/** [0] EXPLICIT, which wraps the version. */
const CONTEXT_0 = 0xa0;
/** sha256WithRSAEncryption, 1.2.840.113549.1.1.11 (RFC 8017). */
const SHA256_WITH_RSA = Buffer.from('2a864886f70d01010b', 'hex');
/** id-at-commonName, 2.5.4.3 (RFC 5280). */
const COMMON_NAME = Buffer.from('550403', 'hex');
/** Version 3 is encoded as 2. */
const X509_V3 = Buffer.from([2]);
/** As long as WeChat's own platform certificates live. */
const YEARS_VALID = 5;

/**
 * A 20-byte certificate serial in the form WeChat writes it: 40 upper-case hex digits. The first byte is 0x40..0x7f, so
 * the DER integer is positive and has no leading zero: what X.509 readers print is the same 40 digits.
 */
export function newCertificateSerial(): string {
  const bytes = randomBytes(20);
  bytes[0] = 0x40 | ((bytes[0] ?? 0) & 0x3f);
  return bytes.toString('hex').toUpperCase();
}

/**
 * Makes a self-signed certificate.
 * @param privateKeyPem RSA private key, PKCS #8 PEM; the certificate holds its public key
 * @param serial from `newCertificateSerial`
 * @param fromMs first moment of validity, ms since the epoch
 * @returns PEM
 */
export function selfSignedCertificate(
  privateKeyPem: string,
  serial: string,
  commonName: string,
  fromMs: number,
): string {
  const publicKey = createPublicKey(privateKeyPem).export({ type: 'spki', format: 'der' });
  const algorithm = der(TAG.sequence, der(TAG.oid, SHA256_WITH_RSA), der(TAG.null));
  const name = der(
    TAG.sequence,
    der(TAG.set, der(TAG.sequence, der(TAG.oid, COMMON_NAME), der(TAG.utf8, Buffer.from(commonName)))),
  );
  const until = new Date(fromMs);
  until.setUTCFullYear(until.getUTCFullYear() + YEARS_VALID);
  const toBeSigned = der(
    TAG.sequence,
    der(CONTEXT_0, der(TAG.integer, X509_V3)),
    der(TAG.integer, Buffer.from(serial, 'hex')),
    algorithm,
    name,
    der(TAG.sequence, utcTime(new Date(fromMs)), utcTime(until)),
    name,
    publicKey,
  );
  const signature = sign('RSA-SHA256', toBeSigned, privateKeyPem);
  const noUnusedBits = Buffer.from([0]);
  const certificate = der(TAG.sequence, toBeSigned, algorithm, der(TAG.bitString, noUnusedBits, signature));
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function utcTime(time: Date): Buffer {
  const digits = time
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replace(/[-:T]/g, '');
  return der(TAG.utcTime, Buffer.from(digits.slice(2), 'ascii'));
}

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag]), derLength(content.length), content]);
}

/** DER lengths: one byte below 128, else the count of length bytes and the bytes. */
function derLength(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const hex = length.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return Buffer.concat([Buffer.from([0x80 | bytes.length]), bytes]);
}
