import { sign, type KeyObject } from 'node:crypto';

/** Who signs: the merchant, and the serial number of the certificate that WeChat Pay checks the signature with. */
export interface MerchantSigner {
  readonly mchid: string;
  readonly merchantSerial: string;
  readonly merchantKey: KeyObject;
}

/** What is signed of a request. `target` is path and query exactly as sent; `body` is '' for GET. */
export interface SignedRequest {
  readonly method: 'GET' | 'POST';
  readonly target: string;
  readonly body: string;
  /** Seconds since the epoch. */
  readonly timestamp: number;
  /** Fresh for each request: WeChat Pay may refuse a repeat. */
  readonly nonce: string;
}

/** The `Authorization` scheme of WeChat Pay v3. */
export const SCHEME = 'WECHATPAY2-SHA256-RSA2048';

/**
 * The Authorization header of a request: RSA-SHA256 over `METHOD\nTARGET\nTIMESTAMP\nNONCE\nBODY\n`, base64.
 * Source: WeChat Pay v3, "How to sign a request".
 */
export function authorization(signer: MerchantSigner, request: SignedRequest): string {
  const { method, target, timestamp, nonce, body } = request;
  const message = `${method}\n${target}\n${timestamp}\n${nonce}\n${body}\n`;
  const signature = sign('RSA-SHA256', Buffer.from(message, 'utf8'), signer.merchantKey).toString('base64');
  const fields = {
    mchid: signer.mchid,
    nonce_str: nonce,
    signature,
    timestamp: String(timestamp),
    serial_no: signer.merchantSerial,
  };
  return `${SCHEME} ${Object.entries(fields)
    .map(([name, value]) => `${name}="${value}"`)
    .join(',')}`;
}
