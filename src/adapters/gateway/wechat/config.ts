import { createPrivateKey, createPublicKey, X509Certificate, type KeyObject } from 'node:crypto';

/** A key that WeChat Pay signs its answers with, and the serial it names it by in `Wechatpay-Serial`. */
export interface PlatformKey {
  /** `PUB_KEY_ID_…` of a platform public key, or the serial number (hexadecimal) of a platform certificate. */
  readonly serial: string;
  /** PEM of the public key (SPKI) or of the X.509 certificate. */
  readonly publicKeyPem: string;
}

/** A direct merchant's access to WeChat Pay v3. */
export interface WechatConfig {
  /** Bare origin, without a path: `https://api.mch.weixin.qq.com`, or the sandbox's. */
  readonly baseUrl: string;
  readonly mchid: string;
  readonly appid: string;
  /** Serial number of the merchant's API certificate. */
  readonly merchantSerial: string;
  /** PEM, PKCS #8, RSA of at least 2048 bits. */
  readonly merchantPrivateKey: string;
  /** APIv3 key: 32 bytes, opens the notifications' resource. */
  readonly apiV3Key: string;
  /** The first is the one that answers are asked to be signed with; the others are believed as well (rotation), and so are certificates downloaded later. */
  readonly platformKeys: readonly PlatformKey[];
  /** Where WeChat Pay posts notifications; no query string. */
  readonly notifyUrl: string;
  /** Milliseconds for one call of the port, an inner query included; the deployment's figure and its reason are in src/config. */
  readonly timeoutMs: number;
  /** Where a web cashier for the native code is to be found (the sandbox's); null where the code is all there is. */
  readonly cashierBaseUrl: string | null;
}

/** An activity that waits more than a minute for one answer is a mistake of units. */
const LONGEST_TIMEOUT_MS = 60_000;

/** WeChat Pay's RSA2048; shorter keys can be forged with today's means. */
const SHORTEST_RSA_BITS = 2048;

/** The documented length of the APIv3 key: an AES-256 key as it stands. */
const API_V3_KEY_BYTES = 32;

/** The keys of a configuration, read once. */
export interface WechatKeys {
  readonly merchantKey: KeyObject;
  readonly apiV3Key: Buffer;
  readonly platformKeys: ReadonlyMap<string, KeyObject>;
  /** The serial sent as `Wechatpay-Serial`. */
  readonly preferredSerial: string;
}

/** Throws an Error that names the environment variable and what is wrong with it, never its value. */
export function validateWechatConfig(config: WechatConfig): void {
  demandOrigin('WECHAT_BASE_URL', config.baseUrl);
  demand(/^\d{1,32}$/.test(config.mchid), 'WECHAT_MCHID is not a merchant number (digits, at most 32)');
  demand(/^\w{1,32}$/.test(config.appid), 'WECHAT_APPID is not an app id (letters and digits, at most 32)');
  demand(
    /^[0-9A-Za-z]{1,64}$/.test(config.merchantSerial),
    'WECHAT_MERCHANT_SERIAL is not a certificate serial number (hexadecimal)',
  );
  const notify = demandUrl('WECHAT_NOTIFY_URL', config.notifyUrl);
  demand(notify.search === '' && notify.hash === '', 'WECHAT_NOTIFY_URL has a query string: WeChat Pay refuses that');
  demand(config.notifyUrl.length <= 255, 'WECHAT_NOTIFY_URL is longer than 255 characters: WeChat Pay refuses that');
  if (config.cashierBaseUrl !== null) demandUrl('WECHAT_CASHIER_BASE_URL', config.cashierBaseUrl);
  demand(
    Number.isInteger(config.timeoutMs) && config.timeoutMs >= 1 && config.timeoutMs <= LONGEST_TIMEOUT_MS,
    `the WeChat Pay time limit is not a whole number of milliseconds from 1 to ${LONGEST_TIMEOUT_MS}`,
  );
  readWechatKeys(config);
}

/** Reads the configuration's keys; throws as `validateWechatConfig` does. */
export function readWechatKeys(config: WechatConfig): WechatKeys {
  const apiV3Key = Buffer.from(config.apiV3Key, 'utf8');
  demand(apiV3Key.length === API_V3_KEY_BYTES, `WECHAT_API_V3_KEY is not exactly ${API_V3_KEY_BYTES} bytes long`);
  const [preferred] = config.platformKeys;
  if (!preferred) throw new Error('WECHAT_PLATFORM_PUBLIC_KEY is missing: answers could not be verified');
  const platformKeys = new Map(config.platformKeys.map((key) => [key.serial, readPlatformKey(key)]));
  demand(
    platformKeys.size === config.platformKeys.length,
    'WECHAT_PLATFORM_PUBLIC_KEY_ID is given twice: one of its keys would never be used',
  );
  return {
    merchantKey: readMerchantKey(config.merchantPrivateKey),
    apiV3Key,
    platformKeys,
    preferredSerial: preferred.serial,
  };
}

function readMerchantKey(pem: string): KeyObject {
  const key = attempt(() => createPrivateKey(pem));
  if (!key) throw new Error('WECHAT_MERCHANT_PRIVATE_KEY is not a PEM private key (PKCS #8, without a passphrase)');
  demandStrongRsa('WECHAT_MERCHANT_PRIVATE_KEY', key);
  return key;
}

function readPlatformKey({ serial, publicKeyPem }: PlatformKey): KeyObject {
  const name = `WECHAT_PLATFORM_PUBLIC_KEY (${serial})`;
  demand(
    /^\w{1,64}$/.test(serial),
    'WECHAT_PLATFORM_PUBLIC_KEY_ID is neither PUB_KEY_ID_… nor a certificate serial number (hexadecimal)',
  );
  // createPublicKey would take a private key too and derive from it: here that is always the wrong file.
  const key = publicKeyPem.includes('PRIVATE KEY') ? null : attempt(() => createPublicKey(publicKeyPem));
  if (!key) throw new Error(`${name} is neither a PEM public key nor a PEM certificate`);
  demandStrongRsa(name, key);
  if (publicKeyPem.includes('BEGIN CERTIFICATE')) {
    const actual = new X509Certificate(publicKeyPem).serialNumber;
    demand(
      sameSerial(actual, serial),
      `${name} is a certificate with another serial number than WECHAT_PLATFORM_PUBLIC_KEY_ID`,
    );
  }
  return key;
}

/** Whether two spellings of a certificate's serial number mean the same. */
export function sameSerial(a: string, b: string): boolean {
  const bare = (serial: string) => serial.toUpperCase().replace(/^0+/, '');
  return bare(a) === bare(b);
}

function demandStrongRsa(name: string, key: KeyObject): void {
  demand(isStrongRsa(key), `${name} is not an RSA key of at least ${SHORTEST_RSA_BITS} bits`);
}

/** Whether a key is RSA and long enough to be believed. */
export function isStrongRsa(key: KeyObject): boolean {
  const bits = key.asymmetricKeyType === 'rsa' ? (key.asymmetricKeyDetails?.modulusLength ?? 0) : 0;
  return bits >= SHORTEST_RSA_BITS;
}

function demandOrigin(name: string, value: string): void {
  const url = demandUrl(name, value);
  demand(url.pathname === '/' && url.search === '' && url.hash === '', `${name} is not a bare origin: it has a path`);
}

function demandUrl(name: string, value: string): URL {
  const url = attempt(() => new URL(value));
  if (!url || !/^https?:$/.test(url.protocol)) throw new Error(`${name} is not an http(s) URL`);
  return url;
}

function demand(condition: boolean, message: string): void {
  if (!condition) throw new Error(message);
}

/** The value, or null where making it throws: the reason could quote the secret, so it isn't passed on. */
function attempt<T>(make: () => T): T | null {
  try {
    return make();
  } catch {
    return null;
  }
}
