import { type Answer } from '../faults/http-faults';
import { type Fault } from '../faults/registry';
import { type SandboxClock } from '../state/clock';
import { type Payments } from '../state/payments';
import { type Payment, type Refund, type RefundStatus } from '../state/types';
import { type AlipaySubCode, refusal, success } from './errors';
import { type RefundContent, type RefundQueryContent } from './fields';
import { refundQueryView, refundView, tradeStatus } from './render';

export interface RefundCommand {
  readonly op: 'refund';
  readonly content: RefundContent;
}

export interface RefundQueryCommand {
  readonly op: 'queryRefund';
  readonly content: RefundQueryContent;
}

type Settlement = Exclude<RefundStatus, 'PROCESSING'>;
export type Numbers = Pick<RefundContent, 'out_trade_no' | 'trade_no'>;

/** Alipay's refunds on the neutral core. `settleLater(refundNo, status, fault)` ends one that is in processing. */
export class AlipayRefunds {
  constructor(
    private readonly payments: Payments,
    private readonly clock: SandboxClock,
    private readonly findTrade: (numbers: Numbers) => Payment | null,
    private readonly settleLater: (refundNo: string, status: Settlement, fault: Fault) => void,
  ) {}

  /**
   * alipay.trade.refund: fund_change Y when this very call moved the money, N for a repeat and for a refund that is not
   * through yet. Without out_request_no the trade's own number counts as one, so that a full refund happens once too.
   */
  create({ content }: RefundCommand, fault: Fault | null): Answer {
    const payment = this.findTrade(content);
    if (!payment) return refusal('ACQ.TRADE_NOT_EXIST');
    const refundNo = content.out_request_no ?? payment.merchantNo;
    const earlier = this.payments.findRefund('alipay', refundNo);
    if (earlier && !isSame(earlier, payment, content)) return refusal('ACQ.DISCORDANT_REPEAT_REQUEST');
    // A failed one may be asked for again under its number: Alipay's advice.
    if (earlier && earlier.refund.status !== 'CLOSED') return success(refundView(payment, earlier.refund, 'N'));
    const objection = this.objection(payment, content, fault);
    if (objection) return refusal(objection);
    return this.begin(payment, refundNo, content, fault);
  }

  /** alipay.trade.fastpay.refund.query: 10000 without a refund_status where nothing (yet) went back under that number. */
  query({ content }: RefundQueryCommand): Answer {
    const payment = this.findTrade(content);
    if (!payment) return refusal('ACQ.TRADE_NOT_EXIST');
    const found = this.payments.findRefund('alipay', content.out_request_no);
    if (found?.payment.merchantNo !== payment.merchantNo) return success({});
    return success(refundQueryView(payment, found.refund));
  }

  private begin(payment: Payment, refundNo: string, content: RefundContent, fault: Fault | null): Answer {
    const fails = fault?.name === 'refund_closed';
    this.payments.requestRefund(payment, {
      refundNo,
      // Alipay numbers no refunds: trade and out_request_no identify one.
      refundId: refundNo,
      amount: { minor: content.refund_amount, currency: 'CNY' },
      reason: content.refund_reason ?? '',
      // A refund that fails is told to nobody.
      notifyUrl: fails ? null : payment.notifyUrl,
    });
    if (fails) this.payments.settleRefund('alipay', refundNo, 'CLOSED');
    else if (fault?.name === 'refund_processing') this.settleLater(refundNo, 'SUCCESS', fault);
    else this.payments.settleRefund('alipay', refundNo, 'SUCCESS');
    const now = this.payments.findRefund('alipay', refundNo);
    if (!now) return refusal('ACQ.SYSTEM_ERROR');
    return success(refundView(now.payment, now.refund, now.refund.status === 'SUCCESS' ? 'Y' : 'N'));
  }

  private objection(payment: Payment, content: RefundContent, fault: Fault | null): AlipaySubCode | null {
    if (!payment.paid) return 'ACQ.TRADE_STATUS_ERROR';
    if (tradeStatus(payment, this.clock.nowMs()) === 'TRADE_FINISHED') return 'ACQ.TRADE_HAS_FINISHED';
    if (fault?.name === 'refund_abnormal') return 'ACQ.SELLER_BALANCE_NOT_ENOUGH';
    const isPartial = content.refund_amount < payment.paid.amount.minor;
    if (isPartial && content.out_request_no === undefined) return 'ACQ.INVALID_PARAMETER';
    return content.refund_amount > this.payments.refundableMinor(payment) ? 'ACQ.REFUND_AMT_NOT_EQUAL_TOTAL' : null;
  }
}

function isSame(earlier: { payment: Payment; refund: Refund }, payment: Payment, content: RefundContent): boolean {
  return earlier.payment.merchantNo === payment.merchantNo && earlier.refund.amount.minor === content.refund_amount;
}
