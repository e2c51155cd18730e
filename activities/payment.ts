import { HoldfastError } from '../src/domain/errors';
import { type Order, type PaymentAttempt } from '../src/domain/order';
import {
  type CloseOutcome,
  type CreateOutcome,
  type Paid,
  provesUnpayable,
  ABSENT_SKEW_MARGIN_MS,
} from '../src/domain/payment';
import { type ReleaseCommand } from '../src/ports/order-store';
import { type PaymentGateway, type PaymentRef } from '../src/ports/payment-gateway';
import { asActivity } from './failures';
import { type ActivityPorts } from './ports';

/** What asking for the close came to, in the workflow's terms. */
export type ClosingAnswer =
  | { readonly t: 'unpayable'; readonly proof: ReleaseCommand['proof'] }
  | { readonly t: 'paid'; readonly payment: { readonly paymentId: string; readonly paid: Paid } }
  /** Settles nothing: hold on, ask again. `why` is for people. */
  | { readonly t: 'open'; readonly why: string; readonly retryAfterMs: number };

/** No retry mends a refusal by itself; people do, so look again once a minute rather than once a second. */
const REJECTED_RETRY_MS = 60_000;

/** Calls that leave the machine. The attempt's number is the idempotency key of every one of them. */
export function createPaymentActivities(ports: ActivityPorts) {
  return {
    /** Asks the gateway for the payment that the order's attempt stands for, and keeps what the buyer needs to pay it. */
    createPayment: ({ orderId, paymentId }: { orderId: string; paymentId: string }): Promise<void> =>
      asActivity(() => createPayment(ports, orderId, paymentId)),

    /** Closes the order's attempt at the gateway, with a look at the stored notifications before and after. */
    closePayment: ({ orderId }: { orderId: string }): Promise<ClosingAnswer> =>
      asActivity(() => closePayment(ports, orderId)),
  };
}

async function createPayment(ports: ActivityPorts, orderId: string, paymentId: string): Promise<void> {
  const order = await requireOrder(ports, orderId);
  const attempt = order.payment;
  if (attempt?.id !== paymentId || attempt.status !== 'creating') return;
  const gateway = ports.gateways.get(attempt.gateway);
  const outcome: CreateOutcome = gateway
    ? await gateway.createPayment({ ...refOf(attempt), description: describe(order) })
    : { t: 'rejected', code: 'GATEWAY_NOT_CONFIGURED' };
  const answer = { orderId, paymentId, op: 'create', outcome } as const;
  if (outcome.t === 'created') {
    const { payUrl, codeUrl } = outcome;
    return ports.orders.paymentCreated(answer, { status: 'pending', payUrl, codeUrl });
  }
  if (outcome.t === 'unknown') {
    await ports.orders.recordAnswer(answer);
    // Not a verdict: Temporal repeats it, under the same number, until the window is over.
    throw new Error(`the gateway did not answer the create (${outcome.cause})`);
  }
  ports.alert('payment_not_created', { orderId, paymentId, code: outcome.code });
  return ports.orders.paymentCreated(answer, { status: 'failed' });
}

async function closePayment(ports: ActivityPorts, orderId: string): Promise<ClosingAnswer> {
  const { payment: attempt } = await requireOrder(ports, orderId);
  if (!attempt) return { t: 'unpayable', proof: 'neverOffered' };
  const told = await storedPayment(ports, orderId);
  if (told) return told;
  const outcome = await askToClose(ports, attempt);
  await ports.orders.recordAnswer({ orderId, paymentId: attempt.id, op: 'close', outcome });
  if (outcome.t === 'rejected') ports.alert('close_rejected', { orderId, paymentId: attempt.id, code: outcome.code });
  // Re-read: a notification that was stored while the gateway was being asked outweighs what it said.
  return (await storedPayment(ports, orderId)) ?? inWorkflowTerms(outcome, attempt.id, ports.now());
}

/** Close; and where no answer came, query: a close that timed out may have taken effect. A refused one the adapter has looked into. */
async function askToClose({ gateways }: ActivityPorts, attempt: PaymentAttempt): Promise<CloseOutcome> {
  const gateway = gateways.get(attempt.gateway);
  if (!gateway) return { t: 'rejected', code: 'GATEWAY_NOT_CONFIGURED' };
  const closed = await gateway.close(refOf(attempt));
  return closed.t === 'unknown' ? ((await settledByQuery(gateway, refOf(attempt))) ?? closed) : closed;
}

async function settledByQuery(gateway: PaymentGateway, ref: PaymentRef): Promise<CloseOutcome | null> {
  const standing = await gateway.query(ref);
  if (standing.t === 'closedUnpaid') return { t: 'closed', proof: 'query' };
  // A refusal is not passing: wrong money or wrong keys have to be told to a person.
  return standing.t === 'paid' || standing.t === 'rejected' ? standing : null;
}

function inWorkflowTerms(outcome: CloseOutcome, paymentId: string, now: number): ClosingAnswer {
  switch (outcome.t) {
    case 'closed':
      return { t: 'unpayable', proof: outcome.proof };
    case 'paid':
      return { t: 'paid', payment: { paymentId, paid: outcome.paid } };
    case 'absent':
      if (provesUnpayable(outcome, now)) return { t: 'unpayable', proof: 'expired' };
      return {
        t: 'open',
        why: 'absent at the gateway, payable until it expires',
        retryAfterMs: untilExpired(outcome.payableUntil, now),
      };
    case 'paying':
      return { t: 'open', why: 'the buyer is paying', retryAfterMs: outcome.retryAfterMs };
    case 'unknown':
      return { t: 'open', why: `unknown: ${outcome.cause}`, retryAfterMs: outcome.retryAfterMs };
    case 'rejected':
      return { t: 'open', why: `rejected: ${outcome.code}`, retryAfterMs: REJECTED_RETRY_MS };
  }
}

function untilExpired(payableUntil: string | null, now: number): number {
  return payableUntil === null ? 0 : Math.max(0, Date.parse(payableUntil) + ABSENT_SKEW_MARGIN_MS + 1 - now);
}

async function storedPayment({ inbox }: ActivityPorts, orderId: string): Promise<ClosingAnswer | null> {
  const fact = await inbox.paidFact(orderId);
  return fact && { t: 'paid', payment: { paymentId: fact.paymentId, paid: fact.paid } };
}

async function requireOrder({ orders }: ActivityPorts, orderId: string): Promise<Order> {
  const order = await orders.find(orderId);
  if (!order) throw new HoldfastError('order_not_found', `no order has the id ${orderId}`);
  return order;
}

function refOf({ merchantNo, amount, expiresAt }: PaymentAttempt): PaymentRef {
  return { merchantNo, amount, expiresAt };
}

/** What the buyer reads at the gateway: titles from the catalogue, no personal data. */
function describe({ id, lines }: Order): string {
  const [first] = lines;
  if (!first) return id;
  return lines.length === 1 ? first.title : `${first.title} and ${lines.length - 1} more`;
}
