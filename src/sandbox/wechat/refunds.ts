import { randomInt } from 'node:crypto';
import { type Answer } from '../faults/http-faults';
import { type Fault } from '../faults/registry';
import { type Payments } from '../state/payments';
import { type Payment, type Refund, type RefundStatus } from '../state/types';
import { errorAnswer } from './errors';
import { type RefundBody } from './fields';
import { refundView } from './render';

export interface RefundCommand {
  readonly op: 'refund';
  readonly body: RefundBody;
}

type Settlement = Exclude<RefundStatus, 'PROCESSING'>;

/** How a refund ends. Without a fault it succeeds at once; the faults answer PROCESSING first, as the real one does. */
const END_BY_FAULT: Partial<Record<Fault['name'], Settlement>> = {
  refund_processing: 'SUCCESS',
  refund_abnormal: 'ABNORMAL',
  refund_closed: 'CLOSED',
};

/** WeChat Pay's domestic refunds on the neutral core. `settleLater(refundNo, status, fault)` ends one in processing. */
export class WechatRefunds {
  constructor(
    private readonly payments: Payments,
    private readonly findPayment: (body: RefundBody) => Payment | null,
    private readonly settleLater: (refundNo: string, status: Settlement, fault: Fault) => void,
  ) {}

  /** Requests a refund; the same out_refund_no with the same amount answers the first one again and refunds once. */
  create(command: RefundCommand, fault: Fault | null): Answer {
    const { body } = command;
    const payment = this.findPayment(body);
    if (!payment) return errorAnswer('RESOURCE_NOT_EXISTS', 'No such order');
    const earlier = this.payments.findRefund('wechat', body.out_refund_no);
    if (earlier) return repeated(earlier.payment, earlier.refund, payment, body);
    const refusal = this.refusal(payment, body);
    if (refusal) return refusal;
    const refund = this.payments.requestRefund(payment, {
      refundNo: body.out_refund_no,
      refundId: newRefundId(),
      amount: { minor: body.amount.refund, currency: body.amount.currency },
      reason: body.reason ?? '',
      notifyUrl: body.notify_url ?? null,
    });
    const end = fault ? END_BY_FAULT[fault.name] : undefined;
    if (fault && end) this.settleLater(refund.refundNo, end, fault);
    else this.payments.settleRefund('wechat', refund.refundNo, 'SUCCESS');
    return this.query(refund.refundNo);
  }

  query(refundNo: string): Answer {
    const found = this.payments.findRefund('wechat', refundNo);
    if (!found) return errorAnswer('RESOURCE_NOT_EXISTS', 'No such out_refund_no');
    return { status: 200, body: JSON.stringify(refundView(found.payment, found.refund)) };
  }

  private refusal(payment: Payment, body: RefundBody): Answer | null {
    if (!payment.paid) return errorAnswer('INVALID_REQUEST', 'The order is not paid');
    if (body.amount.total !== payment.paid.amount.minor) {
      return errorAnswer('INVALID_REQUEST', 'amount.total is not what was paid');
    }
    if (body.amount.refund > this.payments.refundableMinor(payment)) {
      return errorAnswer('INVALID_REQUEST', 'The refunds would exceed what was paid');
    }
    return null;
  }
}

function repeated(owner: Payment, refund: Refund, payment: Payment, body: RefundBody): Answer {
  const same = owner.merchantNo === payment.merchantNo && refund.amount.minor === body.amount.refund;
  if (!same) return errorAnswer('INVALID_REQUEST', 'This out_refund_no was used with other parameters');
  return { status: 200, body: JSON.stringify(refundView(owner, refund)) };
}

/** 29 digits beginning with 50, like the real ones. */
function newRefundId(): string {
  return `50${Array.from({ length: 27 }, () => randomInt(10)).join('')}`;
}
