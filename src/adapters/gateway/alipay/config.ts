import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';

/** A seller's app at Alipay, in public-key mode (no certificates). */
export interface AlipayConfig {
  /** The whole gateway address: `https://openapi.alipay.com/gateway.do`, or the sandbox's. */
  readonly baseUrl: string;
  readonly appId: string;
  /** The seller's user id, 2088…: whom notifications have to be about. */
  readonly sellerId: string;
  /** RSA of at least 2048 bits: PEM, or the bare base64 that Alipay's key tool writes (PKCS #8 or PKCS #1). */
  readonly appPrivateKey: string;
  /** *Alipay's* public key as the console shows it for this app, PEM or bare base64; not the app's own. */
  readonly alipayPublicKey: string;
  /** Where Alipay posts notifications. */
  readonly notifyUrl: string;
  /** Milliseconds for one call of the port, an inner query included. */
  readonly timeoutMs: number;
  /** Where a web cashier for the QR code is to be found (the sandbox's); null where the code is all there is. */
  readonly cashierBaseUrl: string | null;
  /**
   * What an attempt without a choice gets. `qr`: alipay.trade.precreate, a code to scan (default). `page`:
   * alipay.trade.page.pay, a signed link to Alipay's cashier.
   */
  readonly product?: 'qr' | 'page';
}

/** The keys of a configuration, normalised to PEM (PKCS #8, SPKI). */
export interface AlipayKeys {
  readonly appPrivateKeyPem: string;
  readonly alipayPublicKeyPem: string;
}

/** An activity that waits more than a minute for one answer is a mistake of units. */
const LONGEST_TIMEOUT_MS = 60_000;
/** What RSA2 demands. */
const SHORTEST_RSA_BITS = 2048;

/** Throws an Error that names the environment variable and what is wrong with it, never its value. */
export function validateAlipayConfig(config: AlipayConfig): void {
  const gateway = demandUrl('ALIPAY_BASE_URL', config.baseUrl);
  demand(
    gateway.pathname.length > 1 && gateway.search === '' && gateway.hash === '',
    'ALIPAY_BASE_URL is not the whole gateway address (…/gateway.do, without a query string)',
  );
  demand(/^\d{1,32}$/.test(config.appId), 'ALIPAY_APP_ID is not an app id (digits, at most 32)');
  demand(/^2088\d{12}$/.test(config.sellerId), 'ALIPAY_SELLER_ID is not a seller id (2088 and twelve digits)');
  const notify = demandUrl('ALIPAY_NOTIFY_URL', config.notifyUrl);
  demand(notify.hash === '', 'ALIPAY_NOTIFY_URL has a fragment');
  demand(config.notifyUrl.length <= 256, 'ALIPAY_NOTIFY_URL is longer than 256 characters: Alipay refuses that');
  if (config.cashierBaseUrl !== null) demandUrl('ALIPAY_CASHIER_BASE_URL', config.cashierBaseUrl);
  demand(
    Number.isInteger(config.timeoutMs) && config.timeoutMs >= 1 && config.timeoutMs <= LONGEST_TIMEOUT_MS,
    `the Alipay time limit is not a whole number of milliseconds from 1 to ${LONGEST_TIMEOUT_MS}`,
  );
  readAlipayKeys(config);
}

/** Reads the configuration's keys; throws as `validateAlipayConfig` does. */
export function readAlipayKeys(config: AlipayConfig): AlipayKeys {
  const appKey = readPrivateKey(config.appPrivateKey);
  if (!appKey)
    throw new Error('ALIPAY_APP_PRIVATE_KEY is not an RSA private key (PEM or base64, without a passphrase)');
  demandStrongRsa('ALIPAY_APP_PRIVATE_KEY', appKey);
  // createPublicKey would take a private key too and derive from it: here that is always the wrong file.
  const alipayKey = config.alipayPublicKey.includes('PRIVATE KEY') ? null : readPublicKey(config.alipayPublicKey);
  if (!alipayKey) throw new Error('ALIPAY_PUBLIC_KEY is not a public key (PEM or base64)');
  demandStrongRsa('ALIPAY_PUBLIC_KEY', alipayKey);
  const alipayPublicKeyPem = spki(alipayKey);
  demand(
    alipayPublicKeyPem !== spki(createPublicKey(appKey)),
    "ALIPAY_PUBLIC_KEY is the app's own public key: it has to be Alipay's, or no answer would verify",
  );
  return { appPrivateKeyPem: appKey.export({ type: 'pkcs8', format: 'pem' }).toString(), alipayPublicKeyPem };
}

function readPrivateKey(text: string): KeyObject | null {
  if (text.includes('-----BEGIN')) return attempt(() => createPrivateKey(text));
  const key = Buffer.from(text, 'base64');
  return (
    attempt(() => createPrivateKey({ key, format: 'der', type: 'pkcs8' })) ??
    attempt(() => createPrivateKey({ key, format: 'der', type: 'pkcs1' }))
  );
}

function readPublicKey(text: string): KeyObject | null {
  if (text.includes('-----BEGIN')) return attempt(() => createPublicKey(text));
  return attempt(() => createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' }));
}

function spki(key: KeyObject): string {
  return key.export({ type: 'spki', format: 'pem' }).toString();
}

function demandStrongRsa(name: string, key: KeyObject): void {
  const bits = key.asymmetricKeyType === 'rsa' ? (key.asymmetricKeyDetails?.modulusLength ?? 0) : 0;
  demand(bits >= SHORTEST_RSA_BITS, `${name} is not an RSA key of at least ${SHORTEST_RSA_BITS} bits`);
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
