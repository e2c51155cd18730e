import './fetch-first';
import { AlipaySdk } from 'alipay-sdk';
import { type AlipayConfig, type AlipayKeys } from './config';
import { chinaTime } from './wire-values';

export type Method =
  | 'alipay.trade.precreate'
  | 'alipay.trade.page.pay'
  | 'alipay.trade.query'
  | 'alipay.trade.close'
  | 'alipay.trade.refund'
  | 'alipay.trade.fastpay.refund.query';

export type Content = Readonly<Record<string, string>>;

/** RSA2 in both directions. */
export interface AlipayCrypto {
  /** The signed parameters as a form body (or query string), stamped with China's time of `nowMs`. */
  request(method: Method, content: Content, notifyUrl: string | null, nowMs: number): string;
  /** Whether Alipay signed exactly this text. `signature` is canonical base64. */
  verifies(text: string, signature: string): boolean;
  /** Whether Alipay signed these parameters of a notification. */
  verifiesNotification(parameters: Readonly<Record<string, string>>): boolean;
}

/**
 * The official SDK, as far as it can be trusted with money: it signs requests and checks RSA2. Its `exec` isn't used:
 * 1. it verifies only when asked to, and then one text while it returns another: the raw text is found by searching for
 *    the member's name, the returned one by JSON.parse, and a key spelt with an escape separates the two
 *    (test/unit/alipay/sdk.test.ts keeps the proof);
 * 2. it stamps requests with the machine's local time (here `timestamp` is given, which it then leaves alone);
 * 3. its time limit doesn't cover the body, and it has neither a size limit nor an abort signal.
 */
export function createCrypto(config: AlipayConfig, keys: AlipayKeys): AlipayCrypto {
  const sdk = new AlipaySdk({
    appId: config.appId,
    privateKey: keys.appPrivateKeyPem,
    keyType: 'PKCS8',
    alipayPublicKey: keys.alipayPublicKeyPem,
    signType: 'RSA2',
  });
  return {
    request: (method, bizContent, notifyUrl, nowMs) =>
      sdk.sdkExecute(
        method,
        { timestamp: chinaTime(nowMs), format: 'JSON', bizContent, ...(notifyUrl === null ? {} : { notifyUrl }) },
        { bizContentAutoSnakeCase: false },
      ),
    verifies: (text, signature) => isCanonical(signature) && sdk.rsaCheck(text, signature, 'RSA2'),
    verifiesNotification: (parameters) =>
      // The SDK would take the hash from the message itself, RSA-SHA1 included.
      parameters['sign_type'] === 'RSA2' && isCanonical(parameters['sign'] ?? '') && sdk.checkNotifySignV2(parameters),
  };
}

/** Base64 that encodes back to itself: the decoder skips what it doesn't know, so that many texts are one signature. */
function isCanonical(signature: string): boolean {
  return signature !== '' && Buffer.from(signature, 'base64').toString('base64') === signature;
}
