import { createCipheriv, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { newCertificateSerial, selfSignedCertificate } from '../../src/sandbox/wechat/certificate';
import { type WechatConfig } from '../../src/adapters/gateway/wechat/config';
import { type RawNotification } from '../../src/ports/payment-gateway';

/** A payment as WeChat Pay tells it, in its own field names; what isn't given is a paid one of our merchant. */
export interface TestTransaction {
  readonly mchid?: string;
  readonly appid?: string;
  readonly out_trade_no?: string;
  readonly trade_state?: string;
  readonly transaction_id?: string;
  readonly success_time?: string;
  readonly amount?: { readonly total: number; readonly currency?: string };
}

export interface TestNotification {
  /** The event's id; the same in every delivery. */
  readonly id?: string;
  readonly eventType?: string;
  readonly transaction?: TestTransaction;
  /** Milliseconds since the epoch; default: now. */
  readonly at?: number;
}

/** A refund as its notification tells it, in WeChat Pay's field names; what isn't given is a succeeded one. */
export interface TestRefund {
  readonly mchid?: string;
  readonly out_trade_no?: string;
  readonly out_refund_no?: string;
  readonly refund_id?: string;
  readonly refund_status?: string;
}

/** A platform certificate with its key: what a rotation brings. */
export interface TestCertificate {
  readonly serial: string;
  readonly pem: string;
  readonly privateKey: KeyObject;
}

/** Makes a self-signed platform certificate, valid for five years from the given moment. */
export function testCertificate(fromMs = Date.now(), bits = 2048): TestCertificate {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: bits });
  const serial = newCertificateSerial();
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { serial, pem: selfSignedCertificate(key, serial, 'Test Platform', fromMs), privateKey };
}

const PLATFORM_SERIAL = 'PUB_KEY_ID_0000000000000000000000000000000001';

/**
 * Stands in for WeChat Pay's side of the signatures, with throw-away keys: signs answers, makes notifications, and gives
 * the adapter configuration that believes both. Like stripe-node's `generateTestHeaderString`.
 */
export class WechatSigner {
  private readonly platform = generateKeyPairSync('rsa', { modulusLength: 2048 });
  private readonly merchant = generateKeyPairSync('rsa', { modulusLength: 2048 });
  private readonly apiV3Key = randomBytes(16).toString('hex');

  /** A configuration that trusts this signer. */
  config(overrides: Partial<WechatConfig> = {}): WechatConfig {
    return {
      baseUrl: 'http://127.0.0.1:9',
      mchid: '1900000001',
      appid: 'wx1234567890abcdef',
      merchantSerial: '5157F09EFDC096DE15EBE81A47057A7232F1B8E1',
      merchantPrivateKey: this.merchant.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      apiV3Key: this.apiV3Key,
      platformKeys: [
        {
          serial: PLATFORM_SERIAL,
          publicKeyPem: this.platform.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
        },
      ],
      notifyUrl: 'http://127.0.0.1:9/v1/webhooks/wechat',
      timeoutMs: 10_000,
      cashierBaseUrl: null,
      ...overrides,
    };
  }

  /** The merchant's public key, to check the adapter's requests with. */
  get merchantPublicKey(): KeyObject {
    return this.merchant.publicKey;
  }

  /** The four signature headers (lower case) for a body; `at` in milliseconds since the epoch; `by` a rotated-in certificate. */
  headers(body: string | Buffer, at = Date.now(), by?: TestCertificate): Record<string, string> {
    const timestamp = String(Math.floor(at / 1000));
    const nonce = randomBytes(16).toString('hex');
    const message = Buffer.concat([Buffer.from(`${timestamp}\n${nonce}\n`), Buffer.from(body), Buffer.from('\n')]);
    return {
      'wechatpay-serial': by?.serial ?? PLATFORM_SERIAL,
      'wechatpay-timestamp': timestamp,
      'wechatpay-nonce': nonce,
      'wechatpay-signature': sign('RSA-SHA256', message, by?.privateKey ?? this.platform.privateKey).toString('base64'),
    };
  }

  /** A signed notification, encrypted as WeChat Pay does it: ready for `parseNotification` or for the webhook's route. */
  notification(what: TestNotification = {}): RawNotification {
    return this.signed(
      {
        id: what.id ?? 'event-1',
        create_time: '2026-01-01T08:00:00+08:00',
        resource_type: 'encrypt-resource',
        event_type: what.eventType ?? 'TRANSACTION.SUCCESS',
        summary: 'payment succeeded',
        resource: { original_type: 'transaction', ...this.seal(this.transaction(what.transaction)) },
      },
      what.at,
    );
  }

  /** A signed notification of a refund's end; the event type follows the status unless given. */
  refundNotification(refund: TestRefund = {}, what: Omit<TestNotification, 'transaction'> = {}): RawNotification {
    const content = this.refund(refund);
    return this.signed(
      {
        id: what.id ?? 'event-1',
        event_type: what.eventType ?? `REFUND.${content.refund_status}`,
        resource: { original_type: 'refund', ...this.seal(content, 'refund') },
      },
      what.at,
    );
  }

  /** Any body, signed as it stands. */
  signed(body: unknown, at = Date.now(), by?: TestCertificate): RawNotification {
    const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
    return { headers: { 'content-type': 'application/json', ...this.headers(bytes, at, by) }, body: bytes };
  }

  /** A paid transaction of this merchant, with the given fields instead of the usual ones. */
  transaction(fields: TestTransaction = {}): TestTransaction {
    const { mchid, appid } = this.config();
    return {
      mchid,
      appid,
      out_trade_no: 'pay_test_1',
      trade_state: 'SUCCESS',
      transaction_id: '4200000000202601010000000001',
      success_time: '2026-01-01T08:00:00+08:00',
      amount: { total: 1999, currency: 'CNY' },
      ...fields,
    };
  }

  /** A succeeded refund of this merchant's transaction, with the given fields instead of the usual ones. */
  refund(fields: TestRefund = {}): TestRefund {
    return {
      mchid: this.config().mchid,
      out_trade_no: 'pay_test_1',
      out_refund_no: 'ref_test_1',
      refund_id: '50000000002026010100000000001',
      refund_status: 'SUCCESS',
      ...fields,
    };
  }

  /** The body of `GET /v3/certificates`. */
  certificateList(certificates: readonly Pick<TestCertificate, 'serial' | 'pem'>[]): string {
    const data = certificates.map(({ serial, pem }) => ({
      serial_no: serial,
      effective_time: '2026-01-01T08:00:00+08:00',
      expire_time: '2031-01-01T08:00:00+08:00',
      encrypt_certificate: this.seal(pem, 'certificate'),
    }));
    return JSON.stringify({ data });
  }

  /** AEAD_AES_256_GCM over the value's JSON (a string is taken as it is). */
  seal(value: unknown, associatedData = 'transaction'): Record<string, string> {
    const nonce = randomBytes(6).toString('hex');
    const cipher = createCipheriv('aes-256-gcm', Buffer.from(this.apiV3Key), Buffer.from(nonce));
    cipher.setAAD(Buffer.from(associatedData));
    const plain = typeof value === 'string' ? value : JSON.stringify(value);
    const bytes = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return {
      algorithm: 'AEAD_AES_256_GCM',
      ciphertext: bytes.toString('base64'),
      nonce,
      associated_data: associatedData,
    };
  }
}
