import { createDecipheriv, randomBytes, sign, verify } from 'node:crypto';

/** `/_sandbox/credentials`, the part about WeChat. */
export interface WechatCredentials {
  baseUrl: string;
  mchid: string;
  appid: string;
  merchantSerial: string;
  merchantPrivateKey: string;
  platformPublicKeyId: string;
  platformPublicKey: string;
  platformCertificate: string;
  apiV3Key: string;
}

/** The union of what the tests read in WeChat's bodies and decrypted resources; absent fields are undefined. */
export interface WireBody {
  code?: string;
  message?: string;
  detail?: { field?: string };
  code_url?: string;
  prepay_id?: string;
  appid?: string;
  mchid?: string;
  out_trade_no?: string;
  trade_state?: string;
  trade_type?: string;
  transaction_id?: string;
  success_time?: string;
  payer?: { openid?: string };
  amount?: { total?: number; payer_total?: number; refund?: number; currency?: string; payer_currency?: string };
  status?: string;
  refund_id?: string;
  refund_status?: string;
  data?: { serial_no: string; encrypt_certificate: Resource }[];
}

/** An AEAD_AES_256_GCM resource as it comes. */
export interface Resource {
  algorithm: string;
  ciphertext: string;
  nonce: string;
  associated_data: string;
}

export interface SignedAnswer {
  status: number;
  headers: Headers;
  text: string;
  /** The parsed body; `{}` when it isn't JSON. */
  json: WireBody;
  /** Whether the platform's signature covers exactly these bytes. */
  verified: boolean;
}

/** How a test makes its request wrong; everything not named is right. */
export interface Tweaks {
  nonce?: string;
  timestamp?: number;
  mchid?: string;
  serialNo?: string;
  signature?: string;
  authorization?: string;
  headers?: Record<string, string>;
  /** Sent instead of the body that was signed. */
  sentBody?: string;
  signal?: AbortSignal;
}

/** A WeChat Pay v3 client of a few lines, written from the public documentation and independent of the product. */
export class TestWechatClient {
  constructor(readonly credentials: WechatCredentials) {}

  static async of(url: string): Promise<TestWechatClient> {
    const answer = await fetch(`${url}/_sandbox/credentials`);
    return new TestWechatClient(((await answer.json()) as { wechat: WechatCredentials }).wechat);
  }

  prepayBody(no: string, changes: Record<string, unknown> = {}): Record<string, unknown> {
    return {
      appid: this.credentials.appid,
      mchid: this.credentials.mchid,
      description: 'A pot of tea',
      out_trade_no: no,
      time_expire: '2099-01-01T08:00:00+08:00',
      notify_url: 'http://127.0.0.1:9/dead',
      amount: { total: 1999, currency: 'CNY' },
      ...changes,
    };
  }

  create(no: string, changes: Record<string, unknown> = {}, tweaks: Tweaks = {}): Promise<SignedAnswer> {
    return this.call('POST', '/v3/pay/transactions/native', this.prepayBody(no, changes), tweaks);
  }

  query(no: string, tweaks: Tweaks = {}): Promise<SignedAnswer> {
    return this.call('GET', `${noPath(no)}?mchid=${this.credentials.mchid}`, undefined, tweaks);
  }

  close(no: string, tweaks: Tweaks = {}): Promise<SignedAnswer> {
    return this.call('POST', `${noPath(no)}/close`, { mchid: this.credentials.mchid }, tweaks);
  }

  refund(no: string, refundNo: string, refund: number, total = 1999, notifyUrl?: string): Promise<SignedAnswer> {
    const amount = { refund, total, currency: 'CNY' };
    const body = { out_trade_no: no, out_refund_no: refundNo, amount, ...(notifyUrl ? { notify_url: notifyUrl } : {}) };
    return this.call('POST', '/v3/refund/domestic/refunds', body);
  }

  queryRefund(refundNo: string): Promise<SignedAnswer> {
    return this.call('GET', `/v3/refund/domestic/refunds/${refundNo}`);
  }

  async call(method: string, path: string, body?: unknown, tweaks: Tweaks = {}): Promise<SignedAnswer> {
    const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
    const answer = await fetch(this.credentials.baseUrl + path, {
      method,
      headers: {
        Accept: 'application/json',
        ...(method === 'POST' ? { 'Content-Type': 'application/json' } : {}),
        Authorization: tweaks.authorization ?? this.authorization(method, path, text, tweaks),
        ...tweaks.headers,
      },
      ...(method === 'POST' ? { body: tweaks.sentBody ?? text } : {}),
      ...(tweaks.signal ? { signal: tweaks.signal } : {}),
    });
    const answered = await answer.text();
    return {
      status: answer.status,
      headers: answer.headers,
      text: answered,
      json: parse(answered),
      verified: this.verifies((name) => answer.headers.get(name), answered),
    };
  }

  /** Verifies a platform signature with the key that its serial names. */
  verifies(header: (name: string) => string | null, body: string): boolean {
    const [timestamp, nonce, serial, signature] = ['Timestamp', 'Nonce', 'Serial', 'Signature'].map(
      (name) => header(`Wechatpay-${name}`) ?? '',
    );
    if (!serial || !signature) return false;
    const key = serial.startsWith('PUB_KEY_ID_')
      ? serial === this.credentials.platformPublicKeyId && this.credentials.platformPublicKey
      : this.credentials.platformCertificate;
    if (!key) return false;
    return verify(
      'RSA-SHA256',
      Buffer.from(`${timestamp}\n${nonce}\n${body}\n`),
      key,
      Buffer.from(signature, 'base64'),
    );
  }

  /** Decrypts a resource; throws when the tag doesn't fit. */
  decrypt(resource: Resource): string {
    const bytes = Buffer.from(resource.ciphertext, 'base64');
    const decipher = createDecipheriv('aes-256-gcm', this.credentials.apiV3Key, resource.nonce);
    decipher.setAuthTag(bytes.subarray(-16)).setAAD(Buffer.from(resource.associated_data));
    return decipher.update(bytes.subarray(0, -16), undefined, 'utf8') + decipher.final('utf8');
  }

  private authorization(method: string, path: string, body: string, tweaks: Tweaks): string {
    const nonce = tweaks.nonce ?? randomBytes(16).toString('hex');
    const timestamp = tweaks.timestamp ?? Math.floor(Date.now() / 1000);
    const message = `${method}\n${path}\n${timestamp}\n${nonce}\n${body}\n`;
    const signature =
      tweaks.signature ??
      sign('RSA-SHA256', Buffer.from(message), this.credentials.merchantPrivateKey).toString('base64');
    const mchid = tweaks.mchid ?? this.credentials.mchid;
    const serial = tweaks.serialNo ?? this.credentials.merchantSerial;
    return `WECHATPAY2-SHA256-RSA2048 mchid="${mchid}",nonce_str="${nonce}",signature="${signature}",timestamp="${timestamp}",serial_no="${serial}"`;
  }
}

function noPath(no: string): string {
  return `/v3/pay/transactions/out-trade-no/${no}`;
}

function parse(text: string): WireBody {
  try {
    return JSON.parse(text) as WireBody;
  } catch {
    return {};
  }
}
