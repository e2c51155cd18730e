import { HoldfastError } from '../src/domain/errors';
import { type RefundOutcome } from '../src/domain/payment';
import { type Refund } from '../src/domain/refund';
import { type RefundRequest } from '../src/ports/payment-gateway';
import { type LateDecision } from '../src/ports/refund-store';
import { asActivity } from './failures';
import { type ActivityPorts } from './ports';

/** Where a refund stands after the gateway was asked. */
export type RefundAnswer =
  | { readonly t: 'succeeded' }
  /** Not settled: ask again, not sooner than `retryAfterMs`. */
  | { readonly t: 'open'; readonly why: string; readonly retryAfterMs: number }
  /** The number failed for good; the refund has another one, to be asked for at once. */
  | { readonly t: 'again' }
  /** A person has to pay it back; the gateway may still report it done. */
  | { readonly t: 'manual' };

/** No retry mends a refusal by itself; people do, so look again once a minute rather than once a second. */
const REJECTED_RETRY_MS = 60_000;

/** Refunds: the number is the idempotency key of every call. */
export function createRefundActivities(ports: ActivityPorts) {
  return {
    /** Asks the gateway for the refund, or what became of it, and writes the answer down. */
    askRefund: ({ refundId }: { refundId: string }): Promise<RefundAnswer> =>
      asActivity(() => askRefund(ports, refundId)),

    /** Decides what becomes of money that came for an order that had ended without it. */
    settleLatePayment: ({ inboxId }: { inboxId: string }): Promise<LateDecision> =>
      asActivity(() => ports.refunds.settleLate(inboxId, ports.latePaymentPolicy)),
  };
}

async function askRefund(ports: ActivityPorts, refundId: string): Promise<RefundAnswer> {
  const refund = await ports.refunds.find(refundId);
  if (!refund) throw new HoldfastError('not_found', `no refund has the id ${refundId}`);
  if (refund.status === 'succeeded') return { t: 'succeeded' };
  return take(ports, refund, await ask(ports, refund));
}

/**
 * A number that may have reached the gateway is queried first; what the gateway doesn't know is sent (again), under the
 * same number. That a number is being sent is written down before it is: a try that dies half-way is queried, too.
 */
async function ask({ gateways, refunds }: ActivityPorts, refund: Refund): Promise<RefundOutcome> {
  const gateway = gateways.get(refund.gateway);
  if (!gateway) return { t: 'rejected', code: 'GATEWAY_NOT_CONFIGURED' };
  const request = requestOf(refund);
  if (refund.status === 'pending') {
    await refunds.sending(refund.id);
    return gateway.refund(request);
  }
  const known = await gateway.queryRefund(request);
  return known.t === 'absent' ? gateway.refund(request) : known;
}

async function take(ports: ActivityPorts, refund: Refund, outcome: RefundOutcome): Promise<RefundAnswer> {
  const { refunds, alert } = ports;
  const { id } = refund;
  const told = { refundId: id, orderId: refund.orderId };
  switch (outcome.t) {
    case 'succeeded':
      await refunds.succeeded(id, outcome.refundId);
      return { t: 'succeeded' };
    case 'failed':
      if (outcome.next === 'newNumber' && (await refunds.renumber(id, outcome.code))) return { t: 'again' };
      await refunds.manual(id, outcome.code);
      alert('refund_manual', { ...told, code: outcome.code });
      return { t: 'manual' };
    case 'processing':
      await refunds.processing(id, { t: 'processing' });
      return { t: 'open', why: 'processing', retryAfterMs: outcome.retryAfterMs };
    case 'absent':
      return { t: 'open', why: 'absent', retryAfterMs: 0 };
    case 'unknown':
      await refunds.processing(id, { t: 'unknown', cause: outcome.cause });
      return { t: 'open', why: `unknown: ${outcome.cause}`, retryAfterMs: outcome.retryAfterMs };
    case 'rejected':
      alert('refund_rejected', { ...told, code: outcome.code });
      return { t: 'open', why: `rejected: ${outcome.code}`, retryAfterMs: REJECTED_RETRY_MS };
  }
}

/** The refund as its gateway knows it. */
export function requestOf({
  merchantNo,
  gatewayRef,
  transactionId,
  number,
  paid,
  amount,
  reason,
}: Refund): RefundRequest {
  return { merchantNo, gatewayRef, transactionId, refundNo: number, amount: paid, refund: amount, reason };
}
