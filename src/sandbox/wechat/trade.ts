import { createHash, randomBytes, randomInt } from 'node:crypto';
import { type Answer } from '../faults/http-faults';
import { type Fault } from '../faults/registry';
import { type SandboxClock } from '../state/clock';
import { type Payments, type PayResult } from '../state/payments';
import { type Money, type Payment } from '../state/types';
import { errorAnswer } from './errors';
import { type PrepayBody } from './fields';
import { tradeState, transaction } from './render';

export type TradeType = 'NATIVE' | 'JSAPI';

/** What a prepay asks for; `serial` is what the client can verify, and what its notifications are signed under. */
export interface PrepayCommand {
  readonly op: 'create';
  readonly tradeType: TradeType;
  readonly serial: string;
  readonly body: PrepayBody & { readonly payer?: { readonly openid: string } };
}

/** The QR code's content that Native answers; a phone's WeChat knows what to do with it. */
const CODE_URL_PREFIX = 'weixin://wxpay/bizpayurl?pr=';

/** WeChat Pay's prepay, query and close on the neutral core. Every method is one synchronous step. */
export class WechatTrade {
  constructor(
    private readonly payments: Payments,
    private readonly clock: SandboxClock,
  ) {}

  /** Prepay: the same parameters under an open number re-issue the same credential, and no second ledger row. */
  create(command: PrepayCommand): Answer {
    const { body, tradeType } = command;
    const existing = this.payments.get('wechat', body.out_trade_no);
    const fingerprint = fingerprintOf(tradeType, body);
    if (existing?.state === 'closed') return errorAnswer('ORDER_CLOSED', 'This out_trade_no is closed; use a new one');
    if (existing?.state === 'paid') return errorAnswer('ORDERPAID', 'This out_trade_no is paid');
    if (existing && existing.wire['fingerprint'] !== fingerprint) {
      return errorAnswer('INVALID_REQUEST', 'This out_trade_no was used with other parameters');
    }
    if (body.time_expire !== undefined && Date.parse(body.time_expire) <= this.clock.nowMs()) {
      const issue = 'must be in the future';
      return errorAnswer('PARAM_ERROR', `/time_expire: ${issue}`, { field: '/time_expire', issue, location: 'body' });
    }
    return credentialAnswer(existing ?? this.open(command, fingerprint));
  }

  /** Query by out_trade_no. An expired payment is NOTPAY until somebody closes it. */
  query(merchantNo: string, fault: Fault | null): Answer {
    const payment = this.payments.get('wechat', merchantNo);
    if (!payment) return errorAnswer('ORDER_NOT_EXIST', 'No such out_trade_no');
    const truth = tradeState(payment);
    const paying = fault?.name === 'user_paying' && truth === 'NOTPAY';
    const state = fault?.name === 'stale_query' ? 'NOTPAY' : paying ? 'USERPAYING' : truth;
    return { status: 200, body: JSON.stringify(transaction(payment, state, fault)) };
  }

  /** Close: 204 when it took effect, an error with its code when it did not. */
  close(merchantNo: string, fault: Fault | null): Answer {
    if (fault?.name === 'early_close_failure') {
      return errorAnswer('RULE_LIMIT', 'Too early: an order may be closed 5 minutes after it was created');
    }
    const isOpen = this.payments.get('wechat', merchantNo)?.state === 'open';
    if (isOpen && fault?.name === 'user_paying') return errorAnswer('USERPAYING', 'The buyer is paying');
    if (isOpen && fault?.name === 'broken_close') return { status: 204, body: '' };
    if (fault?.name === 'pay_before_close') this.buyerPays(merchantNo);
    switch (this.payments.close('wechat', merchantNo)) {
      case 'closed':
        return { status: 204, body: '' };
      case 'already_closed':
        return errorAnswer('ORDER_CLOSED', 'The order is closed already');
      case 'already_paid':
        return errorAnswer('ORDERPAID', 'The order is paid');
      case 'unknown':
        return errorAnswer('ORDERNOTEXIST', 'No such out_trade_no');
    }
  }

  /** The buyer pays. */
  buyerPays(merchantNo: string, amount?: Money): PayResult {
    const openid = this.payments.get('wechat', merchantNo)?.wire['openid'] || 'oSandboxBuyer0000000000000001';
    return this.payments.pay('wechat', merchantNo, { transactionId: this.newTransactionId(), payerId: openid, amount });
  }

  private open(command: PrepayCommand, fingerprint: string): Payment {
    const { body, tradeType, serial } = command;
    return this.payments.create({
      gateway: 'wechat',
      merchantNo: body.out_trade_no,
      amount: { minor: body.amount.total, currency: body.amount.currency },
      description: body.description,
      notifyUrl: body.notify_url,
      expiresAt: body.time_expire === undefined ? null : new Date(body.time_expire).toISOString(),
      wire: {
        appid: body.appid,
        mchid: body.mchid,
        attach: body.attach ?? '',
        openid: body.payer?.openid ?? '',
        tradeType,
        serial,
        fingerprint,
        credential: tradeType === 'NATIVE' ? `${CODE_URL_PREFIX}${newCode()}` : `wx${randomBytes(17).toString('hex')}`,
      },
    });
  }

  /** 28 digits like the real ones: 4200, six digits, the day in China, ten digits. */
  private newTransactionId(): string {
    const day = new Date(this.clock.nowMs() + 8 * 3_600_000).toISOString().slice(0, 10).replaceAll('-', '');
    return `4200${digits(6)}${day}${digits(10)}`;
  }
}

function credentialAnswer(payment: Payment): Answer {
  const credential = payment.wire['credential'];
  const answer = payment.wire['tradeType'] === 'JSAPI' ? { prepay_id: credential } : { code_url: credential };
  return { status: 200, body: JSON.stringify(answer) };
}

/** Nine characters, as after the real `pr=`. */
function newCode(): string {
  return `${randomBytes(5).toString('base64url')}zz`;
}

function digits(count: number): string {
  return Array.from({ length: count }, () => randomInt(10)).join('');
}

/** Equal for requests that say the same, whatever the order of their fields. */
function fingerprintOf(tradeType: TradeType, body: unknown): string {
  return createHash('sha256')
    .update(`${tradeType}\n${canonical(body)}`)
    .digest('hex');
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, entry]) => `${JSON.stringify(key)}:${canonical(entry)}`).join(',')}}`;
}
