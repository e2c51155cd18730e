import { type PaymentAttempt } from '../../src/domain/order';
import { type QueryOutcome } from '../../src/domain/payment';
import { type Finding, type FindingCode, type FoundDetails, type ReconcileSubject } from '../../src/domain/reconcile';
import { type Refund } from '../../src/domain/refund';
import { type KnownAttempt } from '../../src/ports/reconcile-reads';
import { type Examined, type Scope } from '../../src/ports/reconciliation';
import { refOf } from '../payment';
import { requestOf } from '../refund';
import { type ReconcilePorts } from './ports';
import { sideBySide } from './side-by-side';

/** Questions to gateways under way at once, all gateways together. */
const AT_ONCE = 3;

/** What one question came to: findings, or no answer to go by. */
type Look = { readonly subject: ReconcileSubject; readonly findings: readonly Finding[] | null };

/** Attempts and refunds against what their gateways say of them: one query each, no faster than the gateway's own limit. */
export async function examineGateways(ports: ReconcilePorts, scope: Scope): Promise<Examined> {
  if (scope.t === 'subjects') {
    const [attempts, refunds] = [await lookAtAttempts(ports, scope), await lookAtRefunds(ports, scope)];
    return told([...attempts.looks, ...refunds.looks], null);
  }
  const [place = 'payments', after = ''] = (scope.after ?? 'payments:').split(':');
  const page = { ...scope, after: after || null };
  if (place === 'payments') {
    const { looks, next } = await lookAtAttempts(ports, page);
    return told(looks, next === null ? 'refunds:' : `payments:${next}`);
  }
  const { looks, next } = await lookAtRefunds(ports, page);
  return told(looks, next && `refunds:${next}`);
}

function told(looks: readonly Look[], next: string | null): Examined {
  return {
    checked: looks.filter(({ findings }) => findings !== null).length,
    findings: looks.flatMap(({ findings }) => findings ?? []),
    unanswered: looks.filter(({ findings }) => findings === null).map(({ subject }) => subject),
    next,
  };
}

async function lookAtAttempts(ports: ReconcilePorts, scope: Scope) {
  const { items, next } = await ports.reads.attempts(scope);
  return { looks: await sideBySide(items, AT_ONCE, (known) => lookAtAttempt(ports, known)), next };
}

async function lookAtAttempt({ orders, gateways }: ReconcilePorts, known: KnownAttempt): Promise<Look> {
  const { paymentId, orderId } = known;
  const subject = { kind: 'payment', id: paymentId } as const;
  const [order, attempt] = [await orders.find(orderId), await orders.findPayment(orderId, paymentId)];
  const gateway = attempt && gateways.get(attempt.gateway);
  if (!order || !gateway) return { subject, findings: null };
  const outcome = await gateway.query(refOf(attempt, order));
  if (outcome.t === 'unknown') return { subject, findings: null };
  const code = attempt.status === known.status ? disagreement(known, attempt, outcome) : null;
  const found = { orderId, gateway: attempt.gateway, merchantNo: attempt.merchantNo, ...detailsOf(outcome) };
  return { subject, findings: code ? [{ code, subject, found }] : [] };
}

/** Where the attempt's record and the gateway's answer contradict each other; null where they do not. */
function disagreement(known: KnownAttempt, attempt: PaymentAttempt, outcome: QueryOutcome): FindingCode | null {
  const ours = attempt.status === 'paid' || attempt.status === 'refunded';
  if (outcome.t === 'rejected') return ours ? 'paid_differs_at_gateway' : null;
  if (outcome.t !== 'paid') return ours ? 'paid_not_at_gateway' : null;
  const { transactionId } = outcome.paid;
  if (!ours) {
    // What a notification told of is on its way: the comparison with the inbox sees to it.
    if (known.told.includes(transactionId)) return null;
    return attempt.status === 'closed' ? 'late_untold' : 'paid_untold';
  }
  if (transactionId !== attempt.transactionId) return 'paid_differs_at_gateway';
  return outcome.refunded.minor > known.refundedMinor ? 'refunded_elsewhere' : null;
}

function detailsOf(outcome: QueryOutcome): FoundDetails {
  switch (outcome.t) {
    case 'paid':
      return { says: 'paid', paid: outcome.paid, refunded: outcome.refunded };
    case 'rejected':
      return { says: 'rejected', code: outcome.code };
    default:
      return { says: outcome.t };
  }
}

async function lookAtRefunds(ports: ReconcilePorts, scope: Scope) {
  const { items, next } = await ports.reads.refunds(scope);
  return { looks: await sideBySide(items, AT_ONCE, (refund) => lookAtRefund(ports, refund)), next };
}

async function lookAtRefund(
  { gateways }: ReconcilePorts,
  refund: Refund & { readonly inboxId: string | null },
): Promise<Look> {
  const subject = { kind: 'refund', id: refund.id } as const;
  const outcome = await gateways.get(refund.gateway)?.queryRefund(requestOf(refund));
  if (!outcome || outcome.t === 'unknown' || outcome.t === 'rejected') return { subject, findings: null };
  const settled = refund.status === 'succeeded';
  const code: FindingCode = settled ? 'refund_not_at_gateway' : 'refund_untold';
  // One that a person has to pay back has failed at its gateway: that is no news.
  const news = outcome.t === 'succeeded' || (outcome.t === 'failed' && refund.status === 'processing');
  const differs = settled ? outcome.t === 'failed' || outcome.t === 'absent' : news;
  const { orderId, inboxId, number, gateway } = refund;
  return {
    subject,
    findings: differs ? [{ code, subject, found: { orderId, inboxId, number, gateway, says: outcome.t } }] : [],
  };
}
