import { sign } from 'node:crypto';
import { type Answer, type WireAnswer } from '../faults/http-faults';
import { type Fault } from '../faults/registry';
import { type AlipaySecrets } from './keys';

/** RSA2 over UTF-8 text, base64. The two forgeries are genuine signatures: of another text, and by another key. */
export function signature(text: string, secrets: AlipaySecrets, fault: Fault | null): string {
  const signed = fault?.name === 'bad_signature' ? `${text}forged` : text;
  const key = fault?.name === 'unknown_serial' ? secrets.strangerPrivate : secrets.alipayPrivate;
  return sign('RSA-SHA256', Buffer.from(signed, 'utf8'), key).toString('base64');
}

/** The member that holds an answer: `alipay_trade_close_response`. */
export function responseKey(method: string): string {
  return `${method.replaceAll('.', '_')}_response`;
}

/**
 * Wraps and signs a response object: `{"<key>":{…},"sign":"…"}`. The signature covers the object's text exactly as
 * sent, slashes escaped as the real gateway does it: whoever serialises it again gets another text.
 */
export function signAnswer(answer: Answer, key: string, secrets: AlipaySecrets, fault: Fault | null): WireAnswer {
  const text = answer.body.replaceAll('/', '\\/');
  const signed = fault?.name === 'missing_signature' ? '' : `,"sign":"${signature(text, secrets, fault)}"`;
  return {
    status: answer.status,
    body: `{"${key}":${text}${signed}}`,
    headers: { 'Content-Type': 'text/html;charset=utf-8' },
  };
}
