import { createPrivateKey, createPublicKey, generateKeyPair, randomBytes, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { newCertificateSerial, selfSignedCertificate } from './certificate';

/** The one merchant and app that the sandbox knows; the form of the real ones, the numbers of nobody. */
const MERCHANT_ID = '1900009999';
const APP_ID = 'wx8888888888888888';
/** What WeChat Pay issues today. */
const RSA_BITS = 2048;

/** As stored. PEM: private keys PKCS #8, public keys SPKI. */
export interface WechatKeys {
  readonly mchid: string;
  readonly appid: string;
  readonly merchantSerial: string;
  readonly merchantPrivateKey: string;
  readonly platformPrivateKey: string;
  readonly platformPublicKeyId: string;
  readonly platformPublicKey: string;
  readonly platformSerial: string;
  readonly platformCertificate: string;
  /** 32 ASCII characters: the AES-256 key is their bytes. */
  readonly apiV3Key: string;
}

/** The same, parsed once for signing. */
export interface WechatSecrets {
  readonly stored: WechatKeys;
  readonly merchantPublic: KeyObject;
  readonly platformPrivate: KeyObject;
}

/** Makes a throw-away merchant and platform. Public key and certificate stand for the same platform key. */
export async function makeWechatKeys(nowMs: number): Promise<WechatKeys> {
  const [merchant, platform] = await Promise.all([newKeyPair(), newKeyPair()]);
  const platformSerial = newCertificateSerial();
  return {
    mchid: MERCHANT_ID,
    appid: APP_ID,
    merchantSerial: newCertificateSerial(),
    merchantPrivateKey: merchant.privateKey,
    platformPrivateKey: platform.privateKey,
    platformPublicKeyId: `PUB_KEY_ID_${newPublicKeyNumber()}`,
    platformPublicKey: platform.publicKey,
    platformSerial,
    platformCertificate: selfSignedCertificate(platform.privateKey, platformSerial, 'Sandbox Platform', nowMs),
    apiV3Key: randomBytes(16).toString('hex'),
  };
}

export function parseSecrets(stored: WechatKeys): WechatSecrets {
  return {
    stored,
    merchantPublic: createPublicKey(stored.merchantPrivateKey),
    platformPrivate: createPrivateKey(stored.platformPrivateKey),
  };
}

/** Real ids are `PUB_KEY_ID_` and some 34 digits. */
function newPublicKeyNumber(): string {
  return BigInt(`0x${randomBytes(16).toString('hex')}`)
    .toString()
    .padStart(39, '0')
    .slice(0, 34);
}

function newKeyPair(): Promise<{ publicKey: string; privateKey: string }> {
  return promisify(generateKeyPair)('rsa', {
    modulusLength: RSA_BITS,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
}
