import { sign, verify } from 'node:crypto';

/** `/_sandbox/credentials`, the part about Alipay. */
export interface AlipayCredentials {
  baseUrl: string;
  appId: string;
  sellerId: string;
  appPrivateKey: string;
  alipayPublicKey: string;
}

export interface AlipayAnswer {
  status: number;
  text: string;
  /** The response object's fields; `{}` when there is none. */
  body: Record<string, string | undefined>;
  /** Which member held it: `alipay_trade_close_response`, `error_response`. */
  key: string;
  /** Whether Alipay's signature covers exactly the raw text of that member. */
  verified: boolean;
}

/** How a test makes its request wrong or unusual; everything not named is right. */
export interface AlipayTweaks {
  /** Replaces or (null) removes public parameters before signing. */
  parameters?: Record<string, string | null>;
  /** The same after signing. */
  afterSigning?: Record<string, string>;
  /** Where the parameters travel; default: all in the body. */
  carrier?: 'body' | 'query' | 'split';
  signal?: AbortSignal;
}

/** An Alipay client of a few lines, written from the public documentation and independent of product and SDK. */
export class TestAlipayClient {
  constructor(readonly credentials: AlipayCredentials) {}

  static async of(url: string): Promise<TestAlipayClient> {
    const answer = await fetch(`${url}/_sandbox/credentials`);
    return new TestAlipayClient(((await answer.json()) as { alipay: AlipayCredentials }).alipay);
  }

  precreate(no: string, changes: Record<string, unknown> = {}, tweaks: AlipayTweaks = {}): Promise<AlipayAnswer> {
    const content = { out_trade_no: no, total_amount: '19.99', subject: 'A pot of tea', ...changes };
    return this.call('alipay.trade.precreate', { time_expire: '2099-01-01 08:00:00', ...content }, tweaks);
  }

  query(no: string, tweaks: AlipayTweaks = {}): Promise<AlipayAnswer> {
    return this.call('alipay.trade.query', { out_trade_no: no }, tweaks);
  }

  close(no: string, tweaks: AlipayTweaks = {}): Promise<AlipayAnswer> {
    return this.call('alipay.trade.close', { out_trade_no: no }, tweaks);
  }

  refund(no: string, requestNo: string, amount: string): Promise<AlipayAnswer> {
    const content = { out_trade_no: no, out_request_no: requestNo, refund_amount: amount };
    return this.call('alipay.trade.refund', content);
  }

  queryRefund(no: string, requestNo: string): Promise<AlipayAnswer> {
    return this.call('alipay.trade.fastpay.refund.query', { out_trade_no: no, out_request_no: requestNo });
  }

  async call(method: string, content: unknown, tweaks: AlipayTweaks = {}): Promise<AlipayAnswer> {
    const parameters = this.parameters(method, content, tweaks);
    const inQuery = Object.entries(parameters).filter(([name]) => {
      const carrier = tweaks.carrier ?? 'body';
      return carrier === 'query' || (carrier === 'split' && name !== 'biz_content');
    });
    const inBody = Object.entries(parameters).filter(([name]) => !inQuery.some(([taken]) => taken === name));
    const answer = await fetch(`${this.credentials.baseUrl}?${new URLSearchParams(inQuery).toString()}`, {
      method: 'POST',
      body: new URLSearchParams(inBody),
      redirect: 'manual',
      ...(tweaks.signal ? { signal: tweaks.signal } : {}),
    });
    return this.read(answer.status, await answer.text());
  }

  /** The signed public parameters of a call. */
  parameters(method: string, content: unknown, tweaks: AlipayTweaks = {}): Record<string, string> {
    const usual = {
      app_id: this.credentials.appId,
      method,
      format: 'JSON',
      charset: 'utf-8',
      sign_type: 'RSA2',
      timestamp: new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' '),
      version: '1.0',
      biz_content: typeof content === 'string' ? content : JSON.stringify(content),
      ...tweaks.parameters,
    };
    const named = Object.entries(usual).filter((entry): entry is [string, string] => entry[1] !== null);
    const text = named
      .filter(([name, value]) => name !== 'sign' && value !== '')
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => `${name}=${value}`)
      .join('&');
    const signature = sign('RSA-SHA256', Buffer.from(text), this.credentials.appPrivateKey).toString('base64');
    return { ...Object.fromEntries(named), sign: signature, ...tweaks.afterSigning };
  }

  /** Whether a delivered notification (its form body) verifies: all fields but sign and sign_type, sorted. */
  verifiesNotice(body: string): boolean {
    const fields = [...new URLSearchParams(body)];
    const signature = fields.find(([name]) => name === 'sign')?.[1] ?? '';
    const text = fields
      .filter(([name]) => name !== 'sign' && name !== 'sign_type')
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => `${name}=${value}`)
      .join('&');
    return this.isSigned(text, signature);
  }

  private read(status: number, text: string): AlipayAnswer {
    const match = /^\{"(\w+_response)":(\{.*\})(?:,"sign":"([^"]*)")?\}$/s.exec(text);
    const [, key = '', raw = '{}', signature = ''] = match ?? [];
    return {
      status,
      text,
      key,
      body: JSON.parse(raw) as AlipayAnswer['body'],
      verified: this.isSigned(raw, signature),
    };
  }

  private isSigned(text: string, signature: string): boolean {
    const bytes = Buffer.from(signature, 'base64');
    return verify('RSA-SHA256', Buffer.from(text), this.credentials.alipayPublicKey, bytes);
  }
}
