import { createPrivateKey, createPublicKey, generateKeyPair, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

/** The one app and seller that the sandbox knows; the form of the real ones, the numbers of nobody. */
const APP_ID = '2021000000000001';
const SELLER_ID = '2088000000000001';
/** RSA2 demands it. */
const RSA_BITS = 2048;

/** As stored. PEM: private keys PKCS #8, public keys SPKI. */
export interface AlipayKeys {
  readonly appId: string;
  readonly sellerId: string;
  readonly appPrivateKey: string;
  readonly alipayPrivateKey: string;
  readonly alipayPublicKey: string;
}

/** The stored keys, parsed once. */
export interface AlipaySecrets {
  readonly stored: AlipayKeys;
  readonly appPublic: KeyObject;
  readonly alipayPrivate: KeyObject;
  /** A key that no client knows, for the fault `unknown_serial`: public-key mode has no serials to name it by. */
  readonly strangerPrivate: KeyObject;
}

/** Makes a throw-away app and platform. */
export async function makeAlipayKeys(): Promise<AlipayKeys> {
  const [app, platform] = await Promise.all([newKeyPair(), newKeyPair()]);
  return {
    appId: APP_ID,
    sellerId: SELLER_ID,
    appPrivateKey: app.privateKey,
    alipayPrivateKey: platform.privateKey,
    alipayPublicKey: platform.publicKey,
  };
}

export function parseSecrets(stored: AlipayKeys): AlipaySecrets {
  let stranger: KeyObject | null = null;
  return {
    stored,
    appPublic: createPublicKey(stored.appPrivateKey),
    alipayPrivate: createPrivateKey(stored.alipayPrivateKey),
    // Made when first asked for: few runs ever want it, and it takes a while.
    get strangerPrivate(): KeyObject {
      return (stranger ??= generateKeyPairSync('rsa', { modulusLength: RSA_BITS }).privateKey);
    },
  };
}

function newKeyPair(): Promise<{ publicKey: string; privateKey: string }> {
  return promisify(generateKeyPair)('rsa', {
    modulusLength: RSA_BITS,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
}
