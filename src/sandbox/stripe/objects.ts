import { type Fault } from '../faults/registry';
import { type PaidFact, type Payment, type Refund, type RefundStatus } from '../state/types';
import { type Endpoint, type RefundNote } from './records';

export type StripeObject = Readonly<Record<string, unknown>>;

/** How a payment is to be shown: as it is, or as a fault makes it look. */
export interface View {
  readonly fault: Fault | null;
  /** Paths to be shown whole instead of as ids: `payment_intent`, `latest_charge`, `payment_intent.latest_charge`. */
  readonly expand: readonly string[];
}
export const PLAIN: View = { fault: null, expand: [] };

type Stage = 'open' | 'processing' | 'paid' | 'closed';

const INTENT_STATUS: Record<Stage, string> = {
  open: 'requires_payment_method',
  processing: 'processing',
  paid: 'succeeded',
  closed: 'canceled',
};

/** Stripe's word for each of the core's refund states. */
export const REFUND_STATUS: Record<RefundStatus, string> = {
  PROCESSING: 'pending',
  SUCCESS: 'succeeded',
  ABNORMAL: 'failed',
  CLOSED: 'canceled',
};

/** Whole seconds since the epoch, Stripe's form of a time. */
export function unix(iso: string): number {
  return Math.floor(Date.parse(iso) / 1000);
}

/** The metadata kept as JSON in the payment's wire part. */
export function metadataOf(payment: Payment, field: 'metadata' | 'intentMetadata'): Record<string, string> {
  return JSON.parse(payment.wire[field] ?? '{}') as Record<string, string>;
}

/** Minor units given back or on their way: what `charge.amount_refunded` shows. Failed and cancelled ones count no more. */
export function refundedMinor(payment: Payment): number {
  const counted = payment.refunds.filter(({ status }) => status === 'SUCCESS' || status === 'PROCESSING');
  return counted.reduce((sum, refund) => sum + refund.amount.minor, 0);
}

/** `stale_query` shows a payment as never touched, `user_paying` an open one as being paid, `broken_close` as closed. */
function stageOf(payment: Payment, fault: Fault | null): Stage {
  if (fault?.name === 'stale_query') return 'open';
  if (payment.state !== 'open') return payment.state;
  if (fault?.name === 'user_paying') return 'processing';
  return fault?.name === 'broken_close' ? 'closed' : 'open';
}

/** A PaymentIntent. `wrong_amount` and `wrong_app` falsify it: one unit more, live mode. */
export function intentView(payment: Payment, view: View): StripeObject {
  const { wire, paid } = payment;
  const stage = stageOf(payment, view.fault);
  const received = stage === 'paid' ? paid : null;
  const extra = view.fault?.name === 'wrong_amount' ? 1 : 0;
  const charge = received && chargeView(payment, received, view);
  return {
    id: wire['paymentIntent'],
    object: 'payment_intent',
    amount: (received?.amount.minor ?? payment.amount.minor) + extra,
    amount_capturable: 0,
    amount_received: received ? received.amount.minor + extra : 0,
    cancellation_reason: null,
    canceled_at: stage === 'closed' && payment.closedAt !== null ? unix(payment.closedAt) : null,
    capture_method: 'automatic_async',
    client_secret: wire['clientSecret'],
    confirmation_method: 'automatic',
    created: unix(payment.createdAt),
    currency: payment.amount.currency.toLowerCase(),
    description: payment.description === '' ? null : payment.description,
    latest_charge: charge && (view.expand.includes('latest_charge') ? charge : charge['id']),
    livemode: view.fault?.name === 'wrong_app',
    metadata: metadataOf(payment, 'intentMetadata'),
    next_action: null,
    payment_method: received ? 'pm_card_visa' : null,
    payment_method_types: ['card'],
    status: INTENT_STATUS[stage],
  };
}

/** The charge of a paid payment. */
export function chargeView(payment: Payment, paid: PaidFact, view: View): StripeObject {
  const refunded = refundedMinor(payment);
  return {
    id: payment.wire['charge'],
    object: 'charge',
    amount: paid.amount.minor,
    amount_captured: paid.amount.minor,
    amount_refunded: refunded,
    captured: true,
    created: unix(paid.at),
    currency: paid.amount.currency.toLowerCase(),
    livemode: view.fault?.name === 'wrong_app',
    metadata: metadataOf(payment, 'intentMetadata'),
    paid: true,
    payment_intent: payment.wire['paymentIntent'],
    refunded: refunded >= paid.amount.minor,
    status: 'succeeded',
  };
}

/** A Checkout session. Its PaymentIntent is made when the buyer confirms: until then `payment_intent` is null. */
export function sessionView(payment: Payment, view: View): StripeObject {
  const { wire } = payment;
  const stage = stageOf(payment, view.fault);
  const confirmed = stage === 'paid' || stage === 'processing';
  const status = confirmed ? 'complete' : stage === 'closed' ? 'expired' : 'open';
  const inner = view.expand.filter((path) => path.startsWith('payment_intent.')).map((path) => path.slice(15));
  const intent = confirmed ? intentView(payment, { ...view, expand: inner }) : null;
  const expanded = view.expand.some((path) => path === 'payment_intent' || path.startsWith('payment_intent.'));
  const extra = view.fault?.name === 'wrong_amount' ? 1 : 0;
  return {
    id: wire['objectId'],
    object: 'checkout.session',
    amount_total: (stage === 'paid' && payment.paid ? payment.paid.amount.minor : payment.amount.minor) + extra,
    cancel_url: wire['cancelUrl'] || null,
    client_reference_id: wire['clientReferenceId'] || null,
    created: unix(payment.createdAt),
    currency: payment.amount.currency.toLowerCase(),
    expires_at: payment.expiresAt === null ? null : unix(payment.expiresAt),
    livemode: view.fault?.name === 'wrong_app',
    metadata: metadataOf(payment, 'metadata'),
    mode: 'payment',
    payment_intent: intent && (expanded ? intent : intent['id']),
    payment_method_types: ['card'],
    payment_status: stage === 'paid' ? 'paid' : 'unpaid',
    status,
    success_url: wire['successUrl'],
    ui_mode: 'hosted',
    url: status === 'open' ? wire['url'] : null,
  };
}

export function refundView(payment: Payment, refund: Refund, note: RefundNote | null): StripeObject {
  const status = REFUND_STATUS[refund.status];
  return {
    id: refund.refundId,
    object: 'refund',
    amount: refund.amount.minor,
    charge: payment.wire['charge'],
    created: unix(refund.requestedAt),
    currency: refund.amount.currency.toLowerCase(),
    ...(status === 'failed' ? { failure_reason: 'expired_or_canceled_card' } : {}),
    metadata: note?.metadata ?? {},
    payment_intent: payment.wire['paymentIntent'],
    reason: note?.reason ?? null,
    status,
  };
}

/** A webhook endpoint; `secret` is shown at its creation only. */
export function endpointView(endpoint: Endpoint, secret: string | null): StripeObject {
  return {
    id: endpoint.id,
    object: 'webhook_endpoint',
    created: unix(endpoint.createdAt),
    enabled_events: endpoint.events,
    livemode: false,
    ...(secret === null ? {} : { secret }),
    status: 'enabled',
    url: endpoint.url,
  };
}

/** The page after `startingAfter`, of at most `limit`; `all` is newest first, as Stripe's lists are. */
export function listView(
  url: string,
  all: readonly StripeObject[],
  page: { readonly limit: number; readonly starting_after?: string | undefined },
): StripeObject {
  const start = page.starting_after === undefined ? 0 : all.findIndex(({ id }) => id === page.starting_after) + 1;
  const data = all.slice(start, start + page.limit);
  return { object: 'list', url, has_more: start + data.length < all.length, data };
}
