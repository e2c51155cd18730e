import { randomBytes, sign, type KeyObject } from 'node:crypto';
import { type Clock } from '../../../ports/clock';

/** What a page inside WeChat calls the cashier with: the argument of `getBrandWCPayRequest`, in WeChat's own spelling. */
export interface JsapiInvocation {
  readonly appId: string;
  /** Seconds since the epoch, as a string: some phones refuse a number. */
  readonly timeStamp: string;
  readonly nonceStr: string;
  /** `prepay_id=…`; good for two hours. */
  readonly package: string;
  readonly signType: 'RSA';
  readonly paySign: string;
}

/**
 * Signs the invocation of a prepayment: RSA-SHA256 with the merchant's key over `APPID\nTIMESTAMP\nNONCE\nPACKAGE\n`,
 * base64. Two invocations of one prepayment differ in nonce and signature and pay the same payment.
 * Source: WeChat Pay v3, "JSAPI: invoking the payment".
 */
export function jsapiInvocation(appid: string, merchantKey: KeyObject, prepayId: string, now: Clock): JsapiInvocation {
  const timeStamp = String(Math.floor(now() / 1000));
  const nonceStr = randomBytes(16).toString('hex');
  const packaged = `prepay_id=${prepayId}`;
  const message = `${appid}\n${timeStamp}\n${nonceStr}\n${packaged}\n`;
  const paySign = sign('RSA-SHA256', Buffer.from(message, 'utf8'), merchantKey).toString('base64');
  return { appId: appid, timeStamp, nonceStr, package: packaged, signType: 'RSA', paySign };
}
