import { randomBytes, sign } from 'node:crypto';
import { type Answer, type WireAnswer } from '../faults/http-faults';
import { type Fault } from '../faults/registry';
import { type WechatSecrets } from './keys';

/** A serial in the platform's form that no client can know. */
const UNKNOWN_SERIAL = 'PUB_KEY_ID_9999999999999999999999999999999999';

/** The serial to sign under: the one the client says it can verify, else the public key's id. */
export function chooseSerial(named: string | undefined, secrets: WechatSecrets): string {
  const { platformPublicKeyId, platformSerial } = secrets.stored;
  return named?.toUpperCase() === platformSerial ? platformSerial : platformPublicKeyId;
}

/**
 * The platform's signature headers over raw bytes (`TIMESTAMP\nNONCE\nBODY\n`, RSA-SHA256), for answers and
 * notifications alike; an empty body is signed as well.
 */
export function signatureHeaders(
  body: string,
  serial: string,
  secrets: WechatSecrets,
  nowMs: number,
  fault: Fault | null,
): Record<string, string> {
  const shift = fault?.name === 'clock_skew' ? fault.ms : 0;
  const timestamp = String(Math.floor((nowMs + shift) / 1000));
  const nonce = randomBytes(16).toString('hex');
  // A bad signature is a genuine one, of another body: right form, right key, wrong bytes.
  const signedBody = fault?.name === 'bad_signature' ? `${body}forged` : body;
  const message = `${timestamp}\n${nonce}\n${signedBody}\n`;
  const headers: Record<string, string> = {
    'Wechatpay-Timestamp': timestamp,
    'Wechatpay-Nonce': nonce,
    'Wechatpay-Serial': fault?.name === 'unknown_serial' ? UNKNOWN_SERIAL : serial,
    'Wechatpay-Signature-Type': 'WECHATPAY2-SHA256-RSA2048',
  };
  if (fault?.name === 'missing_signature') return headers;
  return {
    ...headers,
    'Wechatpay-Signature': sign('RSA-SHA256', Buffer.from(message), secrets.platformPrivate).toString('base64'),
  };
}

/** A signed answer; every answer is one, errors and the empty 204 of close included. */
export function signAnswer(
  answer: Answer,
  serial: string,
  secrets: WechatSecrets,
  nowMs: number,
  fault: Fault | null,
): WireAnswer {
  const type: Record<string, string> = answer.body === '' ? {} : { 'Content-Type': 'application/json; charset=utf-8' };
  return {
    ...answer,
    headers: {
      ...type,
      'Request-ID': randomBytes(16).toString('hex').toUpperCase(),
      ...signatureHeaders(answer.body, serial, secrets, nowMs, fault),
    },
  };
}
