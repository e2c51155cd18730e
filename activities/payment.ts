import { HoldfastError } from '../src/domain/errors';
import { type Order, type PaymentAttempt } from '../src/domain/order';
import { type CloseOutcome, type GatewayName, provesUnpayable, ABSENT_SKEW_MARGIN_MS } from '../src/domain/payment';
import { type AttemptToAdd, type ReleaseCommand } from '../src/ports/order-store';
import { type PaymentGateway, type PaymentRef } from '../src/ports/payment-gateway';
import { asActivity } from './failures';
import { type AttemptCommand, type PaidAttempt } from './attempt';
import { type Offers } from './offers';
import { paymentRef } from './payment-ref';
import { type ActivityPorts } from './ports';

export interface AttemptToOffer {
  readonly id: string;
  readonly gateway: GatewayName;
}

/** What asking for the close came to, in the workflow's terms. */
export type ClosingAnswer =
  | { readonly t: 'unpayable'; readonly proof: ReleaseCommand['proof'] }
  | { readonly t: 'paid'; readonly payment: PaidAttempt }
  /** Settles nothing: hold on, ask again. `why` is for people. */
  | { readonly t: 'open'; readonly why: string; readonly retryAfterMs: number };

/** Where an attempt stands at its gateway. `again`: the gateway was never asked for it, or knows nothing of it. */
export type PaymentStanding =
  | { readonly t: 'paid'; readonly payment: PaidAttempt }
  | { readonly t: 'open'; readonly why: string; readonly again: boolean };

/** No retry mends a refusal by itself; people do, so look again once a minute rather than once a second. */
const REJECTED_RETRY_MS = 60_000;

export interface CloseCommand {
  readonly orderId: string;
  /** Null: whichever attempt the order's record has. */
  readonly paymentId: string | null;
}

/** Calls that leave the machine. The attempt's number is the idempotency key of every one of them. */
export function createPaymentActivities(ports: ActivityPorts, offers: Offers) {
  const { orders } = ports;
  return {
    /**
     * Asks the gateway for the payment that the attempt stands for, and keeps what the buyer needs to pay it. Answers the
     * payment where asking was paying (a balance).
     */
    createPayment: (command: AttemptCommand): Promise<PaidAttempt | null> => asActivity(() => offers.create(command)),

    /** Closes an attempt at its gateway, with a look at the stored notifications before and after. */
    closePayment: (command: CloseCommand): Promise<ClosingAnswer> => asActivity(() => closePayment(ports, command)),

    /** Asks the gateway where an attempt stands, and changes nothing there. */
    queryPayment: (command: AttemptCommand): Promise<PaymentStanding> => asActivity(() => queryPayment(ports, command)),

    /**
     * The frozen price at another gateway. `closed`: the attempt that is proved closed; where the record has another one open, that
     * one is answered, and none is added. Null when the order no longer waits for a payment.
     */
    addAttempt: (command: AttemptToAdd): Promise<(AttemptToOffer & { readonly standing?: true }) | null> =>
      asActivity(async () => {
        const added = await orders.addAttempt(command);
        return added && { ...toOffer(added.attempt), ...(added.t === 'standing' && { standing: true }) };
      }),

    /** Attempts beside the paid one that may still take money. */
    openAttempts: ({ orderId }: { orderId: string }): Promise<AttemptToOffer[]> =>
      asActivity(async () => (await orders.openAttempts(orderId)).map(toOffer)),

    /** An attempt that nobody can pay any more, beside the one that was paid. */
    attemptClosed: ({ paymentId }: { paymentId: string }): Promise<void> =>
      asActivity(() => orders.attemptClosed(paymentId)),
  };
}

async function queryPayment(ports: ActivityPorts, { orderId, paymentId }: AttemptCommand): Promise<PaymentStanding> {
  const order = await requireOrder(ports, orderId);
  const attempt = await ports.orders.findPayment(orderId, paymentId);
  if (!attempt) return { t: 'open', why: 'nothing was offered', again: false };
  const told = await storedPayment(ports, attempt, orderId);
  if (told?.t === 'paid') return told;
  const gateway = ports.gateways.get(attempt.gateway);
  if (!gateway) return { t: 'open', why: 'rejected: GATEWAY_NOT_CONFIGURED', again: false };
  const outcome = await gateway.query(refOf(attempt, order));
  await ports.orders.recordAnswer({ orderId, paymentId, op: 'query', outcome });
  if (outcome.t === 'paid') return { t: 'paid', payment: { paymentId, paid: outcome.paid } };
  const detail = outcome.t === 'unknown' ? `: ${outcome.cause}` : outcome.t === 'rejected' ? `: ${outcome.code}` : '';
  return { t: 'open', why: `${outcome.t}${detail}`, again: attempt.status === 'creating' };
}

async function closePayment(ports: ActivityPorts, { orderId, paymentId: asked }: CloseCommand): Promise<ClosingAnswer> {
  const order = await requireOrder(ports, orderId);
  const attempt = asked === null ? order.payment : await ports.orders.findPayment(orderId, asked);
  if (!attempt || attempt.status === 'closed') return { t: 'unpayable', proof: 'neverOffered' };
  const paymentId = attempt.id;
  const told = await storedPayment(ports, attempt, orderId);
  if (told) return told;
  const outcome = await askToClose(ports, attempt, order);
  await ports.orders.recordAnswer({ orderId, paymentId, op: 'close', outcome });
  if (outcome.t === 'rejected') ports.alert('close_rejected', { orderId, paymentId, code: outcome.code });
  // Re-read: a notification that was stored while the gateway was being asked outweighs what it said.
  return (await storedPayment(ports, attempt, orderId)) ?? inWorkflowTerms(outcome, paymentId, ports.now());
}

/** Close; and where no answer came, query: a close that timed out may have taken effect. A refused one the adapter has looked into. */
async function askToClose({ gateways }: ActivityPorts, attempt: PaymentAttempt, order: Order): Promise<CloseOutcome> {
  const gateway = gateways.get(attempt.gateway);
  if (!gateway) return { t: 'rejected', code: 'GATEWAY_NOT_CONFIGURED' };
  const titles = order.lines.map(({ title }) => title);
  const ref = paymentRef(attempt, order.id, titles);
  const closed = await gateway.close(ref);
  return closed.t === 'unknown' ? ((await settledByQuery(gateway, ref)) ?? closed) : closed;
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

async function storedPayment(
  { inbox }: ActivityPorts,
  { id }: PaymentAttempt,
  orderId: string,
): Promise<ClosingAnswer | null> {
  const fact = await inbox.paidFact(orderId, id);
  return fact && { t: 'paid', payment: { paymentId: fact.paymentId, paid: fact.paid } };
}

function toOffer({ id, gateway }: PaymentAttempt): AttemptToOffer {
  return { id, gateway };
}

async function requireOrder({ orders }: ActivityPorts, orderId: string): Promise<Order> {
  const order = await orders.find(orderId);
  if (!order) throw new HoldfastError('order_not_found', `no order has the id ${orderId}`);
  return order;
}

/** The attempt as its gateway knows it. */
export function refOf(attempt: PaymentAttempt, { id, lines }: Order): PaymentRef {
  return paymentRef(
    attempt,
    id,
    lines.map(({ title }) => title),
  );
}
