import { createHash, randomBytes, randomInt } from 'node:crypto';
import { type Answer } from '../faults/http-faults';
import { type Fault } from '../faults/registry';
import { type SandboxClock } from '../state/clock';
import { type Payments, type PayResult } from '../state/payments';
import { type Money, type Payment } from '../state/types';
import { refusal, success } from './errors';
import { type OrderContent } from './fields';
import { tradeStatus, tradeView } from './render';
import { type Scans } from './scans';
import { chinaTime, parseChinaTime } from './wire-values';

export type Product = 'precreate' | 'page.pay';

/** What precreate and page.pay ask for; amounts in fen. */
export interface CreateCommand {
  readonly op: 'create';
  readonly product: Product;
  readonly notifyUrl: string | null;
  readonly content: OrderContent;
}

/** The content of the QR code that precreate answers. */
const QR_PREFIX = 'https://qr.alipay.com/bax';

/**
 * Alipay's trades on the neutral core. A payment is created by the merchant, the *trade* by the buyer's scan: before it,
 * query and close say ACQ.TRADE_NOT_EXIST, and the code stays payable until its time_expire.
 * Every method is one synchronous step.
 */
export class AlipayTrade {
  constructor(
    private readonly payments: Payments,
    private readonly scans: Scans,
    private readonly clock: SandboxClock,
    private readonly sellerId: string,
  ) {}

  /** The same parameters under an open number issue the same code again, and no second ledger row. */
  create(command: CreateCommand): Answer {
    const { content, product } = command;
    const existing = this.touch(content.out_trade_no);
    const fingerprint = fingerprintOf(command);
    if (existing?.state === 'closed') return refusal('ACQ.TRADE_HAS_CLOSE');
    if (existing?.state === 'paid') return refusal('ACQ.TRADE_HAS_SUCCESS');
    if (existing && existing.wire['fingerprint'] !== fingerprint) return refusal('ACQ.CONTEXT_INCONSISTENT');
    if (content.time_expire !== undefined && parseChinaTime(content.time_expire) <= this.clock.nowMs()) {
      return refusal('ACQ.INVALID_PARAMETER', 'time_expire must be in the future');
    }
    const payment = existing ?? this.open(command, fingerprint);
    if (product === 'page.pay') {
      return { status: 302, body: `/pay/${encodeURIComponent(payment.merchantNo)}` };
    }
    return success({ out_trade_no: payment.merchantNo, qr_code: payment.wire['credential'] });
  }

  /** alipay.trade.query. `user_paying` has the buyer scan first: the trade waits for the buyer, and so says the query. */
  query(merchantNo: string, fault: Fault | null): Answer {
    if (fault?.name === 'user_paying') this.buyerScans(merchantNo);
    const payment = this.trade(merchantNo);
    if (!payment) return refusal('ACQ.TRADE_NOT_EXIST');
    const status = fault?.name === 'stale_query' ? 'WAIT_BUYER_PAY' : tradeStatus(payment, this.clock.nowMs());
    return success(tradeView(payment, status, fault));
  }

  /** alipay.trade.close: a success is a trade that nobody can pay any more; what isn't waiting can't be closed. */
  close(merchantNo: string, fault: Fault | null): Answer {
    if (fault?.name === 'user_paying') this.buyerScans(merchantNo);
    if (fault?.name === 'pay_before_close') this.buyerPays(merchantNo);
    const payment = this.trade(merchantNo);
    if (!payment) return refusal('ACQ.TRADE_NOT_EXIST');
    if (payment.state === 'open' && fault?.name === 'early_close_failure') return refusal('ACQ.REASON_ILLEGAL_STATUS');
    if (payment.state === 'open' && fault?.name === 'user_paying') return refusal('ACQ.TRADE_STATUS_ERROR');
    const closed = success({ out_trade_no: merchantNo, trade_no: payment.wire['tradeNo'] });
    if (payment.state === 'open' && fault?.name === 'broken_close') return closed;
    switch (this.payments.close('alipay', merchantNo)) {
      case 'closed':
        return closed;
      case 'already_closed':
        return refusal('ACQ.REASON_TRADE_STATUS_INVALID');
      case 'already_paid':
        return refusal('ACQ.TRADE_STATUS_ERROR');
      case 'unknown':
        return refusal('ACQ.TRADE_NOT_EXIST');
    }
  }

  /** The buyer scans the code or logs in at the cashier: from now on there is a trade. False when there is no live code. */
  buyerScans(merchantNo: string): boolean {
    const payment = this.payments.get('alipay', merchantNo);
    if (!payment) return false;
    if (this.scans.at(merchantNo) !== null) return true;
    if (payment.state !== 'open' || this.payments.isExpired(payment)) return false;
    this.scans.note(merchantNo, this.clock.nowIso());
    return true;
  }

  /** The buyer pays, scanning first if need be. */
  buyerPays(merchantNo: string, amount?: Money): PayResult {
    this.buyerScans(merchantNo);
    const wire = this.payments.get('alipay', merchantNo)?.wire ?? {};
    const by = { transactionId: wire['tradeNo'] ?? '', payerId: wire['buyerId'] ?? '', amount };
    return this.payments.pay('alipay', merchantNo, by);
  }

  /** An opened trade, in today's state; null where Alipay would know none. */
  trade(merchantNo: string): Payment | null {
    return this.scans.at(merchantNo) === null ? null : this.touch(merchantNo);
  }

  /** Alipay closes an opened and unpaid trade by itself when its time is over; noted as soon as anybody asks. */
  private touch(merchantNo: string): Payment | null {
    const payment = this.payments.get('alipay', merchantNo);
    const over = payment?.state === 'open' && this.scans.at(merchantNo) !== null && this.payments.isExpired(payment);
    if (!over) return payment;
    this.payments.close('alipay', merchantNo);
    return this.payments.get('alipay', merchantNo);
  }

  private open({ content, notifyUrl, product }: CreateCommand, fingerprint: string): Payment {
    const expiry = content.time_expire;
    return this.payments.create({
      gateway: 'alipay',
      merchantNo: content.out_trade_no,
      amount: { minor: content.total_amount, currency: 'CNY' },
      description: content.subject,
      notifyUrl,
      expiresAt: expiry === undefined ? null : new Date(parseChinaTime(expiry)).toISOString(),
      wire: {
        // The cashier page shows it as the merchant.
        mchid: this.sellerId,
        product,
        fingerprint,
        // Issued now for the trade that the scan will make; shown to nobody before.
        tradeNo: this.newTradeNo(),
        buyerId: '2088100000000001',
        credential: `${QR_PREFIX}${randomBytes(12).toString('hex')}`,
      },
    });
  }

  /** 28 digits like the real ones: the day in China, 2200, sixteen digits. */
  private newTradeNo(): string {
    const day = chinaTime(this.clock.nowIso()).slice(0, 10).replaceAll('-', '');
    return `${day}2200${Array.from({ length: 16 }, () => randomInt(10)).join('')}`;
  }
}

/** Equal for requests that say the same, whatever the order of their fields. */
function fingerprintOf({ content, notifyUrl, product }: CreateCommand): string {
  const entries = Object.entries({ ...content, notifyUrl, product }).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(entries)).digest('hex');
}
