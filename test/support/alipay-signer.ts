import { generateKeyPairSync, sign } from 'node:crypto';
import { type AlipayConfig } from '../../src/adapters/gateway/alipay/config';
import { type RawNotification } from '../../src/ports/payment-gateway';

type Fields = Readonly<Record<string, string>>;

/**
 * Stands in for Alipay's side of the signatures, with throw-away keys: signs answers, makes notifications, and gives the
 * adapter configuration that believes both. Like stripe-node's `generateTestHeaderString`.
 */
export class AlipaySigner {
  private readonly platform = generateKeyPairSync('rsa', { modulusLength: 2048 });
  private readonly app = generateKeyPairSync('rsa', { modulusLength: 2048 });

  /** A configuration that trusts this signer. */
  config(overrides: Partial<AlipayConfig> = {}): AlipayConfig {
    return {
      baseUrl: 'http://127.0.0.1:9/gateway.do',
      appId: '2021000000000042',
      sellerId: '2088000000000042',
      appPrivateKey: this.app.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      alipayPublicKey: this.platform.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      notifyUrl: 'http://127.0.0.1:9/v1/webhooks/alipay',
      timeoutMs: 10_000,
      cashierBaseUrl: null,
      ...overrides,
    };
  }

  /** RSA2 over UTF-8 text, base64. */
  sign(text: string): string {
    return sign('RSA-SHA256', Buffer.from(text, 'utf8'), this.platform.privateKey).toString('base64');
  }

  /** A signed answer under that member; a string is taken as the response object's text as it stands. */
  answer(key: string, body: object | string): string {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return `{"${key}":${text},"sign":"${this.sign(text)}"}`;
  }

  /** A signed notification of a paid trade, with the given fields instead of the usual ones ('' leaves one out). */
  notification(changes: Fields = {}): RawNotification {
    const { appId, sellerId } = this.config();
    const usual: Fields = {
      app_id: appId,
      charset: 'utf-8',
      gmt_payment: '2026-01-01 08:05:00',
      notify_id: 'event-1',
      notify_time: '2026-01-01 08:05:01',
      notify_type: 'trade_status_sync',
      out_trade_no: 'pay_test_1',
      seller_id: sellerId,
      subject: 'A pot of tea',
      total_amount: '19.99',
      trade_no: '2026010122001400000000000001',
      trade_status: 'TRADE_SUCCESS',
      version: '1.0',
    };
    const fields = Object.entries({ ...usual, ...changes }).filter(([, value]) => value !== '');
    return this.form(fields);
  }

  /** Any fields, signed as Alipay does it; `signType` is what the form claims. */
  form(fields: readonly (readonly [string, string])[], signType = 'RSA2'): RawNotification {
    const text = [...fields]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => `${name}=${value}`)
      .join('&');
    const all: [string, string][] = [
      ...fields.map(([name, value]): [string, string] => [name, value]),
      ['sign_type', signType],
      ['sign', this.sign(text)],
    ];
    return {
      headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
      body: Buffer.from(new URLSearchParams(all).toString()),
    };
  }
}
