import { type Answer } from '../faults/http-faults';
import { type Fault } from '../faults/registry';
import { type SandboxClock } from '../state/clock';
import { type Payment, type Refund, type RefundStatus } from '../state/types';
import { errorAnswer, StripeRefusal } from './errors';
import { type Announcements } from './events';
import { type ListQuery, type RefundCreate } from './fields';
import { newId } from './ids';
import { listView, refundedMinor, refundView } from './objects';
import { type StripePayments } from './payments';
import { KEY_LIFE_MS, type StripeRecords } from './records';

export interface RefundCommand {
  readonly op: 'refund';
  readonly key: string | null;
  readonly body: RefundCreate;
}

type Settlement = Exclude<RefundStatus, 'PROCESSING'>;

/** How a refund ends. Without a fault it succeeds at once, as a card's does; the faults answer `pending` first. */
const END_BY_FAULT: Partial<Record<Fault['name'], Settlement>> = {
  refund_processing: 'SUCCESS',
  refund_abnormal: 'ABNORMAL',
  refund_closed: 'CLOSED',
};

/** Stripe's refunds on the neutral core. `settleLater(refundNo, status, fault)` ends one in processing. */
export class StripeRefunds {
  constructor(
    private readonly payments: StripePayments,
    private readonly everything: () => Payment[],
    private readonly records: StripeRecords,
    private readonly announce: Announcements,
    private readonly clock: SandboxClock,
    private readonly settleLater: (refundNo: string, status: Settlement, fault: Fault) => void,
  ) {}

  /** The payment that a refund is asked for. @throws StripeRefusal 404 */
  paymentOf(body: Pick<RefundCreate, 'payment_intent' | 'charge'>): Payment {
    const [field, id] =
      body.payment_intent === undefined ? ['charge', body.charge] : ['paymentIntent', body.payment_intent];
    const found = this.everything().find(({ gateway, wire }) => gateway === 'stripe' && wire[field] === id);
    if (!found) throw StripeRefusal.missing(body.payment_intent === undefined ? 'charge' : 'payment_intent', id ?? '');
    return found;
  }

  create({ body, key }: RefundCommand, fault: Fault | null): Answer {
    const earlier = key === null ? null : this.records.refundNoteByKey(key);
    const made = earlier && this.byId(earlier.refundId);
    if (made && Date.parse(made.refund.requestedAt) > this.clock.nowMs() - KEY_LIFE_MS)
      return this.show(made.payment, made.refund);
    const payment = this.paymentOf(body);
    const left = (payment.paid?.amount.minor ?? 0) - refundedMinor(payment);
    const minor = body.amount ?? left;
    const refusal = refusalOf(payment, minor, left);
    if (refusal) return refusal;
    const refundId = newId('re');
    const named = body.metadata['refundNo'];
    // Stripe knows no refund numbers: a second refund of one number is another refund, under its own id here.
    const refundNo = named !== undefined && !this.payments.findRefund('stripe', named) ? named : refundId;
    this.records.keepRefundNote({ refundId, metadata: body.metadata, reason: body.reason ?? null, key });
    const { currency } = payment.amount;
    const details = { refundNo, refundId, amount: { minor, currency }, reason: body.reason ?? '', notifyUrl: null };
    this.payments.requestRefund(payment, details);
    const end = fault ? END_BY_FAULT[fault.name] : undefined;
    if (fault && end) this.settleLater(refundNo, end, fault);
    else this.settle(refundNo, 'SUCCESS');
    return this.retrieve(refundId);
  }

  settle(refundNo: string, status: Settlement): void {
    this.payments.settleRefund('stripe', refundNo, status);
    const found = this.payments.findRefund('stripe', refundNo);
    if (found) this.announce.refunded(found.payment, refundNo);
  }

  retrieve(id: string): Answer {
    const found = this.byId(id);
    if (!found) throw StripeRefusal.missing('refund', id);
    return this.show(found.payment, found.refund);
  }

  /** Newest first, all or one payment's. */
  list(query: ListQuery): Answer {
    const { payment_intent, charge } = query;
    const views = this.everything()
      .filter(({ gateway }) => gateway === 'stripe')
      .filter(({ wire }) => payment_intent === undefined || wire['paymentIntent'] === payment_intent)
      .filter(({ wire }) => charge === undefined || wire['charge'] === charge)
      .flatMap((payment) => payment.refunds.map((refund) => ({ payment, refund })))
      .sort((a, b) => b.refund.requestedAt.localeCompare(a.refund.requestedAt))
      .map(({ payment, refund }) => refundView(payment, refund, this.records.refundNote(refund.refundId)));
    return { status: 200, body: JSON.stringify(listView('/v1/refunds', views, query)) };
  }

  /** The number that faults on a refund's query are matched by. */
  merchantNoOf(id: string): string {
    return this.byId(id)?.payment.merchantNo ?? '';
  }

  private byId(refundId: string): { payment: Payment; refund: Refund } | null {
    for (const payment of this.everything()) {
      const refund = payment.refunds.find((candidate) => candidate.refundId === refundId);
      if (refund) return { payment, refund };
    }
    return null;
  }

  private show(payment: Payment, refund: Refund): Answer {
    const view = refundView(payment, refund, this.records.refundNote(refund.refundId));
    return { status: 200, body: JSON.stringify(view) };
  }
}

function refusalOf(payment: Payment, minor: number, left: number): Answer | null {
  const refuse = (message: string, extra = {}): Answer => errorAnswer(400, 'invalid_request_error', message, extra);
  if (!payment.paid) return refuse('This PaymentIntent does not have a successful charge to refund.');
  if (left === 0) return refuse('The charge has already been refunded.', { code: 'charge_already_refunded' });
  if (minor > left)
    return refuse(`Refund amount is greater than unrefunded amount on charge (${left})`, { param: 'amount' });
  return null;
}
