import { HoldfastError } from '../src/domain/errors';
import { type Order, type PaymentAttempt } from '../src/domain/order';
import {
  type CloseOutcome,
  type CreateOutcome,
  type GatewayName,
  type Paid,
  type PaymentChoice,
  provesUnpayable,
  ABSENT_SKEW_MARGIN_MS,
} from '../src/domain/payment';
import { type ReleaseCommand } from '../src/ports/order-store';
import { type PaymentGateway, type PaymentRef } from '../src/ports/payment-gateway';
import { asActivity } from './failures';
import { type ActivityPorts } from './ports';

/** An attempt and the payment that the gateway vouches for. */
export interface PaidAttempt {
  readonly paymentId: string;
  readonly paid: Paid;
}

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

/** Refusals that are the buyer's own affair: shown on the order, no reason to wake anybody. */
const BUYERS_OWN: readonly string[] = ['INSUFFICIENT_POINTS'];

/** No retry mends a refusal by itself; people do, so look again once a minute rather than once a second. */
const REJECTED_RETRY_MS = 60_000;

export interface AttemptCommand {
  readonly orderId: string;
  readonly paymentId: string;
}

export interface CloseCommand {
  readonly orderId: string;
  /** Null: whichever attempt the order's record has. */
  readonly paymentId: string | null;
}

/** Calls that leave the machine. The attempt's number is the idempotency key of every one of them. */
export function createPaymentActivities(ports: ActivityPorts) {
  const { orders } = ports;
  return {
    /**
     * Asks the gateway for the payment that the attempt stands for, and keeps what the buyer needs to pay it. Answers the
     * payment where asking was paying (a balance).
     */
    createPayment: (command: AttemptCommand): Promise<PaidAttempt | null> =>
      asActivity(() => createPayment(ports, command)),

    /** Closes an attempt at its gateway, with a look at the stored notifications before and after. */
    closePayment: (command: CloseCommand): Promise<ClosingAnswer> => asActivity(() => closePayment(ports, command)),

    /** The frozen price at another gateway; null when the order no longer waits for a payment. */
    addAttempt: ({
      orderId,
      paymentId,
      gateway,
    }: AttemptCommand & { gateway: GatewayName }): Promise<AttemptToOffer | null> =>
      asActivity(async () => {
        const attempt = await orders.addAttempt(orderId, paymentId, gateway);
        return attempt && toOffer(attempt);
      }),

    /** Attempts beside the paid one that may still take money. */
    openAttempts: ({ orderId }: { orderId: string }): Promise<AttemptToOffer[]> =>
      asActivity(async () => (await orders.openAttempts(orderId)).map(toOffer)),

    /** An attempt that nobody can pay any more, beside the one that was paid. */
    attemptClosed: ({ paymentId }: { paymentId: string }): Promise<void> =>
      asActivity(() => orders.attemptClosed(paymentId)),
  };
}

async function createPayment(
  ports: ActivityPorts,
  { orderId, paymentId }: AttemptCommand,
): Promise<PaidAttempt | null> {
  const order = await requireOrder(ports, orderId);
  const attempt = await ports.orders.findPayment(orderId, paymentId);
  if (attempt?.status !== 'creating') return null;
  const gateway = ports.gateways.get(attempt.gateway);
  const outcome: CreateOutcome = gateway
    ? await gateway.createPayment({ ...refOf(attempt, order), ...wayOf(await ports.orders.choiceOf(paymentId)) })
    : { t: 'rejected', code: 'GATEWAY_NOT_CONFIGURED' };
  const answer = { orderId, paymentId, op: 'create', outcome } as const;
  switch (outcome.t) {
    case 'created': {
      const { payUrl, codeUrl, gatewayRef } = outcome;
      await ports.orders.paymentCreated(answer, { status: 'pending', payUrl, codeUrl, gatewayRef });
      return null;
    }
    case 'paid':
      // Stays `creating` until the order is confirmed: should this answer get lost, the repeat asks again and hears it again.
      await ports.orders.recordAnswer(answer);
      return { paymentId, paid: outcome.paid };
    case 'unknown':
      await ports.orders.recordAnswer(answer);
      // Not a verdict: Temporal repeats it, under the same number, until the window is over.
      throw new Error(`the gateway did not answer the create (${outcome.cause})`);
    case 'spent':
    case 'rejected':
      if (!BUYERS_OWN.includes(outcome.code))
        ports.alert('payment_not_created', { orderId, paymentId, code: outcome.code });
      await ports.orders.paymentCreated(answer, { status: 'failed' });
      return null;
  }
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
  const ref = refOf(attempt, order);
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

function refOf({ merchantNo, gatewayRef, amount, expiresAt }: PaymentAttempt, order: Order): PaymentRef {
  return { merchantNo, gatewayRef, amount, expiresAt, description: describe(order) };
}

function wayOf(choice: PaymentChoice | null): Pick<PaymentRef, 'method' | 'payer'> {
  if (!choice) return {};
  const { method, payerId } = choice;
  return { method, ...(payerId !== null && { payer: { openid: payerId } }) };
}

/** What the buyer reads at the gateway: titles from the catalogue, no personal data. */
function describe({ id, lines }: Order): string {
  const [first] = lines;
  if (!first) return id;
  return lines.length === 1 ? first.title : `${first.title} and ${lines.length - 1} more`;
}
